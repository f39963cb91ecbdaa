/**
 * drydock dependency beside helm dependency: output, exit codes, the lock and what is in charts/, for folders, a
 * repository and an OCI registry, which are our own server's.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, type RunResult, runDrydock, startServer } from '../support/drydock.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-dependency-'));
let server: RunningServer;
let host = '';

beforeAll(async () => {
  server = await startServer(join(folder, 'state'));
  host = new URL(server.url).host;
  for (const [name, version] of [
    ['db', '1.0.0'],
    ['db', '1.4.2'],
    ['db', '2.0.0-rc.1'],
    ['cache', '3.1.0+b.2'],
  ] as const) {
    write({ [`src/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` });
    const pushed = await runDrydock(['push', `src/${name}`, 'shop', '--server', server.url], { cwd: folder });
    expect(pushed.code, pushed.stderr).toBe(0);
  }
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Step = readonly string[] | ((chart: string) => void);

interface Case {
  readonly name: string;
  /** Files below the chart and beside it, with URL and HOST for the server's. */
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Repositories that helm knows by name. */
  readonly repositories?: Readonly<Record<string, string>>;
}

const chartOf = (dependencies: string, version = 'v2'): string =>
  `apiVersion: ${version}\nname: app\nversion: 1.0.0\n${dependencies === '' ? '' : `dependencies:\n${dependencies}`}`;

const CHILD = { 'child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 1.2.0\n' };
const update = ['update', 'app'];
const build = ['build', 'app'];
const list = ['list', 'app'];

