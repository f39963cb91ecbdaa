/** The drydock program as a person runs it: without a server, and with one. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, WEB_CHART, writeChart } from './charts.ts';
import { buildProgram, type Program } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(() => program.remove());

/** A folder with a cluster `dev` in its data. */
async function workFolder(...flags: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  expect(await program.run(folder, 'cluster', 'create', 'dev', ...flags)).toMatchObject({ code: 0 });
  return folder;
}

describe('without a server', () => {
  test('the whole life of a release, kept between commands in the data folder', async () => {
    const folder = await workFolder();
    const chart = await writeChart(WEB_CHART);
    const run = (...args: readonly string[]) => program.run(folder, ...args);

    const installed = await run('install', 'web', chart, '--wait', '--set', 'replicas=3');
    expect(installed.stderr).toMatch(/^T\+\d+s +Deployment default\/web: 3\/3 ready$/m);
    expect(installed).toMatchObject({ code: 0 });
    expect(installed.stdout).toMatch(
      /^NAME: web\nLAST DEPLOYED: \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\nNAMESPACE: default\n/,
    );
    expect(installed.stdout).toContain('STATUS: deployed\nREVISION: 1\n');
    expect(installed.stdout).toContain('NOTES:\nSay hello to web.\n');

    const upgraded = await run('upgrade', 'web', chart, '--set', 'greeting=hi', '--reuse-values', '--wait');
    expect(upgraded.stdout).toContain('Release "web" has been upgraded.\n');
    expect(upgraded.stdout).toMatch(
      /^KIND +\tNAME\tACTION\tFIELDS\nConfigMap\tweb +\tchange\tdata\.greeting\n2 of 3 objects unchanged\n/m,
    );

    const listed = await run('list');
    expect(listed.stdout.split('\n')[0]).toMatch(
      /^NAME\tCLUSTER\tNAMESPACE\tREVISION\tUPDATED +\tSTATUS +\tCHART +\tAPP VERSION$/,
    );
    expect(JSON.parse((await run('list', '-o', 'json')).stdout)).toEqual([
      expect.objectContaining({
        name: 'web',
        revision: '2',
        status: 'deployed',
        chart: 'web-1.0.0',
        app_version: '1.2',
      }),
    ]);
    const status = await run('status', 'web');
    expect(status.stdout).toMatch(/^Deployment\tweb +\tyes +\t3\/3 ready$/m);

    expect((await run('get', 'values', 'web')).stdout).toBe('USER-SUPPLIED VALUES:\ngreeting: hi\nreplicas: 3\n');
    expect((await run('get', 'values', 'web', '--all')).stdout).toContain('COMPUTED VALUES:\nextra: false\n');
    expect((await run('get', 'notes', 'web')).stdout).toBe('NOTES:\nSay hi to web.\n');
    expect((await run('get', 'manifest', 'web')).stdout).toContain(
      '---\n# Source: web/templates/config.yaml\napiVersion: v1\n',
    );
    expect((await run('get', 'all', 'web', '--revision', '1')).stdout).toContain('greeting: "hello"');

    const back = await run('rollback', 'web', '1', '--wait');
    expect(back.stdout).toContain('Rollback was a success.\n');
    const history = JSON.parse((await run('history', 'web', '-o', 'json')).stdout);
    expect(
      history.map((each: { status: string; description: string }) => `${each.status}: ${each.description}`),
    ).toEqual(['superseded: Install complete', 'superseded: Upgrade complete', 'deployed: Rollback to 1']);
    expect((await run('uninstall', 'web', '--wait')).stdout).toBe('release "web" uninstalled\n');
    expect((await run('list', '-q')).stdout).toBe('');
    expect(await readdir(join(folder, '.drydock'))).not.toContain('server.json');
  });

  test('finishes and keeps its work when nobody reads what it prints', async () => {
    const folder = await workFolder();
    const child = program.start(folder, 'install', 'web', await writeChart(WEB_CHART), '--wait');
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await once(child, 'close'))[0]).toBe(0);
    const status = await program.run(folder, 'status', 'web');
    expect(status.stdout).toMatch(/^Deployment\tweb +\tyes +\t2\/2 ready$/m);
  });

  test('promotes with a difference first, and needs no overlay the second time', async () => {
    const folder = await workFolder();
    await program.run(folder, 'cluster', 'create', 'prod', '--nodes', '1');
    const chart = await writeChart(WEB_CHART);
    const run = (...args: readonly string[]) => program.run(folder, ...args);
    await run('install', 'web', chart, '--cluster', 'dev', '--set', 'greeting=hi');
    const promote = ['promote', 'web', '--from', 'dev', '--to', 'prod'];
    const dry = await run(...promote, '--set', 'replicas=4', '--dry-run');
    expect(dry.stdout).toContain('CHART: web 1.0.0 (new)\n');
    expect(dry.stdout).toContain('  replicas: (none) -> 4\n');
    expect((await run('list', '--cluster', 'prod', '-q')).stdout).toBe('');
    const done = await run(...promote, '--set', 'replicas=4', '--wait');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('Release "web" has been promoted from dev to prod.\n');
    await run('upgrade', 'web', chart, '--cluster', 'dev', '--set', 'greeting=hey');
    const again = await run(...promote, '-o', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({ config: { greeting: 'hey', replicas: 4 }, version: 2 });
  });

  test('moves a cluster in time', async () => {
    const folder = await workFolder();
    const { stdout } = await program.run(folder, 'clock', 'advance', '30d', '--cluster', 'dev', '-o', 'json');
    const { from, now } = JSON.parse(stdout);
    expect(Date.parse(now) - Date.parse(from)).toBe(30 * 86_400_000);
    expect((await program.run(folder, 'clock', 'advance', 'dev', '1h')).stdout).toMatch(/^cluster "dev": .* -> /);
  });

  test('packs, pushes, pulls and installs from the registry by range', async () => {
    const folder = await workFolder();
    const run = (...args: readonly string[]) => program.run(folder, ...args);
    for (const version of ['1.0.0', '1.4.0', '2.0.0']) {
      const packed = await run('package', await writeChart(WEB_CHART, { version }));
      expect(packed.stdout).toBe(
        `Successfully packaged chart and saved it to: ${join(folder, `web-${version}.tgz`)}\n`,
      );
      expect((await run('push', `web-${version}.tgz`, 'library')).stdout).toContain(`Pushed: library/web:${version}\n`);
    }
    await run('install', 'web', 'library/web', '--version', '^1');
    expect(JSON.parse((await run('list', '-o', 'json')).stdout)[0].chart).toBe('web-1.4.0');
    expect((await run('pull', 'library/web', '--untar')).stdout).toBe('Pulled: library/web:2.0.0\n');
    expect(await readFile(join(folder, 'web', 'Chart.yaml'), 'utf8')).toContain('version: 2.0.0');
    const missing = await run('install', 'other', 'library/web', '--version', '^9');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain('chart "library/web" has no version that fits "^9"');
  });

  test('renders locally', async () => {
    const folder = await temporaryFolder();
    const chart = await writeChart(WEB_CHART);
    await writeFile(join(folder, 'v.yaml'), 'greeting: from a file\n');
    const { code, stdout } = await program.run(
      folder,
      'template',
      'web',
      chart,
      '-n',
      'shop',
      '-f',
      'v.yaml',
      '-s',
      'templates/config.yaml',
    );
    expect({ code, stdout: stdout.trimEnd() }).toEqual({
      code: 0,
      stdout:
        '---\n# Source: web/templates/config.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  greeting: "from a file"',
    });
    expect(await readdir(folder)).toEqual(['v.yaml']);
  });
});

