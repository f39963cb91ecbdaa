/**
 * `drydock lint` beside the real `helm lint`: the same bytes and exit codes of Helm's own rules, over the shared charts
 * where they are present, and over charts with every fault that we could think of.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RunResult, runDrydock } from '../support/drydock.ts';
import { REPOSITORY } from '../support/repository.ts';

const SHARED = resolve(process.env.DRYDOCK_SHARED ?? join(REPOSITORY, '..', 'shared'), 'charts');
const hasShared = existsSync(join(SHARED, 'cases.jsonl'));
const charts = hasShared ? listCharts() : [];

const BROKEN = join(REPOSITORY, 'charts', 'src', 'lint', 'testdata', 'broken-charts.jsonl');
const broken = readFileSync(BROKEN, 'utf8')
  .trim()
  .split('\n')
  .map((line): { name: string; files: Record<string, string>; args: string[] } => JSON.parse(line));

const folder = mkdtempSync(join(tmpdir(), 'drydock-lint-peer-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasShared)('the shared charts (skipped where they are not present)', () => {
  it.each([[[]], [['--strict']], [['--quiet', '--kube-version', '1.20']]])(
    'drydock lint %j prints what helm lint prints',
    async (args) => {
      // In groups, so that starting the programs is not what takes the time.
      const different: string[] = [];
      for (let at = 0; at < charts.length; at += 16) {
        different.push(...(await compareAll(charts.slice(at, at + 16), { args, cwd: SHARED })));
      }
      console.log(`helm lint ${args.join(' ')}: ${charts.length - different.length}/${charts.length} equal`);
      expect(different).toEqual([]);
    },
  );
});

describe('charts with faults', () => {
  it('drydock lint prints what helm lint prints', async () => {
    for (const [index, { files }] of broken.entries()) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, String(index), file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    }
    const different: string[] = [];
    for (const [args, paths] of byArguments()) {
      different.push(...(await compareAll(paths, { args, cwd: folder })));
    }
    console.log(`helm lint of charts with faults: ${broken.length - different.length}/${broken.length} equal`);
    expect(different.map((path) => broken[Number(path)]?.name)).toEqual([]);
  });
});

/** The folders of the cases that have the same flags: one run of each program for them all. */
function byArguments(): ReadonlyMap<readonly string[], readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [index, { args }] of broken.entries()) {
    const key = JSON.stringify(args);
    groups.set(key, [...(groups.get(key) ?? []), String(index)]);
  }
  return new Map([...groups].map(([key, paths]) => [JSON.parse(key), paths]));
}

/** The charts of which the two programs say different things. */
async function compareAll(
  paths: readonly string[],
  how: { readonly args: readonly string[]; readonly cwd: string },
): Promise<string[]> {
  const ours = await runDrydock(['lint', ...paths, '--rules', 'helm', ...how.args], { cwd: how.cwd });
  const { status, stdout, stderr } = spawnSync('helm', ['lint', ...paths, ...how.args], {
    cwd: how.cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const theirs: RunResult = { code: status ?? -1, stdout, stderr };
  const left = sections(ours, paths);
  const right = sections(theirs, paths);
  const different = paths.filter((path) => left.get(path) !== right.get(path));
  const isEnd = ours.code === theirs.code && ours.stderr === theirs.stderr;
  return different.length === 0 && !isEnd ? [...paths] : different;
}

/** What is said of each chart. Helm shows the folder that it unpacked an archive to: the archive stands in its place. */
function sections(result: RunResult, paths: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const section of result.stdout.split(/^==> Linting /m).slice(1)) {
    const end = section.indexOf('\n');
    const path = paths.find((candidate) => section.slice(0, end) === candidate);
    if (path === undefined) continue;
    const text = section.slice(end).replace(/(?:\/\S*\/helm-lint\d+|\/\S*(?=\/[^/\s]+\.tgz))\/[^:\s]+/g, 'ARCHIVE');
    found.set(path, `${found.get(path) ?? ''}${inOneOrder(text)}`);
  }
  return found;
}

/** Helm lists subcharts, and what a schema finds, in the order of Go's maps, which is another one each time. */
function inOneOrder(text: string): string {
  return text
    .replace(
      /(missing these dependencies: )(.*)/g,
      (_, label: string, names: string) => label + names.split(',').sort().join(','),
    )
    .replace(/(?:^ *- at .*\n)+/gm, (findings) => findings.split('\n').sort().join('\n'));
}

function listCharts(): string[] {
  return readdirSync(SHARED, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tgz'))
    .sort();
}
