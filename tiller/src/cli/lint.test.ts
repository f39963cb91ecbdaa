import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from './capture-output.ts';
import { run as createCluster } from './cluster.ts';
import { run as install } from './install.ts';
import { run } from './lint.ts';

let folder = '';
const cwd = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-lint-'));
  const files: Record<string, string> = {
    'good/Chart.yaml': 'apiVersion: v2\nname: good\nversion: 1.0.0\n',
    'good/values.yaml': '',
    'good/templates/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector: {app: a}\n',
    'bad/Chart.yaml': 'apiVersion: v2\nname: bad\nversion: x\nicon: https://a.b/c\n',
    'bad/values.yaml': '',
    'bad/templates/a.yaml': '',
    'bad/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
  };
  for (const [version, labels] of [
    ['1.0.0', '{app: web}'],
    ['1.1.0', '{app: web, tier: front}'],
  ] as const) {
    files[`web-${version}/Chart.yaml`] = `apiVersion: v2\nname: web\nversion: ${version}\nicon: https://a.b/c\n`;
    files[`web-${version}/values.yaml`] = 'image: a\n';
    files[`web-${version}/templates/a.yaml`] = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: ${labels}
  template:
    metadata:
      labels: {app: web, tier: front}
    spec:
      containers:
        - {name: a, image: {{ .Values.image }}, resources: {requests: {cpu: 1, memory: 1Mi}}}
`;
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  process.chdir(folder);
});
afterEach(() => {
  process.exitCode = 0;
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

describe('drydock lint', () => {
  it("prints Helm's findings first, and those beyond in the same form with line and rule", async () => {
    expect(await captureOutput(() => run(['good']))).toBe(
      `==> Linting good
[INFO] Chart.yaml: icon is recommended
[WARNING] templates/a.yaml:6: the selector of Service a matches no pod of the chart (selector-without-pods)

1 chart(s) linted, 0 chart(s) failed
`,
    );
  });

  it("fails as Helm does, whatever the rules beyond Helm's say, unless --fail-on asks", async () => {
    await captureOutput(() => run(['good', '--strict']));
    await captureOutput(() => expect(run(['good', '--fail-on', 'warning'])).rejects.toThrow('1 chart(s) failed'));
    await captureOutput(() => run(['good', '--fail-on', 'error']));
    await captureOutput(() => expect(run(['good', 'bad'])).rejects.toThrow('2 chart(s) linted, 1 chart(s) failed'));
  });

  it('with --quiet leaves out what is only information, and charts without a warning', async () => {
    expect(await captureOutput(() => run(['good', '--quiet', '--rules', 'helm']))).toBe('');
    expect(await captureOutput(() => run(['good', '--quiet']))).not.toContain('[INFO]');
  });

  it('with --with-subcharts lints the charts below, too', async () => {
    const output = await captureOutput(async () => {
      await expect(run(['bad', '--with-subcharts'])).rejects.toThrow('2 chart(s) linted, 1 chart(s) failed');
    });
    expect(output).toContain('==> Linting bad/charts/sub\n');
  });

  it('writes JSON, with the exit code alone telling of failure', async () => {
    const output = JSON.parse(await captureOutput(() => run(['bad', 'nowhere', '-o', 'json'])));
    expect(process.exitCode).toBe(1);
    expect(output).toMatchObject({
      linted: 2,
      failed: 2,
      charts: [
        {
          path: 'bad',
          failed: true,
          findings: expect.arrayContaining([
            expect.objectContaining({ rule: 'chart-version', origin: 'helm', file: 'Chart.yaml', line: 3 }),
          ]),
        },
        { path: 'nowhere', findings: [{ rule: 'chart-readable', severity: 'error' }] },
      ],
    });
  });

  it('writes SARIF with places relative to where it was started', async () => {
    const log = JSON.parse(await captureOutput(() => run(['good', '-o', 'sarif'])));
    expect(log.runs[0].results[1]).toMatchObject({
      ruleId: 'selector-without-pods',
      level: 'warning',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'good/templates/a.yaml' },
            region: { startLine: 6 },
          },
        },
      ],
    });
  });

  it('with --against finds the immutable fields that are not as in another version', async () => {
    const output = await captureOutput(() => run(['web-1.1.0', '--against', 'web-1.0.0', '--strict']));
    expect(output).toContain(
      '[ERROR] templates/a.yaml:7: spec.selector.matchLabels.tier of DaemonSet test-release is immutable, but is not ' +
        'as in web 1.0.0 (nothing becomes "front"): an upgrade will fail (immutable-field)\n',
    );
    await captureOutput(() =>
      expect(run(['web-1.1.0', '--against', 'web-1.0.0', '--fail-on', 'error'])).rejects.toThrow('1 chart(s) failed'),
    );
    expect(await captureOutput(() => run(['web-1.0.0', '--against', 'web-1.0.0']))).not.toContain('immutable-field');
  });

  it('with --against-release finds the immutable fields that are not as in an installed release', async () => {
    const data = join(folder, 'data');
    await captureOutput(() => createCluster(['create', 'dev', '--data', data]));
    await captureOutput(() => install(['shop', 'web-1.0.0', '--data', data]));
    const flags = ['--against-release', 'shop', '--data', data];
    expect(await captureOutput(() => run(['web-1.1.0', ...flags]))).toContain(
      'spec.selector.matchLabels.tier of DaemonSet shop is immutable, but is not as in release shop (revision 1)',
    );
    expect(await captureOutput(() => run(['web-1.0.0', ...flags]))).not.toContain('immutable-field');
  });
});
