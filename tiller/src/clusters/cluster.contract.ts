/** What every Cluster does: the sentences of the port, proven. Run by each implementation's test. */
import { describe, expect, test } from 'vitest';
import type { Cluster, KubeObject, ObjectRef, WatchEvent } from './cluster.ts';

export interface ClusterSetup {
  /** A cluster of its own for each test, with at least one node. */
  open(): Promise<{ readonly cluster: Cluster; close(): Promise<void> }>;
}

const MINUTE = 60_000;

export function describeCluster(name: string, setup: ClusterSetup): void {
  const withCluster = async (act: (cluster: Cluster) => Promise<void>) => {
    const { cluster, close } = await setup.open();
    try {
      await act(cluster);
    } finally {
      await close();
    }
  };

  describe(`${name} as a Cluster`, () => {
    test('names what it serves, with scope and version', () =>
      withCluster(async (cluster) => {
        const { gitVersion, resources } = await cluster.discover();
        expect(gitVersion).toMatch(/^v1\.\d+\.\d+/);
        expect(resources).toContainEqual(
          expect.objectContaining({
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            resource: 'deployments',
            namespaced: true,
          }),
        );
        expect(resources).toContainEqual(
          expect.objectContaining({ apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', namespaced: false }),
        );
      }));

    test('gives back what was created, and undefined for what is not there', () =>
      withCluster(async (cluster) => {
        const made = await cluster.create(configMap('a', { x: '1' }));
        expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
        expect(await cluster.get(ref('a'))).toEqual(made);
        expect(await cluster.get(ref('b'))).toBeUndefined();
        expect((await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }))?.kind).toBe('Namespace');
      }));

    test('refuses a second object of the same name', () =>
      withCluster(async (cluster) => {
        await cluster.create(configMap('a', {}));
        await expect(cluster.create(configMap('a', {}))).rejects.toMatchObject({ code: 'AlreadyExists', status: 409 });
      }));

    test('says what is wrong with an object', () =>
      withCluster(async (cluster) => {
        await expect(cluster.create(configMap('Not_A_Name', {}))).rejects.toMatchObject({
          code: 'Invalid',
          status: 422,
          message: expect.stringContaining('metadata.name'),
        });
        const unknown = { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'a' } };
        await expect(cluster.create(unknown)).rejects.toMatchObject({ code: 'NoMatch' });
        await expect(cluster.get({ ...ref('a'), kind: 'Nothing' })).rejects.toMatchObject({ code: 'NoMatch' });
      }));

    test('lists by namespace and label, in order', () =>
      withCluster(async (cluster) => {
        await cluster.create(configMap('b', {}, { app: 'x' }));
        await cluster.create(configMap('a', {}, { app: 'x' }));
        await cluster.create(configMap('c', {}, { app: 'y' }));
        const { items, resourceVersion } = await cluster.list({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: 'default',
          labelSelector: 'app=x',
        });
        expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
        expect(resourceVersion).toMatch(/^\d+$/);
      }));

    test('applies: creates, merges, and writes nothing where nothing changes', () =>
      withCluster(async (cluster) => {
        const first = await cluster.apply(configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
        const again = await cluster.apply(configMap('a', { x: '1', y: '1' }), { fieldManager: 'one' });
        expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
        const less = await cluster.apply(configMap('a', { x: '2' }), { fieldManager: 'one' });
        expect(less.data).toEqual({ x: '2' });
      }));

    test('refuses to take over fields of another manager, unless it is forced', () =>
      withCluster(async (cluster) => {
        await cluster.apply(configMap('a', { x: '1' }), { fieldManager: 'one' });
        await expect(cluster.apply(configMap('a', { x: '2' }), { fieldManager: 'two' })).rejects.toMatchObject({
          code: 'Conflict',
          status: 409,
          message: expect.stringContaining('"one"'),
        });
        const forced = await cluster.apply(configMap('a', { x: '2' }), { fieldManager: 'two', force: true });
        expect(forced.data).toEqual({ x: '2' });
      }));

    test('a dry run tells what would be, and changes nothing', () =>
      withCluster(async (cluster) => {
        const planned = await cluster.apply(configMap('a', { x: '1' }), { fieldManager: 'one', dryRun: true });
        expect(planned.data).toEqual({ x: '1' });
        expect(await cluster.get(ref('a'))).toBeUndefined();
        await cluster.apply(configMap('a', { x: '1' }), { fieldManager: 'one' });
        const changed = await cluster.apply(configMap('a', { x: '2' }), { fieldManager: 'one', dryRun: true });
        expect(changed.data).toEqual({ x: '2' });
        expect((await cluster.get(ref('a')))?.data).toEqual({ x: '1' });
        const invalid = configMap('Not_A_Name', {});
        await expect(cluster.apply(invalid, { fieldManager: 'one', dryRun: true })).rejects.toMatchObject({
          code: 'Invalid',
        });
        await expect(cluster.create(configMap('a', {}), { dryRun: true })).rejects.toMatchObject({
          code: 'AlreadyExists',
        });
      }));

    test('applies a kind in each version that is served', () =>
      withCluster(async (cluster) => {
        const autoscaler: KubeObject = {
          apiVersion: 'autoscaling/v1',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'a', namespace: 'default' },
          spec: {
            maxReplicas: 3,
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
            targetCPUUtilizationPercentage: 70,
          },
        };
        const made = await cluster.apply(autoscaler, { fieldManager: 'one' });
        expect(made).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 70 } });
        const again = await cluster.apply(autoscaler, { fieldManager: 'one' });
        expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
      }));

    test('patches by JSON, merge and strategic merge', () =>
      withCluster(async (cluster) => {
        await cluster.create(configMap('a', { x: '1' }));
        await cluster.patch(ref('a'), { type: 'merge', patch: { data: { y: '2' } } });
        await cluster.patch(ref('a'), { type: 'json', patch: [{ op: 'remove', path: '/data/x' }] });
        const after = await cluster.patch(ref('a'), { type: 'strategic', patch: { metadata: { labels: { l: 'm' } } } });
        expect(after.data).toEqual({ y: '2' });
        expect(after.metadata.labels).toEqual({ l: 'm' });
        await expect(cluster.patch(ref('none'), { type: 'merge', patch: {} })).rejects.toMatchObject({
          code: 'NotFound',
        });
      }));

    test('deletes, and takes what is gone for deleted', () =>
      withCluster(async (cluster) => {
        await cluster.create(configMap('a', {}));
        await cluster.delete(ref('a'), { dryRun: true });
        expect(await cluster.get(ref('a'))).toBeDefined();
        await cluster.delete(ref('a'));
        expect(await cluster.get(ref('a'))).toBeUndefined();
        await cluster.delete(ref('a'));
        await cluster.delete({ apiVersion: 'example.com/v1', kind: 'Nothing', namespace: 'default', name: 'a' });
      }));

    test('watches from a list on, and ends with its signal', () =>
      withCluster(async (cluster) => {
        await cluster.create(configMap('before', {}));
        const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' };
        const { resourceVersion } = await cluster.list(query);
        await cluster.create(configMap('a', {}));
        const stop = new AbortController();
        const seen: string[] = [];
        const reading = (async () => {
          for await (const event of cluster.watch(query, resourceVersion, stop.signal)) {
            if (note(event, seen) === 'DELETED a') stop.abort();
          }
        })();
        await cluster.patch(ref('a'), { type: 'merge', patch: { data: { x: '1' } } });
        await cluster.create(configMap('elsewhere', {}, {}, 'kube-system'));
        await cluster.delete(ref('a'));
        await reading;
        expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
      }));

    test('has a clock in which what was asked for comes true', () =>
      withCluster(async (cluster) => {
        const start = cluster.clock.now();
        await cluster.create(deployment('web', 2));
        await cluster.clock.sleep(5 * MINUTE);
        expect(cluster.clock.now()).toBeGreaterThanOrEqual(start + 5 * MINUTE);
        const web = await cluster.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' });
        expect(web?.status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
        await expect(cluster.clock.sleep(MINUTE, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
      }));

    test('deletes what belongs to a deleted object', () =>
      withCluster(async (cluster) => {
        const made = await cluster.create(deployment('web', 1));
        await cluster.clock.sleep(MINUTE);
        await cluster.delete(
          { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: made.metadata.name ?? '' },
          { propagationPolicy: 'Background' },
        );
        await cluster.clock.sleep(2 * MINUTE);
        const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'default' });
        expect(pods.items).toEqual([]);
      }));
  });
}

function note(event: WatchEvent, seen: string[]): string {
  const text = `${event.type} ${event.object.metadata.name}`;
  if (event.type !== 'BOOKMARK') seen.push(text);
  return text;
}

function ref(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name };
}

function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
  namespace = 'default',
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
}

function deployment(name: string, replicas: number): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
      },
    },
  };
}
