import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { createTestCluster } from '../simulation/simulation.testing.ts';

const EVENTS = 'events.events.k8s.io';

function event(fields: Readonly<Record<string, unknown>> = {}): KubeObject {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e1', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/tests',
    reportingInstance: 'tests-1',
    action: 'Do',
    reason: 'Done',
    regarding: { kind: 'Pod', namespace: 'default', name: 'web' },
    note: 'all is well',
    type: 'Normal',
    ...fields,
  };
}

describe('events of both groups', () => {
  test('are the same ones', () => {
    const cluster = createTestCluster();
    const created = cluster.create(EVENTS, event());
    expect(created).toMatchObject({ note: 'all is well', regarding: { name: 'web' }, deprecatedSource: {} });
    const core = cluster.get<KubeObject>('events', 'e1');
    expect(core).toMatchObject({
      apiVersion: 'v1',
      message: 'all is well',
      involvedObject: { name: 'web' },
      reportingComponent: 'example.com/tests',
      source: {},
    });
    expect(core.metadata.uid).toBe(created.metadata.uid);
    cluster.patch(EVENTS, 'e1', { series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' } });
    expect(cluster.get<KubeObject>('events', 'e1')).toHaveProperty('series.count', 2);
    cluster.delete('events', 'e1');
    expect(cluster.find(EVENTS, 'e1')).toBeUndefined();
  });

  test('are selected by the fields of either', () => {
    const cluster = createTestCluster();
    const { client } = cluster.simulation;
    cluster.create(EVENTS, event());
    const count = (resource: string, fieldSelector: string) => client.list(resource, { fieldSelector }).length;
    expect(count('events', 'source=example.com/tests')).toBe(1);
    expect(count('events', 'involvedObject.name=web')).toBe(1);
    expect(count(EVENTS, 'reportingController=example.com/tests')).toBe(1);
    expect(count(EVENTS, 'regarding.name=web')).toBe(1);
    expect(() => count(EVENTS, 'involvedObject.name=web')).toThrow('involvedObject.name');
  });

  test('are checked more strictly in events.k8s.io', () => {
    const cluster = createTestCluster();
    expect(() => cluster.create(EVENTS, event({ type: 'Odd', deprecatedCount: 1, action: '' }))).toThrow(
      /action: Required value.*type: Invalid value: "": has invalid value: Odd.*count: Invalid value: "": needs to be unset/,
    );
    cluster.create(EVENTS, event());
    expect(() => cluster.patch(EVENTS, 'e1', { note: 'other' })).toThrow(
      'message: Invalid value: "other": field is immutable',
    );
    cluster.patch('events', 'e1', { message: 'other' });
    expect(cluster.get<KubeObject>(EVENTS, 'e1')).toHaveProperty('note', 'other');
  });
});
