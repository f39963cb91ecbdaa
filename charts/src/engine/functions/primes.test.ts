import { checkPrimeSync, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RandomSource } from '../engine.ts';
import { firstPrime, isPrime, randomPrime } from './primes.ts';

/** The same bytes each time. */
function seeded(seed: string): RandomSource {
  let calls = 0;
  return {
    bytes: (length) => {
      const blocks = Array.from({ length: Math.ceil(length / 32) }, () =>
        createHash('sha256').update(`${seed} ${calls++}`).digest(),
      );
      return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
    },
  };
}

describe('primes', () => {
  it('have the size asked for, and are what OpenSSL takes for primes', () => {
    for (const bits of [256, 512, 1024, 2048]) {
      const prime = randomPrime(bits, seeded(`size ${bits}`));
      expect(prime.toString(2)).toMatch(new RegExp(`^11[01]{${bits - 2}}$`));
      expect(checkPrimeSync(prime)).toBe(true);
    }
  });

  it('are the first ones of their sequence', () => {
    const start = (1n << 600n) + 1n;
    const prime = firstPrime(start, 6n, seeded('sequence')) ?? 0n;
    expect((prime - start) % 6n).toBe(0n);
    for (let value = start; value < prime; value += 6n) expect(checkPrimeSync(value)).toBe(false);
    expect(checkPrimeSync(prime)).toBe(true);
  });

  it('are told from numbers that look like them', () => {
    const random = seeded('test');
    const mersenne = (1n << 521n) - 1n;
    expect(isPrime(mersenne, random)).toBe(true);
    // One less than it is halved more often than once.
    const manyHalvings = 3n * (1n << 534n) + 1n;
    expect(isPrime(manyHalvings, random)).toBe(true);
    expect(isPrime((1n << 522n) - 3n, random)).toBe(false);
    const [p, q] = [randomPrime(512, random), randomPrime(512, random)];
    expect(isPrime(p * q, random)).toBe(false);
    expect(isPrime(p * p, random)).toBe(false);
    // Carmichael's numbers: 6k+1, 12k+1 and 18k+1, all primes, are factors of what Fermat's test takes for a prime.
    const k = (1n << 176n) + 24309n;
    const factors = [6n * k + 1n, 12n * k + 1n, 18n * k + 1n];
    expect(factors.every((factor) => checkPrimeSync(factor))).toBe(true);
    const carmichael = factors.reduce((product, factor) => product * factor);
    expect(carmichael.toString(2).length).toBeGreaterThan(512);
    expect(isPrime(carmichael, random)).toBe(false);
  });
});
