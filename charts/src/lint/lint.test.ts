import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartFromFiles, packageChart } from '../chart/archive.ts';
import { parseKubeVersion } from '../index.ts';
import { defaultCapabilities } from '../render/capabilities.ts';
import { parseValues } from '../values/values.ts';
import { type Finding, findingsOf, formatSarif, lintChart, RULES, ruleOf } from './lint.ts';

interface BrokenChart {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly stdout: string;
}

// Recorded from helm v4.3; `FOLDER` stands for the folder that the chart was in.
const cases = readFileSync(join(import.meta.dirname, 'testdata', 'broken-charts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line): BrokenChart => JSON.parse(line));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-lint-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function write(files: Readonly<Record<string, string>>): string {
  count += 1;
  const chart = join(folder, String(count), 'chart');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(chart, name)), { recursive: true });
    writeFileSync(join(chart, name), text);
  }
  return chart;
}

describe("Helm's own rules find in a chart with", () => {
  // Flags are the program's business: test/peers runs those cases.
  it.each(cases.filter(({ args }) => args.length === 0).map((each) => [each.name, each] as const))(
    '%s what helm lint finds',
    (_, { files, stdout }) => {
      const path = write(files);
      const { failure, findings } = lintChart(path, { rules: 'helm' });
      const lines = [
        '==> Linting chart',
        ...(failure === undefined ? [] : [`Error ${failure}`]),
        ...findings.map(({ severity, path, message }) => `[${severity.toUpperCase()}] ${path}: ${message}`),
      ];
      const text = `${lines.join('\n')}\n\n`.replaceAll(path, 'chart');
      expect(text).toBe(stdout.replaceAll('FOLDER/chart', 'chart').replace(/\d+ chart\(s\) linted.*\n$/, ''));
    },
  );
});

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 4.5.6\nicon: https://example.com/i.png\n';

/** Findings of the rules beyond Helm's, as `RULE FILE:LINE MESSAGE`. */
function own(files: Readonly<Record<string, string>>, options: Parameters<typeof lintChart>[1] = {}): string[] {
  const { findings } = lintChart(write({ 'Chart.yaml': chartYaml, 'values.yaml': '', ...files }), options);
  return findings
    .filter(({ rule }) => ruleOf(rule).origin === 'drydock' && rule !== 'resource-requests')
    .map(({ rule, file, line, message }) => `${rule} ${file}:${line} ${message}`);
}