const CASES: readonly Case[] = [
  { name: 'no dependencies', files: { 'app/Chart.yaml': chartOf('') }, steps: [list, update, build] },
  {
    name: 'an empty list',
    files: { 'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: []\n' },
    steps: [list, update],
  },
  {
    name: 'no chart',
    files: { 'app/README': '' },
    steps: [list, update, build, ['list', 'nowhere'], ['up', 'nowhere'], ['list', 'a', 'b']],
  },
  {
    name: 'a folder',
    files: { ...CHILD, 'app/Chart.yaml': chartOf('- {name: child, version: ^1, repository: "file://../child"}\n') },
    steps: [list, update, list, build, list],
  },
  {
    name: 'a folder whose version does not fit',
    files: { ...CHILD, 'app/Chart.yaml': chartOf('- {name: child, version: ^2, repository: "file://../child"}\n') },
    steps: [update, list],
  },
  {
    name: 'a folder that is not there',
    files: { 'app/Chart.yaml': chartOf('- {name: child, version: ^2, repository: "file://../nochild"}\n') },
    steps: [update, build, list],
  },
  {
    name: 'a range that is none',
    files: { ...CHILD, 'app/Chart.yaml': chartOf('- {name: child, version: junk, repository: "file://../child"}\n') },
    steps: [update, list],
  },
  {
    name: 'aliases, conditions, tags and imports',
    files: {
      ...CHILD,
      'app/Chart.yaml': chartOf(
        '- {name: child, version: 1.x, repository: "file://../child", alias: one, condition: one.on, tags: [a, "<b>"], import-values: [data, {child: a.b, parent: c}]}\n- {name: child, version: ">=1.1, <2", repository: "file://../child", alias: two, enabled: true}\n',
      ),
    },
    steps: [update, list, build],
  },
  {
    name: 'what is in charts/ already',
    files: {
      'app/Chart.yaml': chartOf('- {name: own, version: ">=0.1"}\n'),
      'app/charts/own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 0.2.0\n',
      'app/charts/stranger/Chart.yaml': 'apiVersion: v2\nname: stranger\nversion: 0.2.0\n',
      'app/charts/.keep': '',
      'app/charts/_notes.txt': 'kept\n',
    },
    steps: [update, list],
  },
  {
    name: 'outdated packages',
    files: { ...CHILD, 'app/Chart.yaml': chartOf('- {name: child, version: 1.x, repository: "file://../child"}\n') },
    steps: [
      update,
      (root) => write({ 'child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 1.3.0\n' }, root),
      build,
      list,
      update,
      list,
    ],
  },
  {
    name: 'a lock that does not fit',
    files: { ...CHILD, 'app/Chart.yaml': chartOf('- {name: child, version: 1.x, repository: "file://../child"}\n') },
    steps: [
      update,
      (root) =>
        write({ 'app/Chart.yaml': chartOf('- {name: child, version: 1.2.x, repository: "file://../child"}\n') }, root),
      build,
    ],
  },
  {
    name: 'requirements of apiVersion v1',
    files: {
      ...CHILD,
      'app/Chart.yaml': chartOf('', 'v1'),
      'app/requirements.yaml': 'dependencies:\n- {name: child, version: 1.x, repository: "file://../child"}\n',
    },
    steps: [list, update, build, list],
  },
  {
    name: 'a repository that nobody has configured',
    files: { 'app/Chart.yaml': chartOf('- {name: db, version: ^1, repository: "URL/charts/shop"}\n') },
    steps: [list, update, list, [...update, '--skip-refresh']],
  },
  {
    name: 'a repository by name, and twice the same package',
    files: {
      'app/Chart.yaml': chartOf(
        '- {name: db, version: ^1, repository: "@shop"}\n- {name: db, version: 1.4.2, repository: "alias:shop", alias: other}\n- {name: cache, version: 3.x, repository: "URL/charts/shop/"}\n',
      ),
    },
    repositories: { shop: 'URL/charts/shop' },
    steps: [update, list, build, list],
  },
  {
    name: 'a repository that has no such chart or version',
    files: { 'app/Chart.yaml': chartOf('- {name: db, version: ^7, repository: "@shop"}\n') },
    repositories: { shop: 'URL/charts/shop' },
    steps: [
      update,
      (root) => write({ 'app/Chart.yaml': chartOf('- {name: nope, version: ^7, repository: "@shop"}\n') }, root),
      update,
    ],
  },
  {
    name: 'names that nobody knows',
    files: { 'app/Chart.yaml': chartOf('- {name: db, version: ^1, repository: "@nobody"}\n') },
    steps: [
      update,
      (root) => write({ 'app/Chart.yaml': chartOf('- {name: db, version: ^1, repository: stable}\n') }, root),
      update,
    ],
  },
  {
    name: 'an OCI registry',
    files: {
      'app/Chart.yaml': chartOf(
        '- {name: db, version: ^1, repository: "oci://HOST/shop"}\n- {name: cache, version: 3.1.0+b.2, repository: "oci://HOST/shop"}\n',
      ),
    },
    steps: [[...update, '--plain-http'], list, [...build, '--plain-http']],
  },
  {
    name: 'an OCI registry without the version',
    files: { 'app/Chart.yaml': chartOf('- {name: db, version: ^7, repository: "oci://HOST/shop"}\n') },
    steps: [[...update, '--plain-http']],
  },
  {
    name: 'flags',
    files: { 'app/Chart.yaml': chartOf('') },
    steps: [
      [...update, '--nope'],
      [...list, '--max-col-width', '-1'],
      [...list, '--max-col-width'],
    ],
  },
  {
    name: 'narrow columns',
    files: {
      'app/Chart.yaml': chartOf('- {name: child, version: ^1, repository: "file://../a-long-path-to-a-child"}\n'),
    },
    steps: [[...list, '--max-col-width', '12']],
  },
];

