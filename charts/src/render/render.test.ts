import { describe, expect, it } from 'vitest';
import { chartFromFiles } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { readValues } from '../values/values.ts';
import { parseKubeVersion } from './capabilities.ts';
import { formatRendered } from './format.ts';
import { type Rendered, type RenderOptions, renderChart } from './render.ts';
import { createTemplateCache } from './template-cache.ts';

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 1.10\n';

function chartOf(files: Record<string, string>): Chart {
  return chartFromFiles(
    Object.entries({ 'Chart.yaml': chartYaml, ...files }).map(([name, text]) => ({
      name,
      data: new TextEncoder().encode(text),
    })),
  );
}

function render(files: Record<string, string>, options: Partial<RenderOptions> = {}): Rendered {
  return renderChart(chartOf(files), { release: { name: 'rel', namespace: 'demo' }, ...options });
}

/** What one template of the chart `web` renders to. */
function renderText(
  template: string,
  files: Record<string, string> = {},
  options: Partial<RenderOptions> = {},
): string {
  const { manifests } = render({ ...files, 'templates/a.yaml': `a: |-\n  ${template}` }, options);
  const a = manifests[0]?.object?.a;
  return typeof a === 'string' ? a : '';
}

const sub = { 'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n' };

describe('rendering a chart', () => {
  it('shows templates the release, the chart and the template itself', () => {
    expect(
      renderText(
        '{{ .Release.Name }}/{{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.Service }}',
      ),
    ).toBe('rel/demo 1 true Helm');
    expect(renderText('{{ .Chart.Name }}-{{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.IsRoot }}')).toBe(
      'web-1.2.3 1.1 true',
    );
    expect(renderText('{{ .Template.Name }} in {{ .Template.BasePath }}')).toBe(
      'web/templates/a.yaml in web/templates',
    );
    expect(
      renderText(
        '{{ .Release.IsUpgrade }} {{ .Release.Revision }}',
        {},
        {
          release: { name: 'rel', namespace: 'demo', isUpgrade: true, revision: 7 },
        },
      ),
    ).toBe('true 7');
  });

  it('shows what a cluster can do', () => {
    expect(renderText('{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }}')).toBe('v1.37.0 37');
    expect(
      renderText(
        '{{ with .Capabilities.KubeVersion }}{{ . }}{{ end }} {{ range list .Capabilities.KubeVersion }}{{ . }}{{ end }} {{ (dict "v" .Capabilities.KubeVersion).v }} {{ print .Capabilities.KubeVersion }}',
      ),
      'its methods are those of the pointer, and what is in an interface has no address',
    ).toBe('v1.37.0 {v1.37.0 v1.37.0 1 37} {v1.37.0 v1.37.0 1 37} {v1.37.0 v1.37.0 1 37}');
    expect(() => renderText('{{ (list .Capabilities.KubeVersion | first).String }}')).toThrow(
      "can't evaluate field String in type common.KubeVersion",
    );
    expect(
      renderText('{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "nope/v1" }}'),
    ).toBe('true false');
    const capabilities = { kubeVersion: parseKubeVersion('1.28.3-gke.1200'), apiVersions: ['nope/v1'] };
    expect(
      renderText(
        '{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "nope/v1" }}',
        {},
        { capabilities },
      ),
    ).toBe('v1.28.3-gke.1200 v1.28.3 true');
  });

  it('gives templates the files of the chart', () => {
    const files = { 'conf/a.txt': 'one\ntwo\n', 'conf/b.txt': 'b' };
    expect(renderText('{{ .Files.Get "conf/a.txt" | quote }}{{ .Files.Get "absent" }}', files)).toBe('"one\\ntwo\\n"');
    expect(renderText('{{ range .Files.Lines "conf/a.txt" }}[{{ . }}]{{ end }}', files)).toBe('[one][two]');
    expect(renderText('{{ (.Files.Glob "conf/*").AsConfig | quote }}', files)).toBe(
      '"a.txt: |\\n  one\\n  two\\nb.txt: b"',
    );
    expect(renderText('{{ (.Files.Glob "conf/b*").AsSecrets }}', files)).toBe('b.txt: Yg==');
    expect(
      renderText(
        '{{ range $name, $_ := .Files }}{{ $name }} {{ end }}{{ index .Files "conf/b.txt" | toString }}',
        files,
      ),
    ).toBe('conf/a.txt conf/b.txt b');
  });

  it('renders subcharts in their own scope, and lets the parent overrule their helpers', () => {
    const { manifests } = render({
      ...sub,
      'charts/sub/values.yaml': 'a: 1\n',
      'charts/sub/templates/_h.tpl': '{{ define "h" }}sub{{ end }}',
      'charts/sub/templates/s.yaml':
        'kind: S\na: {{ .Values.a }}\ng: {{ .Values.global.g }}\nh: {{ include "h" . }}\nroot: {{ .Chart.IsRoot }}\n',
      'templates/_h.tpl': '{{ define "h" }}parent{{ end }}',
      'templates/p.yaml': 'kind: P\na: {{ .Values.sub.a }}\nv: {{ .Subcharts.sub.Chart.Version }}\n',
      'values.yaml': 'global: {g: top}\n',
    });
    expect(manifests.map(({ source, object }) => ({ source, object }))).toEqual([
      { source: 'web/templates/p.yaml', object: { kind: 'P', a: 1, v: '0.1.0' } },
      {
        source: 'web/charts/sub/templates/s.yaml',
        object: { kind: 'S', a: 1, g: 'top', h: 'parent', root: false },
      },
    ]);
  });

  it('uses only the partials of a library', () => {
    const { manifests } = render({
      'charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n',
      'charts/lib/templates/_h.tpl': '{{ define "h" }}lib{{ end }}',
      'charts/lib/templates/no.yaml': 'kind: No\n',
      'templates/a.yaml': 'kind: {{ include "h" . }}\n',
    });
    expect(manifests.map(({ kind }) => kind)).toEqual(['lib']);
  });

  it('takes NOTES.txt out: the notes of the chart, and those of subcharts where asked for', () => {
    const files = {
      ...sub,
      'templates/NOTES.txt': 'Hello {{ .Release.Name }}\n',
      'charts/sub/templates/NOTES.txt': 'Sub\n',
    };
    expect(render(files).notes).toBe('Hello rel\n');
    expect(render(files, { subNotes: true }).notes).toBe('Sub\n\nHello rel\n');
    expect(render(files).manifests).toEqual([]);
  });

  it('keeps what one template sets for the next, but neither in the chart nor in the values that it reports', () => {
    const chart = chartOf({
      'values.yaml': 'a: 1\n',
      'templates/b.yaml': 'kind: B\na: {{ $_ := set .Values "a" 2 }}{{ .Values.a }}\n',
      'templates/a.yaml': 'kind: A\na: {{ .Values.a }}\n',
    });
    const once = renderChart(chart, { release: { name: 'rel', namespace: 'demo' } });
    expect(once.manifests.map(({ object }) => object)).toEqual([
      { kind: 'A', a: 2 },
      { kind: 'B', a: 2 },
    ]);
    expect(once.values).toEqual(new Map([['a', 1]]));
    expect(chart.values).toEqual(new Map([['a', 1]]));
  });

  it('asks lookup, and takes the time and random bytes from its options', () => {
    const found = new Map([['kind', 'Secret']]);
    expect(renderText('{{ (lookup "v1" "Secret" "demo" "x").kind }}', {}, { lookup: () => found })).toBe('Secret');
    expect(renderText('{{ lookup "v1" "Secret" "demo" "x" }}')).toBe('map[]');
    expect(renderText('{{ now | date "2006-01-02" }}', {}, { now: Date.UTC(2020, 1, 3) })).toBe('2020-02-03');
    const random = { bytes: (count: number) => new Uint8Array(count) };
    expect(renderText('{{ randAlphaNum 8 }}', {}, { random })).toBe(renderText('{{ randAlphaNum 8 }}', {}, { random }));
  });

  it('names template, line and column of an error, in the words of Helm', () => {
    expect(() => render({ 'templates/a.yaml': 'a: {{ .Values.x | nope }}' })).toThrow(
      'parse error at (web/templates/a.yaml:1): function "nope" not defined',
    );
    expect(() => render({ 'templates/a.yaml': 'a:\n  {{ fail "no" }}' })).toThrow(
      'execution error at (web/templates/a.yaml:2:5): no',
    );
    expect(() => render({ 'templates/a.yaml': '{{ .Values.a.b.c }}', 'values.yaml': 'a: {}\n' })).toThrow(
      'web/templates/a.yaml:1:10\n  executing "web/templates/a.yaml" at <.Values.a.b.c>:\n    nil pointer evaluating interface {}.c',
    );
    try {
      render({ 'templates/a.yaml': 'a:\n  {{ fail "no" }}' });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'RenderFailed',
        details: { chart: 'web', file: 'web/templates/a.yaml', line: 2 },
      });
    }
  });

  it('stops templates that do not end, and those that make too much', () => {
    const limits = { outputBytes: 10_000, steps: 100_000, depth: 100 };
    expect(() =>
      renderText('{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}', {}, { limits }),
    ).toThrow();
    expect(() => renderText('{{ repeat 100000 "x" }}', {}, { limits })).toThrow();
    expect(() =>
      render({ 'templates/a.yaml': '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}' }, { limits }),
    ).toThrow();
  });

  it('compiles once for equal templates, where a cache is given', () => {
    const cache = createTemplateCache();
    const files = { 'templates/a.yaml': 'a: {{ .Values.a }}\n' };
    const first = render(files, { cache, values: readValues('a: 1\n') });
    const second = render(files, { cache, values: readValues('a: 2\n') });
    expect([first, second].map(({ manifests }) => manifests[0]?.object)).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe("what can't be rendered", () => {
  it.each([
    [{ 'Chart.yaml': `${chartYaml}type: library\n` }, 'library charts are not installable'],
    [
      { 'Chart.yaml': `${chartYaml}kubeVersion: "<1.20"\n` },
      'chart requires kubeVersion: <1.20 which is incompatible with Kubernetes v1.37.0',
    ],
    [
      { 'Chart.yaml': `${chartYaml}dependencies: [{name: db, version: 1.x}]\n` },
      'found in Chart.yaml, but missing in charts/ directory: db',
    ],
    [
      { 'templates/a.yaml': 'a: b: c\n' },
      'YAML parse error on web/templates/a.yaml: error converting YAML to JSON: yaml: ',
    ],
    [
      { 'values.schema.json': '{"type":"object","required":["x"]}' },
      "values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n",
    ],
  ])('%j', (files, message) => {
    expect(() => render(files as unknown as Record<string, string>)).toThrow(message);
  });

  it('is not checked against the schema where that is not wanted', () => {
    expect(render({ 'values.schema.json': '{"required":["x"]}' }, { skipSchemaValidation: true }).manifests).toEqual(
      [],
    );
  });

  it.each(['', 'Upper', 'a_b', 'x'.repeat(54), '-a'])('has a release name such as %j', (name) => {
    expect(() => render({}, { release: { name, namespace: 'demo' } })).toThrow('release name check failed');
  });
});

describe('printing a render', () => {
  const files = {
    'crds/crd.yaml': 'kind: CustomResourceDefinition\nmetadata: {name: x}\n',
    'templates/deployment.yaml': 'kind: Deployment\n',
    'templates/service.yaml': '\n---\nkind: Service\n---\nkind: ServiceAccount\n',
    'templates/test.yaml': 'kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n',
    'templates/job.yaml': 'kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n',
  };

  it('has manifests in install order and hooks behind them', () => {
    expect(formatRendered(render(files))).toBe(
      [
        '---\n# Source: web/templates/service.yaml\nkind: ServiceAccount\n\n',
        '---\n# Source: web/templates/service.yaml\nkind: Service\n\n',
        '---\n# Source: web/templates/deployment.yaml\nkind: Deployment\n',
        '---\n# Source: web/templates/test.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n\n',
        '---\n# Source: web/templates/job.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n\n',
      ].join(''),
    );
  });

  it('puts CRDs first, leaves out tests or all hooks, and shows single templates', () => {
    const rendered = render(files);
    expect(formatRendered(rendered, { includeCrds: true })).toMatch(
      /^---\n# Source: web\/crds\/crd.yaml\nkind: Custom/,
    );
    expect(rendered.crds.map(({ name }) => name)).toEqual(['x']);
    expect(formatRendered(rendered, { skipTests: true })).not.toContain('templates/test.yaml');
    expect(formatRendered(rendered, { noHooks: true })).not.toContain('templates/job.yaml');
    expect(formatRendered(rendered, { showOnly: ['templates/dep*.yaml'] })).toBe(
      '---\n# Source: web/templates/deployment.yaml\nkind: Deployment\n\n',
    );
    expect(() => formatRendered(rendered, { showOnly: ['templates/absent.yaml'] })).toThrow(
      'could not find template templates/absent.yaml in chart',
    );
  });

  it('is one empty line for a chart that makes nothing', () => {
    expect(formatRendered(render({}))).toBe('\n');
  });
});
