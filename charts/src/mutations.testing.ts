/**
 * For fuzz tests: the files of charts/testdata/fuzz, whole and changed at random. Seeds are new in each run and printed;
 * FUZZ_SEED sets one, FUZZ_RUNS the number of runs.
 */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';

const corpora = join(import.meta.dirname, '..', 'testdata', 'fuzz');

/** The texts of a folder of the corpus. */
export function corpusTexts(folder: string): string[] {
  const names = readdirSync(join(corpora, folder)).sort();
  return names.map((name) => readFileSync(join(corpora, folder, name), 'utf8'));
}

/** One change: from a place, given as a part of the length, so many units go, and others come. */
interface Change<Piece> {
  readonly at: number;
  readonly removed: number;
  readonly inserted: Piece;
}

function changes<Piece>(inserted: fc.Arbitrary<Piece>): fc.Arbitrary<Change<Piece>[]> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.oneof(fc.nat(3), fc.nat(40)),
    inserted,
  });
  return fc.array(change, { maxLength: 6 });
}

/** One of the texts with some characters taken out and some of the pieces, or any characters, put in. */
export function mutatedText(texts: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const inserted = fc.oneof(
    fc.constantFrom(...pieces),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.tuple(fc.constantFrom(...pieces), fc.nat(200)).map(([piece, times]) => piece.repeat(times)),
  );
  return fc.tuple(fc.constantFrom('', ...texts), changes(inserted)).map(([text, list]) =>
    list.reduce((whole, { at, removed, inserted: put }) => {
      const start = Math.floor(at * whole.length);
      return whole.slice(0, start) + put + whole.slice(start + removed);
    }, text),
  );
}

/** Bytes with some taken out and some put in. */
export function mutatedBytes(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  return changes(fc.uint8Array({ maxLength: 8 })).map((list) =>
    list.reduce<Uint8Array>((bytes, { at, removed, inserted }) => {
      const start = Math.floor(at * bytes.length);
      return Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(start + removed)]);
    }, whole),
  );
}

/** Runs a property; its seed is printed. */
export function fuzz<T>(what: string, arbitrary: fc.Arbitrary<T>, check: (value: T) => void, runs = 1000): void {
  const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
  const numRuns = Number(process.env.FUZZ_RUNS ?? runs);
  console.log(`fuzz ${what}: FUZZ_SEED=${seed} FUZZ_RUNS=${numRuns}`);
  fc.assert(fc.property(arbitrary, check), { seed, numRuns, interruptAfterTimeLimit: 20_000 });
}