describe('dependencies', () => {
  beforeEach(() => {
    for (const side of ['helm', 'drydock']) rmSync(join(folder, side), { recursive: true, force: true });
  });

  it.each(CASES)('$name', async (each) => {
    const theirs = await play(each, 'helm');
    const ours = await play(each, 'drydock');
    expect(ours).toEqual(theirs);
  });

  it('leaves charts/ as it is when one of several can not be had', async () => {
    const child = '- {name: child, version: ^1, repository: "file://../child"}\n';
    write({ ...CHILD, 'app/Chart.yaml': chartOf(child) }, 'drydock');
    expect((await run('drydock', update)).code).toBe(0);
    const chart = chartOf(`${child}- {name: db, version: 9.9.9, repository: "oci://${host}/shop"}\n`);
    write({ 'app/Chart.yaml': chart, 'child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 1.3.0\n' }, 'drydock');
    const before = readTree(join(folder, 'drydock', 'app'));
    const result = await run('drydock', [...update, '--plain-http']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('could not download');
    expect(readTree(join(folder, 'drydock', 'app'))).toEqual(before);
  });

  it('builds from a lock without a configured repository, which helm does not', async () => {
    write(
      { 'app/Chart.yaml': chartOf(`- {name: db, version: ^1, repository: "${server.url}/charts/shop"}\n`) },
      'drydock',
    );
    expect((await run('drydock', update)).code).toBe(0);
    rmSync(join(folder, 'drydock', 'app', 'charts'), { recursive: true });
    expect((await run('drydock', build)).code).toBe(0);
    expect(readdirSync(join(folder, 'drydock', 'app', 'charts'))).toEqual(['db-1.4.2.tgz']);
  });
});

/** Runs all steps of a case with one of the programs; answers what it said and left. */
async function play(each: Case, side: 'helm' | 'drydock'): Promise<unknown> {
  const fill = (text: string): string => text.replaceAll('URL', server.url).replaceAll('HOST', host);
  write(Object.fromEntries(Object.entries(each.files).map(([path, text]) => [path, fill(text)])), side);
  for (const [name, url] of Object.entries(each.repositories ?? {})) {
    const added = spawnSync('helm', ['repo', 'add', name, fill(url)], { env: { ...process.env, ...envOf(side) } });
    expect(added.status).toBe(0);
  }
  const said: unknown[] = [];
  for (const step of each.steps) {
    if (typeof step === 'function') step(side);
    else said.push(await run(side, step));
  }
  return { said, left: readTree(join(folder, side, 'app')) };
}

async function run(side: 'helm' | 'drydock', args: readonly string[]): Promise<RunResult> {
  const cwd = join(folder, side);
  const neutral = (text: string): string =>
    text
      .replaceAll(cwd, 'FOLDER')
      .replaceAll(new RegExp(`("|Usage: {2})${side} dependency`, 'g'), '$1PROGRAM dependency')
      .replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, 'TIME ');
  if (side === 'drydock') {
    const { code, stdout, stderr } = await runDrydock(['dependency', ...args], { cwd, env: envOf(side) });
    return { code, stdout: neutral(stdout), stderr: neutral(stderr) };
  }
  const { status, stdout, stderr } = spawnSync('helm', ['dependency', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...envOf(side) },
  });
  return { code: status ?? 1, stdout: neutral(stdout), stderr: neutral(stderr) };
}

function envOf(side: string): Record<string, string> {
  const home = join(folder, side, 'home');
  return { HELM_CACHE_HOME: `${home}/cache`, HELM_CONFIG_HOME: `${home}/config`, HELM_DATA_HOME: `${home}/data` };
}

function write(files: Readonly<Record<string, string>>, below = ''): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, below, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Files by name; packages by the names of their entries, and the lock without its time. */
function readTree(path: string, prefix = ''): Record<string, string | readonly string[]> {
  const files: Record<string, string | readonly string[]> = {};
  for (const entry of readdirSync(path).sort()) {
    const child = join(path, entry);
    if (statSync(child).isDirectory()) Object.assign(files, readTree(child, `${prefix}${entry}/`));
    else files[`${prefix}${entry}`] = readEntry(child);
  }
  return files;
}

function readEntry(path: string): string | readonly string[] {
  const bytes = readFileSync(path);
  if (path.endsWith('.lock')) return bytes.toString('utf8').replace(/generated: ".*"/, 'generated: TIME');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  const tar = gunzipSync(bytes);
  const names: string[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number): string =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    names.push(text(0, 100));
    at += 512 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512) * 512;
  }
  return names.sort();
}
