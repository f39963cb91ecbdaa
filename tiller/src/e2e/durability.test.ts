import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from './program.ts';

let program: Program;
let folder: string;

beforeAll(async () => {
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'drydock-durability-'));
}, 120_000);

afterAll(async () => {
  await program.remove();
  await rm(folder, { recursive: true });
});

async function serve(...flags: readonly string[]) {
  const child = program.start(folder, 'serve', '--listen', '127.0.0.1:0', ...flags);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (text: string): void => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('close', () => reject(new Error(said)));
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };
  return { url, end };
}

const CONFIG_MAPS = 'api/v1/namespaces/default/configmaps';

async function post(url: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  await response.arrayBuffer();
  return response.status;
}

async function namesIn(url: string): Promise<Set<string>> {
  const list = (await (await fetch(url)).json()) as { items: { metadata: { name: string } }[] };
  return new Set(list.items.map(({ metadata }) => metadata.name));
}

describe('a server that is killed', () => {
  it.each([[], ['--sync-writes']])(
    'has all that it answered when it comes back (serve %s)',
    async (...flags) => {
      const cluster = `c${flags.length}`;
      const answered: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        const server = await serve(...flags);
        if (round === 0) expect(await post(`${server.url}/api/v1/clusters`, { name: cluster })).toBe(201);
        const api = `${server.url}/clusters/${cluster}`;
        expect([...(await namesIn(`${api}/${CONFIG_MAPS}`))]).toEqual(expect.arrayContaining(answered));
        let sent = 0;
        let killed: Promise<void> | undefined;
        const write = async (): Promise<void> => {
          while (killed === undefined) {
            const name = `r${round}-${sent++}`;
            const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } };
            const status = await post(`${api}/${CONFIG_MAPS}`, body).catch(() => 0);
            if (status === 201) answered.push(name);
            if (sent > 150 + round * 37) killed ??= server.end('SIGKILL');
          }
        };
        await Promise.all(Array.from({ length: 8 }, write));
        await killed;
      }
      expect(answered.length).toBeGreaterThan(400);
      const server = await serve(...flags);
      const names = await namesIn(`${server.url}/clusters/${cluster}/${CONFIG_MAPS}`);
      expect(answered.filter((name) => !names.has(name))).toEqual([]);
      await server.end('SIGTERM');
    },
    120_000,
  );
});

describe('clusters of a folder', () => {
  it('are forked, saved and restored by command', async () => {
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await program.run(folder, 'cluster', ...args);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      return stdout;
    };
    await run('create', 'one', '--nodes', '2');
    expect(await run('fork', 'one', 'two')).toBe('cluster "one" forked as "two"\n');
    await run('snapshot', 'two', 'two.json');
    expect(JSON.parse(await readFile(join(folder, 'two.json'), 'utf8'))).toMatchObject({ version: 1, name: 'two' });
    await run('delete', 'one');
    expect(await run('restore', 'two.json', 'three')).toBe('cluster "three" restored from two.json\n');
    const clusters = JSON.parse(await run('list', '-o', 'json')) as { name: string; nodes: number }[];
    const nodes = new Map(clusters.map((cluster) => [cluster.name, cluster.nodes]));
    expect([nodes.get('one'), nodes.get('two'), nodes.get('three')]).toEqual([undefined, 2, 2]);
    await writeFile(join(folder, 'bad.json'), '{"name":"bad","version":1}');
    const bad = await program.run(folder, 'cluster', 'restore', 'bad.json');
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('no snapshot of a cluster') });
    const taken = await program.run(folder, 'cluster', 'fork', 'two', 'three');
    expect(taken.stderr).toContain('cluster "three" exists already');
  }, 120_000);
});
