import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { createTestCluster } from '../../simulation/simulation.testing.ts';

const RESOURCE = 'priorityclasses.scheduling.k8s.io';

function priorityClass(name: string, fields: Readonly<Record<string, unknown>>): KubeObject {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...fields };
}

describe('a PriorityClass', () => {
  test.each([
    [
      'high',
      { value: 1_000_000_001 },
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ],
    ['system-mine', { value: 1 }, 'system-mine is not a known system priority class'],
    ['odd', { value: 1, preemptionPolicy: 'Odd' }, 'preemptionPolicy: Unsupported value: "Odd"'],
  ])('%s is refused', (name, fields, message) => {
    const { client } = createTestCluster().simulation;
    expect(() => client.create(RESOURCE, priorityClass(name, fields))).toThrow(message);
  });

  test('keeps its value and its policy', () => {
    const { client } = createTestCluster().simulation;
    const created = client.create(RESOURCE, priorityClass('mine', { value: 1 }));
    expect(() => client.update(RESOURCE, { ...created, value: 2 })).toThrow(
      'value: Forbidden: may not be changed in an update.',
    );
    expect(() => client.update(RESOURCE, { ...created, preemptionPolicy: 'Never' })).toThrow(
      'preemptionPolicy: Invalid value: "Never": field is immutable',
    );
    expect(client.update(RESOURCE, { ...created, description: 'mine' })).toHaveProperty('description', 'mine');
  });
});
