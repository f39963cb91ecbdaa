import { describe, expect, it } from 'vitest';
import type { Pod } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { patchObject } from '../apiserver/verbs/patch.ts';
import { createSimulation } from '../simulation/simulation.ts';

function cluster() {
  const simulation = createSimulation({ name: 'debug', nodes: 1 });
  simulation.client.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '100m' } } }] },
  });
  simulation.advance(5000);
  const { core } = simulation.api;
  const resource = core.resources.lookup('', 'v1', 'pods');
  if (resource === undefined) throw new Error('no pods');
  const patch = (subresource: string, spec: object): KubeObject =>
    patchObject(
      core,
      { resource, version: 'v1', namespace: 'default', name: 'web', subresource, body: {}, options: {} },
      { type: 'strategic', patch: { spec } },
    );
  const pod = () => simulation.client.find<Pod>('pods', { namespace: 'default', name: 'web' });
  return { simulation, patch, pod };
}

describe('ephemeral containers', () => {
  const debuggers = (command: readonly string[]) => ({
    ephemeralContainers: [{ name: 'debug', image: 'busybox', command }],
  });

  it('run once in a pod that goes on as it was', () => {
    const { simulation, patch, pod } = cluster();
    patch('ephemeralcontainers', debuggers(['sh', '-c', 'sleep 3; exit 2']));
    simulation.advance(3000);
    expect(pod()?.status?.ephemeralContainerStatuses?.[0]?.state?.running).toBeDefined();
    simulation.advance(60_000);
    expect(pod()?.status?.ephemeralContainerStatuses).toMatchObject([
      { name: 'debug', restartCount: 0, state: { terminated: { exitCode: 2, reason: 'Error' } } },
    ]);
    expect(pod()?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0 }] });
  });

  it('end with their pod', () => {
    const { simulation, patch, pod } = cluster();
    patch('ephemeralcontainers', debuggers(['sleep', 'infinity']));
    simulation.advance(5000);
    simulation.client.delete('pods', { namespace: 'default', name: 'web' });
    simulation.advance(60_000);
    expect(pod()).toBeUndefined();
  });

  it('may be added, and neither changed nor removed; other changes are dropped', () => {
    const { patch, pod } = cluster();
    const other = { containers: [{ name: 'main', image: 'other' }] };
    patch('ephemeralcontainers', { ...other, ...debuggers(['true']) });
    expect(pod()?.spec.containers[0]?.image).toBe('nginx');
    expect(() => patch('ephemeralcontainers', debuggers(['false']))).toThrow(
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed',
    );
    expect(() => patch('', { ephemeralContainers: null })).toThrow('pod updates may not change fields other than');
  });
});

describe('a resize', () => {
  it('changes CPU and memory of containers, and not the class of the pod', () => {
    const { patch, pod } = cluster();
    const resources = (requests: object) => ({ containers: [{ name: 'main', resources: { requests } }] });
    patch('resize', resources({ cpu: '200m' }));
    expect(pod()?.spec.containers[0]?.resources).toEqual({ requests: { cpu: '200m' } });
    expect(pod()?.metadata.generation).toBe(2);
    expect(() => patch('resize', resources({ cpu: null }))).toThrow(
      'Pod QOS Class may not change as a result of resizing',
    );
    expect(() => patch('', resources({ cpu: '300m' }))).toThrow('pod updates may not change fields other than');
  });
});
