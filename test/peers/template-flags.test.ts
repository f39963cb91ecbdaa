/**
 * drydock template beside helm template: the same output, errors, warnings, files and exit codes for a table of command
 * lines, on the bookshop and on small charts made here. Errors that name the program name ours.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, type RunResult, runDrydock, startServer } from '../support/drydock.ts';
import { REPOSITORY } from '../support/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-template-'));
const env = {
  HELM_CACHE_HOME: join(folder, 'cache'),
  HELM_CONFIG_HOME: join(folder, 'config'),
  HELM_DATA_HOME: join(folder, 'data'),
};
const known = '--set=global.db.existingSecret=known';

beforeAll(() => {
  cpSync(join(REPOSITORY, 'charts', 'examples', 'bookshop'), join(folder, 'bookshop'), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  helm(['package', 'mixed', '-d', '.']);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** CRDs, hooks, a test, a subchart, values and a schema in one chart; and charts with one thing wrong each. */
const FILES: Readonly<Record<string, string>> = {
  'mixed/Chart.yaml': 'apiVersion: v2\nname: mixed\nversion: 1.2.3\ndeprecated: true\n',
  'mixed/values.yaml': 'a: 1\nb: {c: [x, y]}\nsub: {on: true}\n',
  'mixed/crds/thing.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\n',
  'mixed/templates/values.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\ndata:\n  all: {{ .Values | toJson | quote }}\n  release: {{ printf "%t %t %v" .Release.IsInstall .Release.IsUpgrade .Release.Revision }}\n  kube: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "foo/v1" }}\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: second\n',
  'mixed/templates/hook.yaml':
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: before\n  annotations:\n    helm.sh/hook: pre-install\n---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: after\n  annotations:\n    helm.sh/hook: post-install\n',
  'mixed/templates/tests/ping.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: ping\n  annotations:\n    helm.sh/hook: test\n',
  'mixed/templates/both.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: both\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: both-hook\n  annotations: {helm.sh/hook: post-upgrade}\n',
  'mixed/templates/NOTES.txt': 'Hello\n',
  'mixed/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n',
  'mixed/charts/sub/crds/more.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: mores.example.com\n',
  'mixed/charts/sub/templates/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: sub\n',
  'library/Chart.yaml': 'apiVersion: v2\nname: library\nversion: 1.0.0\ntype: library\n',
  'future/Chart.yaml': 'apiVersion: v2\nname: future\nversion: 1.0.0\nkubeVersion: ">=2.0"\n',
  'lacking/Chart.yaml':
    'apiVersion: v2\nname: lacking\nversion: 1.0.0\ndependencies:\n- {name: there, version: 1.x, repository: "file://../there"}\n',
  'lacking/templates/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\n',
  'there/Chart.yaml': 'apiVersion: v2\nname: there\nversion: 1.4.0\n',
  'there/templates/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: there\n',
  'badparse/Chart.yaml': 'apiVersion: v2\nname: badparse\nversion: 1.0.0\n',
  'badparse/templates/x.yaml': 'a: {{ .Values.x\n',
  'badexec/Chart.yaml': 'apiVersion: v2\nname: badexec\nversion: 1.0.0\n',
  'badexec/templates/x.yaml': 'a: {{ fail "no way" }}\n',
  'badyaml/Chart.yaml': 'apiVersion: v2\nname: badyaml\nversion: 1.0.0\n',
  'badyaml/templates/x.yaml': 'a: b: c\n',
  'nochart/Chart.yaml': 'apiVersion: v2\nname: ""\n',
  'extra.yaml': 'a: 2\nb: {c: [z]}\n',
  'more.yaml': 'a: 3\nd: "4"\n',
  'broken.yaml': 'a: b: c\n',
  'list.yaml': '- a\n',
  'text.txt': 'some text\n',
};

