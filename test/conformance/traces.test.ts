/**
 * The recorded behaviour of a real control plane (v1.34.2) against ours: each scenario is a test, and the count of equal
 * ones is printed. Where the records are is told by DRYDOCK_SHARED.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runTrace } from './traces.ts';
import { compareInvariant } from './traces-compare.ts';
import type { Trace } from './traces-scenario.ts';

const shared = process.env.DRYDOCK_SHARED ?? resolve(import.meta.dirname, '../../../shared');
const folder = join(shared, 'kubernetes/traces');
const isPresent = existsSync(folder);
const files = isPresent ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];

/** What differs still in some scenarios, by path, and why. All else in them must be equal. */
const KNOWN_DIFFERENCES: ReadonlyMap<string, RegExp> = new Map([
  // The API server's validation lists the same causes in another order.
  ['deployment-rejected-changes', /^\/stepResults\/2\//],
  // LimitRange: the ratio of limit to request is not checked yet, so that pod is let in.
  ['limitrange', /^\/(stepResults\/[45]\/|.*(\/Pod\/ratio|ctivePods|podsCreated))/],
]);

describe.skipIf(!isPresent)('recorded scenarios of a real control plane (needs the shared records)', () => {
  let equal = 0;
  afterAll(() => {
    console.log(`${equal}/${files.length} traces equal`);
  });
  for (const file of files) {
    const trace = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Trace;
    test(`${trace.name}: ${trace.description}`, () => {
      const differences = compareInvariant(trace.invariant, runTrace(trace));
      if (differences.length === 0) equal++;
      const known = KNOWN_DIFFERENCES.get(trace.name);
      expect(differences.filter(({ path }) => known === undefined || !known.test(path))).toEqual([]);
    });
  }
});
