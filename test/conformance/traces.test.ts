/**
 * The recorded behaviour of a real control plane (v1.34.2) against ours: each scenario is a test, and the count of equal
 * ones is printed. Where the records are is told by DRYDOCK_SHARED.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runTrace, type Trace } from './traces.ts';
import { compareInvariant } from './traces-compare.ts';

const shared = process.env.DRYDOCK_SHARED ?? resolve(import.meta.dirname, '../../../shared');
const folder = join(shared, 'kubernetes/traces');
const isPresent = existsSync(folder);
const files = isPresent ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];

/** Scenarios that are not equal yet, and why. One that becomes equal must leave the list. */
const KNOWN_DIFFERENCES = new Map<string, string>([]);

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
      if (KNOWN_DIFFERENCES.has(trace.name)) expect(differences).not.toEqual([]);
      else expect(differences).toEqual([]);
    });
  }
});
