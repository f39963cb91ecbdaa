import { describe, expect, test } from 'vitest';
import { createSimulation } from '../simulation/simulation.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';

function withBoundVolume() {
  const simulation = createSimulation({ name: 'volumes' });
  const { client } = simulation;
  const size = { storage: '1Gi' };
  const accessModes = ['ReadWriteMany'];
  client.create(VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'shared' },
    spec: { capacity: size, accessModes, nfs: { server: 'nfs', path: '/' } },
  });
  client.create(CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { storageClassName: '', accessModes, resources: { requests: size } },
  });
  simulation.settle();
  return simulation;
}

describe('a claim and the volume it is bound to', () => {
  const claim = { namespace: 'default', name: 'data' };
  const volume = { name: 'shared' };

  test('are bound to each other', () => {
    const { client } = withBoundVolume();
    expect(client.get(VOLUMES, volume).status).toMatchObject({ phase: 'Bound' });
    expect(client.get(CLAIMS, claim).status).toMatchObject({ phase: 'Bound' });
  });

  test('a volume that is deleted first waits for its claim, and goes after it', () => {
    const simulation = withBoundVolume();
    const { client } = simulation;
    client.delete(VOLUMES, volume);
    simulation.settle();
    expect(client.get(VOLUMES, volume).metadata.deletionTimestamp).toBeDefined();
    client.delete(CLAIMS, claim);
    simulation.settle();
    expect(client.find(CLAIMS, claim)).toBeUndefined();
    expect(client.find(VOLUMES, volume)).toBeUndefined();
  });

  test('a volume of the policy Retain is released, and stays', () => {
    const simulation = withBoundVolume();
    simulation.client.delete(CLAIMS, claim);
    simulation.settle();
    expect(simulation.client.get(VOLUMES, volume).status).toMatchObject({ phase: 'Released' });
  });
});
