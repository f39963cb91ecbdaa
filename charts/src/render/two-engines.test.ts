/** Charts in two languages: the example renders to the same objects in both, and one chart tree may have both. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chartFromFiles } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import { loadDirectory } from '../chart/directory.ts';
import { parseValues } from '../values/values.ts';
import { type RenderOptions, renderChart } from './render.ts';
import { createTemplateCache } from './template-cache.ts';

const examples = fileURLToPath(new URL('../../examples/two-engines/', import.meta.url));

function chartOf(files: Record<string, string>): Chart {
  const encoder = new TextEncoder();
  return chartFromFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

function render(chart: Chart, options: Partial<RenderOptions> = {}) {
  return renderChart(chart, { release: { name: 'shop', namespace: 'demo' }, now: 0, ...options });
}

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${value}\n`;

describe('the example in two languages', () => {
  it.each([
    ['its defaults', '', 4],
    ['an ingress', 'ingress: {enabled: true}', 5],
    ['autoscaling', 'autoscaling: {enabled: true}\nreplicas: 7', 5],
    [
      'all maps filled',
      'resources: {limits: {cpu: 1, memory: 1Gi}}\nnodeSelector: {disk: ssd}\npodAnnotations: {a/b: "true", c: "1"}\nimage: {tag: "4"}',
      4,
    ],
    ['nothing in the environment', 'environment: {LOG_LEVEL: null, CACHE: null}', 4],
  ])('renders to the same objects with %s', (_name, text, count) => {
    const values = parseValues(text, 'values.yaml');
    const [go, handlebars] = ['gotpl', 'handlebars'].map((name) =>
      render(loadDirectory(`${examples}${name}`), { values }),
    );
    const objects = go?.manifests.map(({ object }) => object);
    expect(objects).toHaveLength(count);
    expect(handlebars?.manifests.map(({ object }) => object)).toEqual(objects);
    expect(handlebars?.notes).toBe(go?.notes);
  });

  it('fails for the same value in both', () => {
    const values = parseValues('admin: {password: ""}', 'values.yaml');
    for (const name of ['gotpl', 'handlebars']) {
      expect(() => render(loadDirectory(`${examples}${name}`), { values })).toThrow(
        /secret\.yaml.*: admin\.password is needed/,
      );
    }
  });
});

describe('the engine of a chart', () => {
  const chartYaml = (name: string, engine?: string) =>
    `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${engine === undefined ? '' : `engine: ${engine}\n`}`;
  const hbs = configMap('{{Chart.Name}}', '{{quote Values.x}}');
  const go = configMap('{{ .Chart.Name }}', '{{ .Values.x | quote }}');

  it.each([undefined, 'gotpl'])('is of Go templates for %s', (engine) => {
    const chart = chartOf({ 'Chart.yaml': chartYaml('a', engine), 'values.yaml': 'x: 1', 'templates/a.yaml': go });
    expect(render(chart).manifests[0]?.object).toMatchObject({ data: { value: '1' } });
  });

  it.each([
    ['handlebars', 'gotpl'],
    ['gotpl', 'handlebars'],
  ])('may be %s for the parent and %s for its subchart', (parent, child) => {
    const template = (engine: string) =>
      engine === 'gotpl' ? { 'templates/a.yaml': go } : { 'templates/a.yaml.hbs': hbs };
    const subchart = Object.entries({ 'Chart.yaml': chartYaml('b', child), ...template(child) });
    const chart = chartOf({
      'Chart.yaml': chartYaml('a', parent),
      'values.yaml': 'x: of a\nb: {x: of b}',
      ...template(parent),
      ...Object.fromEntries(subchart.map(([name, text]) => [`charts/b/${name}`, text])),
    });
    const values = render(chart, { cache: createTemplateCache() }).manifests.map(({ object }) => object);
    expect(values).toMatchObject([
      { metadata: { name: 'b' }, data: { value: 'of b' } },
      { metadata: { name: 'a' }, data: { value: 'of a' } },
    ]);
  });

  it.each(['NOTES.txt', 'NOTES.txt.hbs', 'NOTES.hbs'])('takes %s for the notes of a Handlebars chart', (name) => {
    const chart = chartOf({ 'Chart.yaml': chartYaml('a', 'handlebars'), [`templates/${name}`]: 'Hi {{Release.Name}}' });
    expect(render(chart)).toMatchObject({ notes: 'Hi shop', manifests: [] });
  });

  it('reports errors with file, line and column', () => {
    const chart = chartOf({
      'Chart.yaml': chartYaml('a', 'handlebars'),
      'templates/a.yaml.hbs': 'a: 1\nb: {{fail "no"}}',
    });
    try {
      render(chart);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      expect(error.message).toBe('execution error at (a/templates/a.yaml.hbs:2:3): no');
      expect(error.details).toEqual({ chart: 'a', file: 'a/templates/a.yaml.hbs', line: 2, column: 3 });
    }
  });

  it('refuses a Go template that stayed behind in a Handlebars chart', () => {
    const chart = chartOf({ 'Chart.yaml': chartYaml('a', 'handlebars'), 'templates/a.yaml': 'a: {{ .Values.x }}' });
    expect(() => render(chart)).toThrow('templates/a.yaml is no Handlebars template');
  });
});