const TABLE: readonly (readonly string[])[] = [
  // Names and charts
  [],
  ['a', 'b', 'c'],
  ['x', 'bookshop', known],
  ['bookshop', known],
  ['bookshop/', known],
  ['--', 'x', 'bookshop', known],
  ['bookshop', known, '-g'],
  ['x', 'bookshop', '-g'],
  ['mixed', '--name-template', 'a-{{ "B" | lower }}'],
  ['mixed', '--name-template', '{{'],
  ['mixed', '--name-template', '{{ nope }}'],
  ['x', 'mixed', '--name-template', 'a'],
  ['X', 'mixed'],
  ['x', 'nowhere'],
  ['x', './nowhere'],
  ['x', '/nowhere/at/all'],
  ['x', '.'],
  ['x', 'text.txt'],
  ['x', 'extra.yaml'],
  ['x', 'mixed-1.2.3.tgz'],
  ['x', 'mixed', '--version', '9'],
  ['x', 'oci://127.0.0.1:1/a/b'],
  ['x', 'http://127.0.0.1:1/a.tgz'],
  ['x', 'b', '--repo', 'http://127.0.0.1:1'],
  ['x', 'mixed', '--verify'],
  ['x', 'mixed-1.2.3.tgz', '--verify'],
  ['x', 'library'],
  ['x', 'future'],
  ['x', 'future', '--kube-version', '2.1'],
  ['x', 'lacking'],
  ['x', 'nochart'],
  // Errors of templates
  ['x', 'badparse'],
  ['x', 'badexec'],
  ['x', 'badyaml'],
  ['x', 'badyaml', '--debug=false'],
  // What is printed
  ['x', 'mixed'],
  ['x', 'mixed', '--include-crds'],
  ['x', 'mixed', '--include-crds', '--skip-crds'],
  ['x', 'mixed', '--skip-crds'],
  ['x', 'mixed', '--skip-tests'],
  ['x', 'mixed', '--no-hooks'],
  ['x', 'mixed', '--no-hooks=false'],
  ['x', 'mixed', '--no-hooks', '--skip-tests', '--include-crds'],
  ['x', 'mixed', '--is-upgrade'],
  ['x', 'mixed', '-n', 'space'],
  ['x', 'mixed', '-nspace'],
  ['x', 'mixed', '-n=space'],
  ['x', 'mixed', '--namespace=space'],
  ['x', 'mixed', '-a', 'foo/v1,bar/v1', '--api-versions', 'baz/v1'],
  ['x', 'mixed', '-a', '"a'],
  ['x', 'mixed', '-a', 'a"b'],
  ['x', 'mixed', '--kube-version', '1.31'],
  ['x', 'mixed', '--kube-version', 'v1.31.2-gke.1'],
  ['x', 'mixed', '--kube-version', 'new'],
  ['x', 'mixed', '--kube-version', '1'],
  ['x', 'mixed', '--kube-version', '1.x'],
  ['x', 'mixed', '--kube-version', '99999999999999999999.1'],
  ['x', 'bookshop', known, '--kube-version', '1.10'],
  ['x', 'mixed', '-s', 'templates/values.yaml'],
  ['x', 'mixed', '-s', 'templates/*.yaml'],
  ['x', 'mixed', '-s', 'templates/both.yaml', '-s', 'templates/both.yaml'],
  ['x', 'mixed', '-s', 'charts/*/templates/*.yaml', '--show-only', 'templates/hook.yaml'],
  ['x', 'mixed', '-s', 'crds/thing.yaml', '--include-crds'],
  ['x', 'mixed', '-s', 'crds/thing.yaml'],
  ['x', 'mixed', '-s', 'templates/tests/ping.yaml', '--skip-tests'],
  ['x', 'mixed', '-s', 'templates/NOTES.txt'],
  ['x', 'mixed', '-s', 'templates'],
  ['x', 'mixed', '-s', '['],
  ['x', 'mixed', '-s', ''],
  // Values
  ['x', 'mixed', '-f', 'extra.yaml', '-f', 'more.yaml'],
  ['x', 'mixed', '-f', 'more.yaml,extra.yaml'],
  ['x', 'mixed', '-fextra.yaml', '--set', 'a=5,b.c[1]=w', '--set-string', 'a=6'],
  ['x', 'mixed', '--set-json', 'b={"c":null}', '--set-json', '{"e":{"f":1}}', '--set-literal', 'l=a,b=c'],
  ['x', 'mixed', '--set-file', 't=text.txt,u.v=text.txt'],
  ['x', 'mixed', '--set', 'sub=null', '--set', 'n=1e3,o=0x10,p=007,q=true,r=nil'],
  ['x', 'mixed', '-f', 'nofile.yaml'],
  ['x', 'mixed', '-f', 'mixed'],
  ['x', 'mixed', '-f', 'broken.yaml'],
  ['x', 'mixed', '-f', 'list.yaml'],
  ['x', 'mixed', '-f', 'http://127.0.0.1:1/x'],
  ['x', 'mixed', '--set-file', 'a=nofile'],
  ['x', 'mixed', '--set-file', 'a={text.txt,extra.yaml},e='],
  ['x', 'mixed', '--set-file', 'a=text.txt,'],
  ['x', 'mixed', '--set-file', 'a=text.txt,b'],
  ['x', 'mixed', '--set', 'a.b=1'],
  ['x', 'mixed', '--set-string', 'global=null'],
  ['x', 'mixed', '--set', 'a'],
  ['x', 'mixed', '--set-json', 'a={'],
  ['x', 'mixed', '--set-json', '{"a"'],
  ['x', 'bookshop', '--set', 'wbe.replicas=1'],
  ['x', 'bookshop', known, '--set', 'wbe.replicas=1', '--skip-schema-validation'],
  // Flags as Go reads them
  ['x', 'mixed', '--nope'],
  ['x', 'mixed', '-x'],
  ['x', 'mixed', '-gx'],
  ['x', 'mixed', '---x'],
  ['x', 'mixed', '--set'],
  ['x', 'mixed', '-f'],
  ['x', 'mixed', '--include-crds=maybe'],
  ['x', 'mixed', '--timeout', '5'],
  ['x', 'mixed', '--timeout', '5x'],
  ['x', 'mixed', '--timeout', ''],
  ['x', 'mixed', '--timeout', '1m30s'],
  ['x', 'mixed', '-l', 'a'],
  ['x', 'mixed', '-l', 'a=b,c'],
  ['x', 'mixed', '-l', 'name=b'],
  ['x', 'mixed', '-l', 'a=b,c=d'],
  ['x', 'mixed', '--burst-limit=x'],
  ['x', 'mixed', '--qps=x'],
  ['x', 'mixed', '--wait=no'],
  ['x', 'mixed', '--wait'],
  ['x', 'mixed', '--wait=true'],
  ['x', 'mixed', '--dry-run'],
  ['x', 'mixed', '--dry-run=client'],
  ['x', 'mixed', '--dry-run=true'],
  ['x', 'mixed', '--dry-run=false'],
  ['x', 'mixed', '--dry-run=none'],
  ['x', 'mixed', '--dry-run=nope'],
  ['x', 'mixed', '--validate', '--dry-run=client'],
  ['x', 'mixed', '--force-replace', '--force-conflicts'],
  ['x', 'mixed', '--force', '--force-conflicts'],
  ['x', 'mixed', '--atomic', '--hide-notes', '--render-subchart-notes'],
  ['x', 'mixed', '--create-namespace', '--replace', '--description', 'd', '--take-ownership', '--server-side=false'],
  [
    'x',
    'mixed',
    '--rollback-on-failure',
    '--wait-for-jobs',
    '--devel',
    '--disable-openapi-validation',
    '--release-name',
  ],
  ['x', 'mixed', '--dependency-update', '--pass-credentials', '--username=u', '--password=p', '--keyring=k'],
  ['x', 'mixed', '--post-renderer', ''],
];

