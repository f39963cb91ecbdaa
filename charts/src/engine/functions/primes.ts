/**
 * Random primes for keys, from the render's own source of randomness: a seeded source makes the same keys again.
 * Primality is tested as Go 1.26 does (crypto/internal/fips140/rsa): Miller and Rabin's test, as often as FIPS 186-5
 * asks of a random number of its size. OpenSSL's own test repeats it 64 times, whatever the size.
 */
import type { RandomSource } from '../engine.ts';
import { nodeCrypto } from './lazy-modules.ts';
import { numberOf } from './random.ts';

/** Odd primes up to here are tried before a number is tested in earnest. */
const SIEVE_LIMIT = 4096;
const SIEVE_WIDTH = 2048;
/** Products of small primes stay below it: what is left of a large number is looked at as a double. */
const EXACT = 2 ** 40;

/** The sizes in bits that OpenSSL raises to powers for us: it refuses large exponents beyond. */
const LEAST_POWER_BITS = 512;
const MOST_POWER_BITS = 3072;

interface SmallPrimes {
  readonly product: bigint;
  readonly primes: readonly number[];
}

let small: readonly SmallPrimes[] | undefined;

/** A prime of exactly `bits` bits, the two highest set. */
export function randomPrime(bits: number, random: RandomSource): bigint {
  for (;;) {
    const start = randomBits(bits, random) | (3n << BigInt(bits - 2)) | 1n;
    const prime = firstPrime(start, 2n, random);
    if (prime !== undefined && prime >> BigInt(bits) === 0n) return prime;
  }
}

/** The first prime among start, start + step, ... ; undefined if there is none near. */
export function firstPrime(start: bigint, step: bigint, random: RandomSource): bigint | undefined {
  const composite = new Uint8Array(SIEVE_WIDTH);
  small ??= smallPrimes();
  for (const { product, primes } of small) {
    const [starts, steps] = [Number(start % product), Number(step % product)];
    for (const prime of primes) {
      const [first, stride] = [starts % prime, steps % prime];
      if (stride === 0) {
        if (first === 0) return undefined;
        continue;
      }
      // Where start + i × step is a multiple of the prime.
      for (let i = (((prime - first) % prime) * smallInverse(stride, prime)) % prime; i < SIEVE_WIDTH; i += prime)
        composite[i] = 1;
    }
  }
  for (let i = composite.indexOf(0); i >= 0; i = composite.indexOf(0, i + 1)) {
    const candidate = start + BigInt(i) * step;
    if (isPrime(candidate, random)) return candidate;
  }
  return undefined;
}

/** Tells whether a random odd number is a prime; it is wrong about fewer than one of 2^100. */
export function isPrime(candidate: bigint, random: RandomSource): boolean {
  const bits = candidate.toString(16).length * 4;
  if (bits < LEAST_POWER_BITS || bits > MOST_POWER_BITS) return nodeCrypto().checkPrimeSync(candidate);
  const last = candidate - 1n;
  let halvings = 1;
  while (((last >> BigInt(halvings)) & 1n) === 0n) halvings++;
  const power = powersModulo(last >> BigInt(halvings), candidate);
  // The first test is the one that composites fail.
  for (let rounds = bits >= 1345 ? 4 : 5; rounds > 0; rounds--) {
    let value = power(2n + (randomBits(bits, random) % (candidate - 3n)));
    if (value === 1n || value === last) continue;
    for (let i = 1; i < halvings && value !== last; i++) value = (value * value) % candidate;
    if (value !== last) return false;
  }
  return true;
}

/** What raises a number to a power by a modulus: that is what it is to encrypt by RSA with them for a public key. */
function powersModulo(exponent: bigint, modulus: bigint): (base: bigint) => bigint {
  const { constants, createPublicKey, publicEncrypt } = nodeCrypto();
  const length = Math.ceil(modulus.toString(16).length / 2);
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');
  const parts = { kty: 'RSA', n: bytes(modulus).toString('base64url'), e: bytes(exponent).toString('base64url') };
  const key = createPublicKey({ key: parts, format: 'jwk' });
  return (base) => numberOf(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, bytes(base)));
}

/** A random number of at most `bits` bits. */
export function randomBits(bits: number, random: RandomSource): bigint {
  return BigInt.asUintN(bits, numberOf(random.bytes(Math.ceil(bits / 8))));
}

/** base^exponent mod modulus. */
export function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The number whose product with value is 1 modulo the modulus; undefined if there is none. */
export function inverseModulo(value: bigint, modulus: bigint): bigint | undefined {
  let [previous, current] = [modulus, value % modulus];
  let [previousFactor, factor] = [0n, 1n];
  while (current > 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  if (previous !== 1n) return undefined;
  return previousFactor < 0n ? previousFactor + modulus : previousFactor;
}

/** The same for small numbers that have no common divisor. */
function smallInverse(value: number, modulus: number): number {
  if (value === 2) return (modulus + 1) / 2;
  let [previous, current] = [modulus, value];
  let [previousFactor, factor] = [0, 1];
  while (current > 0) {
    const quotient = Math.floor(previous / current);
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return previousFactor < 0 ? previousFactor + modulus : previousFactor;
}

/** The odd primes below the limit, by threes and so. */
function smallPrimes(): readonly SmallPrimes[] {
  const composite = new Uint8Array(SIEVE_LIMIT);
  const groups: SmallPrimes[] = [];
  let primes: number[] = [];
  let product = 1;
  for (let value = 3; value < SIEVE_LIMIT; value += 2) {
    if (composite[value] === 1) continue;
    for (let multiple = value * value; multiple < SIEVE_LIMIT; multiple += 2 * value) composite[multiple] = 1;
    if (product * value > EXACT) {
      groups.push({ product: BigInt(product), primes });
      primes = [];
      product = 1;
    }
    primes.push(value);
    product *= value;
  }
  groups.push({ product: BigInt(product), primes });
  return groups;
}