describe('bad input ends in one line, exit code 1, and leaves nothing', () => {
  /** One for all, since each test leaves it as it was. */
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drydock-cli-'));
    await program.run(folder, 'cluster', 'create', 'dev');
  });

  afterAll(() => rm(folder, { recursive: true }));

  const archive = (name: string, bytes: Uint8Array) => async () => {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, bytes);
    return path;
  };
  const cases: readonly {
    readonly name: string;
    readonly chart: () => Promise<string>;
    readonly flags?: readonly string[];
    readonly says: readonly string[];
  }[] = [
    { name: 'an archive that is none', chart: archive('broken.tgz', Buffer.from('not gzip')), says: ['broken.tgz'] },
    {
      name: 'an archive that is cut off',
      chart: archive('cut.tgz', gzipSync(Buffer.alloc(5000, 1)).subarray(0, 20)),
      says: ['cut.tgz'],
    },
    {
      name: 'a chart without a name',
      chart: () => writeChart({ 'Chart.yaml': 'apiVersion: v2\nversion: 1.0.0\n' }),
      says: ['name'],
    },
    { name: 'a bad version', chart: () => writeChart({}, { version: 'one' }), says: ['version', 'one'] },
    {
      name: 'values against the schema',
      chart: () =>
        writeChart({
          ...WEB_CHART,
          'values.schema.json':
            '{"type":"object","additionalProperties":false,"properties":{"image":{},"replicas":{},"greeting":{},"extra":{}}}',
        }),
      flags: ['--set', 'tpyo=1'],
      says: ['web', 'tpyo'],
    },
    {
      name: 'a template error',
      chart: () => writeChart({ 'templates/a.yaml': 'a: 1\nb: {{ .Values.x.y }}\n' }),
      says: ['web/templates/a.yaml:2'],
    },
    {
      name: 'YAML that is none',
      chart: () => writeChart({ 'templates/a.yaml': 'kind: [\n' }),
      says: ['web/templates/a.yaml'],
    },
    {
      name: 'an object that the cluster refuses',
      chart: () =>
        writeChart({ ...WEB_CHART, 'templates/z.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER}\n' }),
      says: ['web/templates/z.yaml: ConfigMap default/UPPER'],
    },
    {
      name: 'a kind that the cluster does not have',
      chart: () =>
        writeChart({ 'templates/z.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n' }),
      says: ['web/templates/z.yaml', 'Widget', 'example.com/v1'],
    },
    {
      name: 'a cluster that does not exist',
      chart: () => writeChart(WEB_CHART),
      flags: ['--cluster', 'none'],
      says: ['cluster "none" not found', 'dev'],
    },
    { name: 'a chart that does not exist', chart: async () => './none', says: ['./none'] },
    {
      name: 'a file of values that does not exist',
      chart: () => writeChart(WEB_CHART),
      flags: ['-f', 'none.yaml'],
      says: ['none.yaml: no such file'],
    },
    {
      name: 'values that are no YAML',
      chart: () => writeChart(WEB_CHART),
      flags: ['--set-json', 'a={'],
      says: ['--set-json'],
    },
    {
      name: 'a namespace that does not exist',
      chart: () => writeChart(WEB_CHART),
      flags: ['-n', 'none'],
      says: ['namespaces "none" not found'],
    },
    {
      name: 'a timeout that is none',
      chart: () => writeChart(WEB_CHART),
      flags: ['--timeout', 'soon'],
      says: ['"soon" is not a duration'],
    },
    { name: 'an unknown flag', chart: () => writeChart(WEB_CHART), flags: ['--frobnicate'], says: ['--frobnicate'] },
  ];

  test.each(cases)('$name', async ({ chart, flags = [], says }) => {
    const { code, stderr, stdout } = await program.run(folder, 'install', 'web', await chart(), ...flags);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    for (const text of says) expect(stderr).toContain(text);
    expect((await program.run(folder, 'list', '-A', '-o', 'json')).stdout).toBe('[]\n');
  });

  test('a name in use', async () => {
    const chart = await writeChart(WEB_CHART);
    await program.run(folder, 'install', 'web', chart);
    const { code, stderr } = await program.run(folder, 'install', 'web', chart);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: release "web" in namespace "default" of cluster "dev": cannot reuse a name[^\n]*\n$/,
    );
    await program.run(folder, 'uninstall', 'web');
  });

  test('a broken package leaves nothing in the registry', async () => {
    await writeFile(join(folder, 'broken.tgz'), 'not gzip');
    const { code, stderr } = await program.run(folder, 'push', 'broken.tgz', 'library');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: [^\n]*broken\.tgz[^\n]*\n$/);
    expect((await program.run(folder, 'pull', 'library/broken')).stderr).toContain('not found');
  });

  test('an unknown command, and too few arguments', async () => {
    expect(await program.run(folder, 'frobnicate')).toMatchObject({
      code: 1,
      stderr: 'Error: unknown command "frobnicate" for "drydock": see drydock --help\n',
    });
    expect((await program.run(folder, 'upgrade', 'web')).stderr).toMatch(
      /^Error: "drydock upgrade" requires 2 arguments[^\n]*\n$/,
    );
  });
});