describe('command lines', () => {
  it.each(TABLE.map((args) => ({ line: args.join(' '), args })))('template $line', async ({ args }) => {
    const theirs = helm(['template', ...args]);
    expect(await drydock(['template', ...args])).toEqual(inOurName(theirs));
  });
});

describe('files', () => {
  const LINES = [
    ['x', 'mixed', '--output-dir', 'out'],
    ['x', 'mixed', '--output-dir', 'out', '--include-crds', '--skip-tests'],
    ['x', 'mixed', '--output-dir', './out/deep', '--release-name', '--include-crds'],
    ['x', 'mixed', '--output-dir', 'out', '--no-hooks'],
    ['x', 'mixed', '--output-dir', 'out', '-s', 'templates/values.yaml'],
    ['x', 'mixed', '--output-dir', 'text.txt'],
    ['x', 'mixed', '--output-dir', '/proc/nowhere'],
  ];

  it.each(LINES.map((args) => ({ line: args.join(' '), args })))('template $line', async ({ args }) => {
    // Twice, since hooks are put behind what is in their files.
    const run = async (program: (args: readonly string[]) => Promise<RunResult> | RunResult) => {
      rmSync(join(folder, 'out'), { recursive: true, force: true });
      const results = [await program(['template', ...args]), await program(['template', ...args])];
      return { results, files: readTree(join(folder, 'out')) };
    };
    const theirs = await run(helm);
    expect(await run(drydock)).toEqual(theirs);
  });
});

