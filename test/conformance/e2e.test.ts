import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readE2eNames } from './e2e-names.ts';
import { runE2eSuite } from './e2e-suite.ts';
import { e2eTable, writeE2eTable } from './e2e-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-e2e-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Says what the suite's binary says of a test that passes, fails, is skipped, is not there, or never ends. */
const SUITE = `#!/usr/bin/env node
const focus = process.argv[process.argv.indexOf('--ginkgo.focus') + 1];
const counts = (passed, failed) =>
  console.log('Ran 1 of 9 Specs in 0.1 seconds\\nSUCCESS! -- ' + passed + ' Passed | ' + failed + ' Failed | 0 Pending | 8 Skipped');
if (!new RegExp(focus).test('[sig-a] ' + process.env.TESTS)) console.log('Ran 0 of 9 Specs in 0 seconds\\nPASS');
else if (focus.includes('hangs')) setInterval(() => {}, 1000);
else if (focus.includes('skips')) console.log('  [SKIPPED] not here\\nRan 0 of 9 Specs in 0 seconds');
else if (focus.includes('fails')) console.log('  [FAILED] in [It] - x.go:1\\n  [FAILED] wanted 1'), counts(0, 1);
else counts(1, 0);
`;

function suite(tests: string, names: readonly string[]) {
  const binary = join(folder, 'suite');
  writeFileSync(binary, SUITE);
  chmodSync(binary, 0o755);
  process.env.TESTS = tests;
  const order: string[] = [];
  const options = { binary, kubeconfig: 'none', names, jobs: 2, times: 1, seconds: 1 };
  return { order, run: () => runE2eSuite({ ...options, onResult: ({ name }) => order.push(name) }) };
}

describe("a run of Kubernetes' own tests", () => {
  test.each([
    ['passes', 'passed', ''],
    ['fails', 'failed', 'wanted 1'],
    ['skips', 'skipped', 'not here'],
    ['hangs', 'timed out', ''],
  ])('tells of one that %s', async (what, state, why) => {
    const [result] = await suite(what, [`[sig-a] ${what}`]).run();
    expect(result).toMatchObject({ state, why });
  });

  test('tells of a name that is none, also when it is the beginning of one', async () => {
    const [result] = await suite('passes twice', ['[sig-a] passes']).run();
    expect(result).toMatchObject({ state: 'not run', why: 'no test has that name' });
  });

  test('runs serial ones last, each name once, and answers in the order of the names', async () => {
    const names = ['[sig-a] [Serial] one', '[sig-a] two', '[sig-a] two'];
    const { order, run } = suite('[Serial] one [sig-a] two', names);
    const results = await run();
    expect(results.map(({ name }) => name)).toEqual(['[sig-a] [Serial] one', '[sig-a] two']);
    expect(order).toEqual(['[sig-a] two', '[sig-a] [Serial] one']);
  });
});

test('names are read from lines and from JSON lines', () => {
  const file = join(folder, 'names');
  writeFileSync(file, '# a comment\n[sig-a] one\n\n{"name": "[sig-b] two", "needs": "api"}\n');
  expect(readE2eNames(file)).toEqual([{ name: '[sig-a] one' }, { name: '[sig-b] two', needs: 'api' }]);
});

test('the table counts by group and need, names the misses, and takes the place of the one before', () => {
  const result = (name: string, state: 'passed' | 'failed') => ({ name, state, seconds: 1, why: '', output: '' });
  const names = [
    { name: '[sig-a] one', needs: 'api' },
    { name: '[sig-a] two', needs: 'api' },
    { name: '[sig-b] three' },
  ];
  const table = e2eTable(names, [
    result('[sig-a] one', 'passed'),
    result('[sig-a] two', 'failed'),
    result('[sig-b] three', 'passed'),
  ]);
  expect(table).toContain('| sig-a | api | 1/2 |\n| sig-b |  | 1/1 |\n| all | | 2/3 |');
  expect(table).toContain('- [sig-a] two: failed');
  const file = join(folder, 'docs.md');
  writeFileSync(file, 'before\n<!-- written by conformance:e2e -->\nold\n<!-- end -->\nafter\n');
  writeE2eTable(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('before\n<!-- written by conformance:e2e -->\nnew\n<!-- end -->\nafter\n');
  expect(() => writeE2eTable(join(folder, 'names'), 'new')).toThrow('has no place for the table');
});
