/**
 * Random primes for keys, from the render's own source of randomness: a seeded source makes the same keys again. The
 * tests for primality are OpenSSL's.
 */
import type { RandomSource } from '../engine.ts';
import { nodeCrypto } from './lazy-modules.ts';
import { numberOf } from './random.ts';

/** Odd primes up to here are tried before a number is tested in earnest. */
const SIEVE_LIMIT = 8192;
const SIEVE_WIDTH = 4096;

let small: readonly number[] | undefined;

/** A prime of exactly `bits` bits, the two highest set. */
export function randomPrime(bits: number, random: RandomSource): bigint {
  for (;;) {
    const start = randomBits(bits, random) | (3n << BigInt(bits - 2)) | 1n;
    const prime = firstPrime(start, 2n);
    if (prime !== undefined && prime >> BigInt(bits) === 0n) return prime;
  }
}

/** The first prime among start, start + step, ... ; undefined if there is none near. */
export function firstPrime(start: bigint, step: bigint): bigint | undefined {
  const { checkPrimeSync } = nodeCrypto();
  const composite = new Uint8Array(SIEVE_WIDTH);
  small ??= smallPrimes();
  for (const prime of small) {
    const [first, stride] = [Number(start % BigInt(prime)), Number(step % BigInt(prime))];
    if (stride === 0) {
      if (first === 0) return undefined;
      continue;
    }
    // Where start + i × step is a multiple of the prime.
    let i = 0;
    for (let rest = first; rest !== 0; rest = (rest + stride) % prime) i++;
    for (; i < SIEVE_WIDTH; i += prime) composite[i] = 1;
  }
  for (let i = 0; i < SIEVE_WIDTH; i++) {
    if (composite[i] === 1) continue;
    const candidate = start + BigInt(i) * step;
    if (checkPrimeSync(candidate)) return candidate;
  }
  return undefined;
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

function smallPrimes(): number[] {
  const composite = new Uint8Array(SIEVE_LIMIT);
  const primes: number[] = [];
  for (let value = 3; value < SIEVE_LIMIT; value += 2) {
    if (composite[value] === 1) continue;
    primes.push(value);
    for (let multiple = value * value; multiple < SIEVE_LIMIT; multiple += 2 * value) composite[multiple] = 1;
  }
  return primes;
}