const deployment = (labels: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels:
      app: web${labels}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: web${more}
`;

describe('what a rehearsal sees', () => {
  it('finds nothing in a chart that holds together', () => {
    const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}]
`;
    const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  defaultBackend: {service: {name: web, port: {name: http}}}
`;
    expect(own({ 'templates/a.yaml': deployment(''), 'templates/b.yaml': `${service}---\n${ingress}` })).toEqual([]);
  });

  it('finds a selector that carries the version of the chart, at the line of the template', () => {
    const text = deployment('\n      helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}');
    expect(own({ 'templates/a.yaml': text })).toEqual([
      'immutable-field templates/a.yaml:9 spec.selector.matchLabels[helm.sh/chart] of Deployment test-release is ' +
        'immutable, but changes with the version of the chart ("web-1.2.3" becomes "web-1.2.4"): an upgrade will fail',
    ]);
  });

  it('finds labels of volume claim templates that carry appVersion', () => {
    const text = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: []}}
  volumeClaimTemplates:
    - metadata:
        name: data
        labels:
          app.kubernetes.io/version: {{ .Chart.AppVersion }}
`;
    expect(own({ 'templates/a.yaml': text })[0]).toMatch(/^immutable-field templates\/a\.yaml:11 .*"4\.5\.6" becomes/);
  });

  it('knows what API versions each Kubernetes version serves, those that Helm has forgotten, too', () => {
    const text = 'apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\n';
    const at = (version: string): string[] =>
      own(
        { 'templates/a.yaml': `{{- if true }}\n${text}{{- end }}\n` },
        { capabilities: { ...defaultCapabilities, kubeVersion: parseKubeVersion(version) } },
      ).filter((line) => !line.startsWith('scale-target'));
    expect(at('1.22')).toEqual([]);
    expect(at('1.25')[0]).toMatch(
      /^outdated-api templates\/a\.yaml:2 .* is deprecated in v1\.23\+, unavailable in v1\.26/,
    );
    expect(at('1.26')).toEqual([
      'removed-api templates/a.yaml:2 autoscaling/v2beta2 HorizontalPodAutoscaler is not served by Kubernetes v1.26: ' +
        'removed in v1.26; use autoscaling/v2 HorizontalPodAutoscaler',
    ]);
  });

  it('finds selectors, targets and backends that lead nowhere', () => {
    const text = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector:
    app: wbe
  ports: [{port: 80}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  selector:
    matchExpressions: [{key: app, operator: NotIn, values: [web]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all}
spec: {podSelector: {}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - backend: {service: {name: web, port: {number: 81}}}
          - backend: {service: {name: api, port: {number: 80}}}
`;
    expect(own({ 'templates/a.yaml': deployment(''), 'templates/b.yaml': text })).toEqual([
      'selector-without-pods templates/b.yaml:5 the selector of Service web matches no pod of the chart',
      'selector-without-pods templates/b.yaml:13 the selector of PodDisruptionBudget web matches no pod of the chart',
      'scale-target templates/b.yaml:25 the target of HorizontalPodAutoscaler web, Deployment web, is not made by the chart',
      'ingress-backend templates/b.yaml:34 a backend of Ingress web names port 81, which Service web does not have',
      'ingress-backend templates/b.yaml:35 a backend of Ingress web, Service api, is not made by the chart',
    ]);
  });

  it('finds ConfigMaps, Secrets and accounts that nobody makes, unless they are optional', () => {
    const more = `
          envFrom:
            - secretRef: {name: keys}
            - secretRef: {name: maybe, optional: true}
            - configMapRef: {name: made}
      serviceAccountName: robot
      volumes:
        - name: a
          projected: {sources: [{configMap: {name: settings}}]}`;
    const made = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\n';
    const found = own({ 'templates/a.yaml': deployment('', more), 'templates/b.yaml': made });
    expect(found.map((line) => line.replace(/Deployment test-release /, ''))).toEqual([
      'missing-reference templates/a.yaml:24 needs ConfigMap settings, which the chart neither makes nor marks as optional',
      'missing-reference templates/a.yaml:18 needs Secret keys, which the chart neither makes nor marks as optional',
      'missing-service-account templates/a.yaml:21 runs as ServiceAccount robot, which the chart does not make',
    ]);
  });

  it('finds objects that are rendered twice, also by a subchart, but not hooks', () => {
    const map = (more = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n${more}`;
    const hook = map('  annotations: {helm.sh/hook: pre-install}\n');
    const found = own({
      'Chart.yaml': `${chartYaml}dependencies: [{name: db, version: 1.0.0}]\n`,
      'templates/a.yaml': map(),
      'templates/b.yaml': hook,
      'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'charts/db/templates/c.yaml': map(),
    });
    expect(found).toEqual([
      'duplicate-object charts/db/templates/c.yaml:4 ConfigMap a is rendered twice: also by templates/a.yaml:1',
    ]);
  });

  it('finds what containers request nothing', () => {
    const path = write({ 'Chart.yaml': chartYaml, 'values.yaml': '', 'templates/a.yaml': deployment('') });
    const finding = lintChart(path).findings.find(({ rule }) => rule === 'resource-requests');
    expect(finding).toMatchObject({
      severity: 'info',
      line: 15,
      message: expect.stringContaining('web (cpu, memory)'),
    });
  });
});

describe('the place of a finding', () => {
  const lint = (files: Readonly<Record<string, string>>): readonly Finding[] =>
    lintChart(write({ 'Chart.yaml': chartYaml, 'values.yaml': '', ...files })).findings;

  it.each([
    ['a key of Chart.yaml', { 'Chart.yaml': 'apiVersion: v2\nname: web\n\nversion: x\n' }, 'chart-version', 4],
    [
      'a value that the schema refuses',
      {
        'values.yaml': '# image\nimage:\n  name: x\n  tag: 1\n',
        'values.schema.json': '{"properties":{"image":{"properties":{"tag":{"type":"string"}}}}}',
        'templates/a.yaml': '',
      },
      'values-valid',
      4,
    ],
    ['a template that does not parse', { 'templates/a.yaml': 'a: 1\nb: {{ nope }}\n' }, 'templates-render', 2],
    [
      'an object of a template with conditions',
      {
        'templates/a.yaml':
          '{{- if true }}\n# x\napiVersion: v1\nkind: ConfigMap\n{{- end }}\nmetadata:\n  name: {{ "A" }}\n---\n{{- range until 2 }}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: "B"}\n{{- end }}\n',
      },
      'object-name',
      3,
    ],
  ])('is the line of %s', (_, files, rule, line) => {
    expect(lint(files).find((finding) => finding.rule === rule)?.line).toBe(line);
  });
});

describe('archives', () => {
  it('are linted as the folder that they unpack to, .helmignore included', () => {
    const text = (content: string): Uint8Array => new TextEncoder().encode(content);
    const chart = chartFromFiles([
      { name: 'Chart.yaml', data: text(chartYaml) },
      { name: 'values.yaml', data: text('') },
      { name: '.helmignore', data: text('templates/bad.yaml\n') },
      { name: 'templates/bad.yaml', data: text('{{') },
    ]);
    const path = join(folder, 'web-1.2.3.tgz');
    writeFileSync(path, packageChart(chart));
    expect(lintChart(path).findings).toEqual([]);
  });

  it('that are none, and paths that are nowhere, are said to be so', () => {
    writeFileSync(join(folder, 'x.tgz'), 'no archive');
    expect(lintChart(join(folder, 'x.tgz')).failure).toBe('unable to extract tarball: gzip: invalid header');
    expect(lintChart('/nowhere/x.tgz').failure).toBe(
      'unable to open tarball: open /nowhere/x.tgz: no such file or directory',
    );
    expect(lintChart('/nowhere').failure).toBe(
      'unable to check Chart.yaml file in chart: stat /nowhere/Chart.yaml: no such file or directory',
    );
  });
});

describe('SARIF', () => {
  it('has each rule once, and each finding with its rule, level and place', () => {
    const path = write({ 'Chart.yaml': chartYaml, 'values.yaml': '', 'templates/a b.yaml': deployment('') });
    const log = JSON.parse(formatSarif([lintChart(path), lintChart('/nowhere')], { version: '1.0.0' }));
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const ids = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
    expect(new Set(ids).size).toBe(RULES.length);
    expect(run.results).toMatchObject([
      {
        ruleId: 'resource-requests',
        level: 'note',
        locations: [{ physicalLocation: { artifactLocation: { uri: expect.stringMatching(/a%20b\.yaml$/) } } }],
      },
      { ruleId: 'chart-readable', level: 'error' },
    ]);
    for (const result of run.results) expect(ids[result.ruleIndex]).toBe(result.ruleId);
    expect(findingsOf(lintChart('/nowhere'))).toHaveLength(1);
  });
});

describe('values of a user', () => {
  it('are what templates and the schema see', () => {
    const path = write({
      'Chart.yaml': chartYaml,
      'values.yaml': 'name: web\n',
      'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n',
    });
    const findings = lintChart(path, { values: parseValues('name: A\n', 'x') }).findings;
    expect(findings.map(({ rule }) => rule)).toEqual(['object-name']);
  });
});

describe('a Handlebars chart', () => {
  const yaml = `${chartYaml}engine: handlebars\n`;

  it('may have notes in Handlebars, which are no objects', () => {
    const notes = { 'templates/NOTES.txt.hbs': 'Notes: of: {{Release.Name}}\n', 'templates/NOTES.hbs': '- a: b: c\n' };
    const { findings } = lintChart(write({ 'Chart.yaml': yaml, 'values.yaml': '', ...notes }));
    expect(findings).toEqual([]);
  });
});

describe("what Helm's lint logs", () => {
  it('is told: values that do not fit, required and fail', () => {
    const path = write({
      'Chart.yaml': chartYaml,
      'values.yaml': 'a: {b: 1}\n',
      'templates/a.yaml': '{{ required "no c" .Values.c }}{{ required "no d" "" }}{{ fail "no" }}',
    });
    const log: unknown[] = [];
    lintChart(path, { values: parseValues('a: 1', 'v'), warn: (entry) => log.push(entry) });
    expect(log).toEqual([
      { level: 'INFO', message: 'warning: cannot overwrite table with non table for a (map[b:1])' },
      { level: 'WARN', message: 'missing required value', attributes: { message: 'no c' } },
      { level: 'WARN', message: 'missing required values', attributes: { message: 'no d' } },
      { level: 'INFO', message: 'funcMap fail', attributes: { message: 'no' } },
    ]);
  });
});
