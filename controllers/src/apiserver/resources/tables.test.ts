import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { COLUMN_DATA } from './column-data.ts';
import { TABLES } from './tables.ts';

const NOW = Date.UTC(2026, 0, 2);

function cells(kind: string, object: object): readonly unknown[] {
  const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' };
  return TABLES.get(kind)?.cells({ metadata, ...object } as KubeObject, NOW) ?? [];
}

describe('tables', () => {
  it('has a cell for each column of every built-in kind', () => {
    for (const [kind, columns] of Object.entries(COLUMN_DATA)) {
      if (kind === 'LimitRange.') continue;
      // Addresses have an age without a column, upstream too.
      const expected = kind.startsWith('IPAddress.') ? columns.length + 1 : columns.length;
      expect(cells(kind, { spec: {}, status: {} }), kind).toHaveLength(expected);
    }
  });

  it('shows quotas as used of hard, limits apart', () => {
    const status = { hard: { pods: '5', 'limits.cpu': '2', 'requests.cpu': '1' }, used: { pods: '1' } };
    expect(cells('ResourceQuota.', { status })).toEqual([
      'x',
      'pods: 1/5, requests.cpu: 0/1',
      'limits.cpu: 0/2',
      '24h',
    ]);
  });

  it('sorts selectors as texts of pairs', () => {
    const spec = { type: 'ClusterIP', clusterIPs: ['10.0.0.9'], selector: { app: 'a', 'app.kubernetes.io/name': 'b' } };
    expect(cells('Service.', { spec })).toEqual([
      'x',
      'ClusterIP',
      '10.0.0.9',
      '<none>',
      '<none>',
      '24h',
      'app.kubernetes.io/name=b,app=a',
    ]);
  });

  it('counts the rules of an Ingress beyond the third, whatever their hosts', () => {
    const rules = ['a', 'b', 'c', 'd', ''].map((host) => ({ host }));
    expect(cells('Ingress.networking.k8s.io', { spec: { rules } })[2]).toBe('a,b,c + 2 more...');
    expect(cells('Ingress.networking.k8s.io', { spec: {} })[2]).toBe('*');
  });

  it('reads an event of either group the same', () => {
    const old = {
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec' },
      source: { component: 'kubelet', host: 'n' },
      message: 'm\n',
      type: 'Normal',
      reason: 'R',
      firstTimestamp: '2026-01-01T23:59:00Z',
      lastTimestamp: '2026-01-01T23:59:30Z',
      count: 3,
    };
    const now = {
      regarding: old.involvedObject,
      deprecatedSource: old.source,
      note: old.message,
      type: 'Normal',
      reason: 'R',
      deprecatedFirstTimestamp: old.firstTimestamp,
      deprecatedLastTimestamp: old.lastTimestamp,
      deprecatedCount: 3,
    };
    const expected = ['30s', 'Normal', 'R', 'pod/p', 'spec', 'kubelet, n', 'm', '60s', 3, 'x'];
    expect(cells('Event.', old)).toEqual(expected);
    expect(cells('Event.events.k8s.io', now)).toEqual(expected);
  });

  it('shows the targets of an autoscaler of v1 as those of v2', () => {
    const spec = {
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 80,
    };
    const status = { currentReplicas: 2, currentCPUUtilizationPercentage: 40 };
    expect(cells('HorizontalPodAutoscaler.autoscaling', { apiVersion: 'autoscaling/v1', spec, status })).toEqual([
      'x',
      'Deployment/d',
      'cpu: 40%/80%',
      '<unset>',
      5,
      2,
      '24h',
    ]);
  });

  it('says of a pod that has ended that it has', () => {
    const pod = { metadata: { name: 'x' }, spec: {}, status: { phase: 'Failed' } } as unknown as KubeObject;
    expect(TABLES.get('Pod.')?.conditions?.(pod)).toEqual([
      { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
    ]);
  });
});