describe('with a server', () => {
  async function serve(
    folder: string,
  ): Promise<{ address: string; stop(signal: NodeJS.Signals): Promise<number | null> }> {
    const child = program.start(folder, 'serve', '--listen', '127.0.0.1:0', '--clock-rate', '0');
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (chunk) => {
        text += chunk;
        const found = / at (http:\S+)\n/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    return {
      address,
      stop: (signal) =>
        new Promise((resolve) => {
          child.removeAllListeners('exit').on('exit', (code) => resolve(code));
          child.kill(signal);
        }),
    };
  }

  test('commands on the same folder find it, and a second server is refused', async () => {
    const folder = await workFolder();
    const server = await serve(folder);
    const chart = await writeChart(WEB_CHART);
    expect(await program.run(folder, 'install', 'web', chart, '--wait')).toMatchObject({ code: 0 });
    const second = await program.run(folder, 'serve', '--listen', '127.0.0.1:0');
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain(`is in use by process`);
    expect(second.stderr).toContain(server.address);
    const elsewhere = await temporaryFolder();
    expect((await program.run(elsewhere, 'list', '-q', '--server', server.address)).stdout).toBe('web\n');
    expect(await server.stop('SIGTERM')).toBe(0);
    expect((await program.run(folder, 'list', '-q')).stdout).toBe('web\n');
  });

  test('what was answered is there after kill -9', async () => {
    const folder = await workFolder();
    const server = await serve(folder);
    const chart = await writeChart(WEB_CHART);
    expect(await program.run(folder, 'install', 'web', chart, '--wait')).toMatchObject({ code: 0 });
    await server.stop('SIGKILL');
    expect((await program.run(folder, 'status', 'web')).stdout).toMatch(/^Deployment\tweb +\tyes +\t2\/2 ready$/m);
    expect(await program.run(folder, 'upgrade', 'web', chart, '--wait')).toMatchObject({ code: 0 });
  });

  test('a server that is not there is said to be so', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await program.run(folder, 'list', '--server', 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: the server at http:\/\/127\.0\.0\.1:1 can't be reached: [^\n]+\n$/);
  });
});

test('templates nest as deep as Helm allows, and no deeper', async () => {
  const nest = (levels: number) => ({
    'Chart.yaml': 'apiVersion: v2\nname: deep\nversion: 1.0.0\n',
    'templates/_nest.tpl':
      '{{ define "nest" }}{{ if gt . 0 }}{{ range list . }}{{ with . }}{{ include "nest" (sub . 1) | indent 1 | trim }}{{ end }}{{ end }}{{ end }}x{{ end }}',
    'templates/a.yaml': `a: {{ include "nest" ${levels} | len }}`,
  });
  const folder = await temporaryFolder();
  expect(await program.run(folder, 'template', await writeChart(nest(990)))).toMatchObject({
    code: 0,
    stdout: '---\n# Source: deep/templates/a.yaml\na: 991\n',
  });
  const { stderr } = await program.run(folder, 'template', await writeChart(nest(1100)));
  expect(stderr).toContain('rendering template has a nested reference name: nest: unable to execute template');
});
