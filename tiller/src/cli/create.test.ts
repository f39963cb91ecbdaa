import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadChart, mergeValueLayers, renderChart } from '@drydock/charts';
import { lintChart } from '@drydock/charts/lint';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureOutput } from './capture-output.ts';
import { run } from './create.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-create-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const everything = mergeValueLayers({
  setJson: ['ingress={"enabled":true,"className":"nginx"}', 'env={"A":1}', 'imagePullSecrets=[{"name":"registry"}]'],
  set: ['autoscaling.enabled=true,podDisruptionBudget.enabled=true,serviceAccount.create=false,nodeSelector.a=b'],
});

describe('drydock create', () => {
  it.each(['web', 'My_chart.v1', '1.0', 'null'])('makes a chart named %s that lint finds nothing in', async (name) => {
    const output = await captureOutput(() => run([join(folder, name)]));
    expect(output).toBe(`Creating ${join(folder, name)}\n`);
    for (const values of [new Map(), everything]) {
      expect(lintChart(join(folder, name), { values })).toMatchObject({ chart: name, findings: [] });
    }
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('makes a chart that renders to the objects that are asked for', async () => {
    await captureOutput(() => run([join(folder, 'web')]));
    const chart = loadChart(join(folder, 'web'));
    const kinds = (values: Map<string, never> | typeof everything): string[] =>
      renderChart(chart, { release: { name: 'shop', namespace: 'x' }, values }).manifests.map(({ kind }) => kind);
    expect(kinds(new Map())).toEqual(['ServiceAccount', 'Service', 'Deployment']);
    expect(kinds(everything)).toEqual([
      'PodDisruptionBudget',
      'Service',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
    ]);
    const { hooks, notes } = renderChart(chart, { release: { name: 'shop', namespace: 'x' } });
    expect(hooks.map(({ events, name }) => [events, name])).toEqual([[['test'], 'shop-web-test']]);
    expect(notes).toContain('port-forward svc/shop-web 8080:80');
  });

  it('makes a chart from a starter, with the name in place of <CHARTNAME>', async () => {
    const starter = join(folder, 'starter');
    mkdirSync(join(starter, 'templates'), { recursive: true });
    for (const [file, text] of [
      ['Chart.yaml', 'apiVersion: v2\nname: starter\nversion: 7.0.0\n'],
      ['values.yaml', '# of <CHARTNAME>\na: <CHARTNAME>\n'],
      ['templates/a.yaml', 'kind: A\nname: <CHARTNAME>\n'],
      ['README.md', '<CHARTNAME>\n'],
    ] as const) {
      writeFileSync(join(starter, file), text);
    }
    await captureOutput(() => run([join(folder, 'web'), '--starter', starter]));
    const read = (file: string): string => readFileSync(join(folder, 'web', file), 'utf8');
    expect(read('Chart.yaml')).toMatch(/name: web\n.*version: 0\.1\.0\n$/s);
    expect(read('values.yaml')).toBe('# of web\na: web\n');
    expect(read('templates/a.yaml')).toBe('kind: A\nname: web\n');
    expect(read('README.md')).toBe('<CHARTNAME>\n');
    await expect(run([join(folder, 'other'), '-p', join(folder, 'none')])).rejects.toThrow(
      /^could not load .*none: stat .*none: no such file or directory$/,
    );
  });

  it('writes over nothing, and leaves nothing behind', async () => {
    mkdirSync(join(folder, 'web'));
    await captureOutput(async () => {
      await expect(run([join(folder, 'web')])).rejects.toThrow('already exists: nothing was written');
      await expect(run([join(folder, 'a/b')])).rejects.toThrow('no such file or directory');
    });
    expect(readdirSync(folder)).toEqual(['web']);
    expect(readdirSync(join(folder, 'web'))).toEqual([]);
  });

  it.each([
    ['a b', 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'],
    ['a'.repeat(251), 'chart name must be between 1 and 250 characters'],
    ['..', 'is not allowed'],
  ])('refuses the name %j', async (name, message) => {
    const output = captureOutput(() => expect(run([`${folder}/${name}`])).rejects.toThrow(message));
    expect(await output).toBe(`Creating ${folder}/${name}\n`);
  });
});
