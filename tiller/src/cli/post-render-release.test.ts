/** install and upgrade with a post-renderer: a real program, and the server within this process. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from './capture-output.ts';
import { run as cluster } from './cluster.ts';
import { run as get } from './get.ts';
import { run as history } from './history.ts';
import { run as install } from './install.ts';
import { run as upgrade } from './upgrade.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-post-render-'));
const data = ['--data', join(folder, 'data')];
const chart = join(folder, 'chart');
const plugins = process.env.HELM_PLUGINS;

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (text.startsWith('#!')) chmodSync(path, 0o755);
  return path;
}

const manifest = (name: string): Promise<string> => captureOutput(() => get(['manifest', name, ...data]));

beforeAll(async () => {
  const object = (name: string, more: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
  write('chart/Chart.yaml', 'apiVersion: v2\nname: chart\nversion: 1.0.0\n');
  write(
    'chart/templates/a.yaml',
    object('{{ .Release.Name }}', 'data:\n  who: world\n  key: {{ randAlphaNum 12 }}\n  at: {{ now }}\n'),
  );
  write(
    'chart/templates/hook.yaml',
    object('hook', '  annotations: {helm.sh/hook: post-install}\ndata: {who: world}\n'),
  );
  write('chart/templates/NOTES.txt', 'Hello world\n');
  await captureOutput(() => cluster(['create', 'dev', ...data]));
});
afterEach(() => {
  if (plugins === undefined) delete process.env.HELM_PLUGINS;
  else process.env.HELM_PLUGINS = plugins;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a post-renderer', () => {
  it('changes objects and hooks of an install and an upgrade, random values and times included', async () => {
    const program = write('sed.sh', '#!/bin/sh\nexec sed "s/world/$1/"\n');
    const flags = ['--post-renderer', program, '--post-renderer-args', 'moon', ...data];
    const output = await captureOutput(() => install(['r', chart, ...flags]));
    expect(output).toContain('Hello world');
    expect(await manifest('r')).toMatch(
      /^---\n# Source: chart\/templates\/a\.yaml\n.* {2}who: moon\n {2}key: \w{12}\n/s,
    );
    expect(await manifest('r')).not.toContain('postrenderer.helm.sh');
    expect(await captureOutput(() => get(['hooks', 'r', ...data]))).toContain('who: moon');
    await captureOutput(() => upgrade(['r', chart, ...data]));
    expect(await manifest('r')).toContain('who: world');
    await captureOutput(() => upgrade(['r', chart, ...flags]));
    expect(await manifest('r')).toContain('who: moon');
    const { length } = JSON.parse(await captureOutput(() => history(['r', '-o', 'json', ...data])));
    expect(length).toBe(3);
  });

  it('that fails leaves no release', async () => {
    const program = write('fail.sh', '#!/bin/sh\necho no >&2\nexit 3\n');
    await expect(install(['broken', chart, '--post-renderer', program, ...data])).rejects.toThrow(
      /error while running post render on files: .*no\n: exit status 3/s,
    );
    await expect(get(['manifest', 'broken', ...data])).rejects.toThrow('not found');
  });

  it('may be a plugin of Helm 4, by its name', async () => {
    write('plugins/shout/run.sh', '#!/bin/sh\nexec sed "s/world/$HELM_PLUGIN_NAME $1 $2/"\n');
    const head = 'apiVersion: v1\nname: shout\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n';
    const command = '  platformCommand:\n    - command: $HELM_PLUGIN_DIR/run.sh\n      args: [one]\n';
    write('plugins/shout/plugin.yaml', `${head}runtimeConfig:\n${command}`);
    process.env.HELM_PLUGINS = join(folder, 'plugins');
    const flags = ['--post-renderer', 'shout', '--post-renderer-args', 'two'];
    const output = await captureOutput(() => install(['dry', chart, '--dry-run=client', ...flags, ...data]));
    expect(output).toContain('who: shout one two');
  });
});
