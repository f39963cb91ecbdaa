/** What a run of Kubernetes' end-to-end tests gave, as a table for docs/conformance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type E2eName, sigOf } from './e2e-names.ts';
import type { E2eResult } from './e2e-run.ts';

const BEGIN = '<!-- written by conformance:e2e -->';
const END = '<!-- end -->';

/** Passed of all, a row for each group of a SIG's tests, and those that did not pass. */
export function e2eTable(names: readonly E2eName[], results: readonly E2eResult[]): string {
  const needs = new Map(names.map((each) => [each.name, each.needs ?? '']));
  const groups = new Map<string, E2eResult[]>();
  for (const result of results) {
    const group = `${sigOf(result.name)} | ${needs.get(result.name) ?? ''}`;
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  const rows = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  const misses = results.filter(({ state }) => state !== 'passed').map(({ name, state }) => `- ${name}: ${state}`);
  return [
    '| tests | need | passed |',
    '| --- | --- | --- |',
    ...rows.map(([group, all]) => `| ${group} | ${ratio(all)} |`),
    `| all | | ${ratio(results)} |`,
    '',
    misses.length === 0 ? 'All pass.' : `Those that do not:\n\n${misses.join('\n')}`,
  ].join('\n');
}

export function ratio(results: readonly E2eResult[]): string {
  return `${results.filter(({ state }) => state === 'passed').length}/${results.length}`;
}

/** Puts a table in its place in a file. Throws where the file has no such place. */
export function writeE2eTable(file: string, table: string): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END, text.indexOf(BEGIN))];
  if (begin < 0 || end < 0) throw new Error(`${file} has no place for the table: ${BEGIN} and ${END}`);
  writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n${table}\n${text.slice(end)}`);
}
