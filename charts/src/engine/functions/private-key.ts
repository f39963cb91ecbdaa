/**
 * Private keys: made (RSA, DSA, ECDSA on P-256, Ed25519), read from PEM and written to it. Follows Sprig 3.3.0 over Go
 * 1.26's crypto: PKCS#1 for RSA, SEC 1 for ECDSA, OpenSSL's own form for DSA, PKCS#8 for the others.
 */
import type { KeyObject } from 'node:crypto';
import type { RandomSource } from '../engine.ts';
import { derBits, derElement, derInteger, derOctets, derOid, derSequence, readDerSequence } from './der.ts';
import { type CallContext, FunctionError } from './function.ts';
import { nodeCrypto } from './lazy-modules.ts';
import { decodePem, encodePem, type PemBlock } from './pem.ts';
import { firstPrime, inverseModulo, powerModulo, randomBits, randomPrime } from './primes.ts';
import { randomBelow } from './random.ts';

/** A private key and the PEM block that Sprig writes it as. `key` is absent for kinds that cannot sign certificates. */
export interface PrivateKey {
  readonly block: PemBlock;
  readonly key: KeyObject | undefined;
}

const RSA_EXPONENT = 65_537n;
/** To search primes for, and to take a point of a curve. */
const STEPS_OF_PRIMES = 4_000_000;
const STEPS_OF_CURVE = 20_000;
const P256 = 'prime256v1';
const P256_OID = '1.2.840.10045.3.1.7';
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ED25519_OID = '1.3.101.112';

/** A key of a kind that `genPrivateKey` knows, as PEM; undefined for another kind. */
export function generateKeyPem(kind: string, context: CallContext): string | undefined {
  const { random } = context.env;
  context.work?.(kind === '' || kind === 'rsa' || kind === 'dsa' ? STEPS_OF_PRIMES : STEPS_OF_CURVE);
  switch (kind) {
    case '':
    case 'rsa':
      return encodePem(rsaBlock(4096, random));
    case 'dsa':
      return encodePem(dsaBlock(random));
    case 'ecdsa':
      return encodePem(ecdsaBlock(random));
    case 'ed25519':
      return encodePem(ed25519Block(random));
    default:
      return undefined;
  }
}

/** A new RSA key. */
export function generateRsaKey(bits: number, random: RandomSource): PrivateKey {
  return keyFrom(rsaBlock(bits, random), 'pkcs1');
}

/** Reads a key from PEM. Throws FunctionError with Sprig's text for what is none. */
export function parsePrivateKey(pem: string): PrivateKey {
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError('no PEM data in input');
  if (block.type === 'PRIVATE KEY') return reading('decoding PEM as PKCS#8', () => rewritten(block));
  if (!block.type.endsWith(' PRIVATE KEY')) {
    throw new FunctionError(`no private key data in PEM block of type ${block.type}`);
  }
  switch (block.type.slice(0, -' PRIVATE KEY'.length)) {
    case 'RSA':
      return reading('parsing RSA private key from PEM', () => keyFrom(block, 'pkcs1'));
    case 'EC':
      return reading('parsing EC private key from PEM', () => keyFrom(block, 'sec1'));
    case 'DSA':
      return reading('parsing DSA private key from PEM', () => dsaKey(block));
    default:
      throw new FunctionError(`invalid private key type ${block.type.slice(0, -' PRIVATE KEY'.length)}`);
  }
}

function reading(what: string, read: () => PrivateKey): PrivateKey {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof KeyFault ? error.message : "asn1: structure error: tags don't match";
    throw new FunctionError(`${what}: ${reason}`);
  }
}

class KeyFault extends Error {}

function keyFrom(block: PemBlock, type: 'pkcs1' | 'sec1'): PrivateKey {
  const der = Buffer.from(block.bytes);
  const key = nodeCrypto().createPrivateKey({ key: der, format: 'der', type });
  return { block, key };
}

/** A key in PKCS#8, written the way of its kind. */
function rewritten(block: PemBlock): PrivateKey {
  const key = nodeCrypto().createPrivateKey({ key: Buffer.from(block.bytes), format: 'der', type: 'pkcs8' });
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { key, block: { type: 'RSA PRIVATE KEY', bytes: key.export({ type: 'pkcs1', format: 'der' }) } };
    case 'ec':
      return { key, block: { type: 'EC PRIVATE KEY', bytes: key.export({ type: 'sec1', format: 'der' }) } };
    case 'ed25519':
      return { key, block };
    case 'x25519':
      return { key: undefined, block };
    default: {
      const algorithm = key.asymmetricKeyType ?? '';
      throw new KeyFault(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${algorithm}`);
    }
  }
}

function dsaKey(block: PemBlock): PrivateKey {
  const items = readDerSequence(block.bytes) ?? [];
  if (items.length !== 6 || !items.every((item) => item.tag === 2)) throw new Error('not a DSA key');
  return { block, key: undefined };
}

function rsaBlock(bits: number, random: RandomSource): PemBlock {
  for (;;) {
    const p = randomPrime(bits / 2, random);
    const q = randomPrime(bits / 2, random);
    const totient = (p - 1n) * (q - 1n);
    const d = inverseModulo(RSA_EXPONENT, totient / greatestCommonDivisor(p - 1n, q - 1n));
    const inverse = inverseModulo(q, p);
    if (p === q || d === undefined || inverse === undefined) continue;
    const numbers = [0n, p * q, RSA_EXPONENT, d, p, q, d % (p - 1n), d % (q - 1n), inverse];
    return { type: 'RSA PRIVATE KEY', bytes: derSequence(...numbers.map(derInteger)) };
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function ecdsaBlock(random: RandomSource): PemBlock {
  const scalar = randomBelow(P256_ORDER - 1n, random) + 1n;
  const secret = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = nodeCrypto().createECDH(P256);
  curve.setPrivateKey(secret);
  const bytes = derSequence(
    derInteger(1n),
    derOctets(secret),
    derElement(0xa0, derOid(P256_OID)),
    derElement(0xa1, derBits(curve.getPublicKey())),
  );
  return { type: 'EC PRIVATE KEY', bytes };
}

function ed25519Block(random: RandomSource): PemBlock {
  const seed = random.bytes(32);
  const bytes = derSequence(derInteger(0n), derSequence(derOid(ED25519_OID)), derOctets(derOctets(seed)));
  return { type: 'PRIVATE KEY', bytes };
}

/** FIPS 186-3 sizes L2048 N256, by the way of Go's crypto/dsa: p is a multiple of q, plus one. */
function dsaBlock(random: RandomSource): PemBlock {
  for (;;) {
    const q = randomPrime(256, random);
    const near = randomBits(2048, random) | (1n << 2047n);
    const p = firstPrime(near - (near % (2n * q)) + 1n, 2n * q, random);
    if (p === undefined || p.toString(2).length !== 2048) continue;
    let base = 2n;
    let g = powerModulo(base, (p - 1n) / q, p);
    while (g === 1n) g = powerModulo(++base, (p - 1n) / q, p);
    const x = randomBelow(q - 1n, random) + 1n;
    const numbers = [0n, p, q, g, powerModulo(g, x, p), x];
    return { type: 'DSA PRIVATE KEY', bytes: derSequence(...numbers.map(derInteger)) };
  }
}
