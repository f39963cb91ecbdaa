import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
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

  it('writes over nothing, and leaves nothing behind', async () => {
    mkdirSync(join(folder, 'web'));
    await expect(run([join(folder, 'web')])).rejects.toThrow('already exists: nothing was written');
    await expect(run([join(folder, 'a/b')])).rejects.toThrow('no such file or directory');
    expect(readdirSync(folder)).toEqual(['web']);
    expect(readdirSync(join(folder, 'web'))).toEqual([]);
  });

  it.each([
    ['a b', 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'],
    ['a'.repeat(251), 'chart name must be between 1 and 250 characters'],
    ['..', 'is not allowed'],
  ])('refuses the name %j', async (name, message) => {
    await expect(run([`${folder}/${name}`])).rejects.toThrow(message);
  });
});