describe('what needs more than a command line', () => {
  it('--dependency-update brings what is missing, in the same words', async () => {
    const run = async (program: (args: readonly string[]) => Promise<RunResult> | RunResult) => {
      const result = await program(['template', 'x', 'lacking', '--dependency-update']);
      const lock = readFileSync(join(folder, 'lacking', 'Chart.lock'), 'utf8').replace(/generated: .*/, '');
      const files = readdirSync(join(folder, 'lacking')).sort();
      rmSync(join(folder, 'lacking', 'Chart.lock'));
      rmSync(join(folder, 'lacking', 'charts'), { recursive: true });
      return { result, lock, files };
    };
    const theirs = await run(helm);
    expect(theirs.result.stdout).toContain('name: there');
    expect(await run(drydock)).toEqual(theirs);
  });

  it('-f - reads stdin', () => {
    const input = 'a: from stdin\n';
    const theirs = spawnSync('helm', ['template', 'x', 'mixed', '-f', '-'], { cwd: folder, input, encoding: 'utf8' });
    const launcher = join(REPOSITORY, 'tiller', 'bin', 'drydock.js');
    const ours = spawnSync(process.execPath, [launcher, 'template', 'x', 'mixed', '-f', '-'], {
      cwd: folder,
      input,
      encoding: 'utf8',
    });
    expect(ours.stdout).toContain('from stdin');
    expect([ours.status, ours.stdout, ours.stderr]).toEqual([theirs.status, theirs.stdout, theirs.stderr]);
  });

  it('--debug prints what was rendered although it is no YAML', async () => {
    const theirs = helm(['template', 'x', 'badyaml', '--debug']);
    const ours = await drydock(['template', 'x', 'badyaml', '--debug']);
    expect({ code: ours.code, stdout: ours.stdout }).toEqual({ code: theirs.code, stdout: theirs.stdout });
  });
});

describe('charts that a server has', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(join(folder, 'state'));
    for (const version of ['1.2.3', '1.3.0', '2.0.0-rc.1']) {
      helm(['package', 'mixed', '-d', 'packed', '--version', version]);
      const pushed = await drydock(['push', `packed/mixed-${version}.tgz`, 'shop', '--server', server.url]);
      expect(pushed.code, pushed.stderr).toBe(0);
    }
    helm(['repo', 'add', 'shop', `${server.url}/charts/shop`]);
  });
  afterAll(() => server?.stop());

  it.each(
    [
      ['x', 'mixed', '--repo', 'URL/charts/shop'],
      ['x', 'mixed', '--repo', 'URL/charts/shop/', '--version', '~1.2'],
      ['x', 'mixed', '--repo', 'URL/charts/shop', '--version', '1.2'],
      ['x', 'mixed', '--repo', 'URL/charts/shop', '--devel'],
      ['x', 'mixed', '--repo', 'URL/charts/shop', '--version', '^7'],
      ['x', 'mixed', '--repo', 'URL/charts/shop', '--version', 'junk'],
      ['x', 'nope', '--repo', 'URL/charts/shop'],
      ['x', 'mixed', '--repo', 'URL/nothing/here'],
      ['x', 'shop/mixed'],
      ['x', 'shop/mixed', '--version', '1.2.3'],
      ['x', 'URL/charts/shop/mixed-1.2.3.tgz'],
      ['x', 'URL/charts/shop/nope-1.2.3.tgz'],
      ['x', 'oci://HOST/shop/mixed', '--plain-http'],
      ['x', 'oci://HOST/shop/mixed', '--plain-http', '--version', '~1.2'],
      ['x', 'oci://HOST/shop/mixed:1.2.3', '--plain-http'],
      ['x', 'oci://HOST/shop/mixed:1.2.3', '--plain-http', '--version', '1.3.0'],
      ['x', 'oci://HOST/shop/mixed', '--plain-http', '--version', '^7'],
      ['x', 'oci://HOST/shop/mixed', '--plain-http', '--version', '7.0.0'],
      ['x', 'oci://HOST/shop/nope', '--plain-http'],
    ].map((args) => ({ line: args.join(' '), args })),
  )('template $line', async ({ args }) => {
    const { host } = new URL(server.url);
    const filled = args.map((argument) => argument.replace('URL', server.url).replace('HOST', host));
    const theirs = helm(['template', ...filled]);
    expect(await drydock(['template', ...filled])).toEqual(inOurName(theirs));
  });
});

function helm(args: readonly string[]): RunResult {
  const { status, stdout, stderr } = spawnSync('helm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: status ?? 1, stdout, stderr };
}

function drydock(args: readonly string[]): Promise<RunResult> {
  return runDrydock(args, { cwd: folder, env });
}

/** Of the usage that some errors end in. */
function inOurName({ code, stdout, stderr }: RunResult): RunResult {
  return {
    code,
    stdout,
    stderr: stderr
      .replace('"helm template" requires', '"drydock template" requires')
      .replace('Usage:  helm ', 'Usage:  drydock '),
  };
}

function readTree(path: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return files;
  for (const entry of readdirSync(path).sort()) {
    const child = join(path, entry);
    if (statSync(child).isDirectory()) Object.assign(files, readTree(child, `${prefix}${entry}/`));
    else files[`${prefix}${entry}`] = readFileSync(child, 'utf8');
  }
  return files;
}
