/** Releases from install to uninstall, in a simulated cluster. */

import { mergeValueLayers } from '@drydock/charts';
import { createSimulation } from '@drydock/controllers';
import { describe, expect, test } from 'vitest';
import { SimulatedCluster } from '../clusters/simulated.ts';
import { promote } from '../promotion/promote.ts';
import { WEB_CHART, writeChart } from './charts.ts';
import { createHarness, failureOf } from './harness.ts';

const actions = (plan: { objects: readonly { action: string; ref: { kind: string; name: string } }[] }) =>
  plan.objects.map(({ action, ref }) => `${action} ${ref.kind}/${ref.name}`);

describe('install', () => {
  test('makes the objects with ownership metadata, waits in virtual time, and records the release', async () => {
    const harness = createHarness();
    const { release, plan } = await harness.install(await writeChart(WEB_CHART), { wait: true });
    expect(release).toMatchObject({ status: 'deployed', revision: 1, description: 'Install complete', values: {} });
    expect(release.notes.trim()).toBe('Say hello to web.');
    expect(actions(plan)).toEqual(['create ConfigMap/web', 'create Service/web', 'create Deployment/web']);
    const deployment = await harness.find('Deployment', 'web', 'apps/v1');
    expect(deployment?.status).toMatchObject({ readyReplicas: 2 });
    expect(deployment?.metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'Helm' });
    expect(deployment?.metadata.annotations).toMatchObject({
      'meta.helm.sh/release-name': 'web',
      'meta.helm.sh/release-namespace': 'default',
    });
    expect(harness.timeline).toContainEqual(
      expect.stringMatching(/^T\+[1-9]\d*s Deployment default\/web: 2\/2 ready$/),
    );
  });

  test('refuses a name in use, with its revision and status', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart);
    const error = await failureOf(harness.install(chart));
    expect(error).toMatchObject({ code: 'AlreadyExists' });
    expect(error.message).toContain('release "web" in namespace "default" of cluster "dev"');
    expect(await harness.history()).toEqual(['1 deployed']);
  });

  test('refuses a namespace that is not there, and makes it with createNamespace', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    const id = { ...harness.id, namespace: 'shop' };
    const error = await failureOf(harness.install(chart, { id }));
    expect(error.message).toContain('namespaces "shop" not found');
    await harness.install(chart, { id, createNamespace: true });
    expect(
      await harness.cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' }),
    ).toBeDefined();
  });

  test('leaves nothing behind when the cluster refuses an object, and names template and object', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      ...WEB_CHART,
      'templates/bad.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n',
    });
    const id = { ...harness.id, namespace: 'shop' };
    const error = await failureOf(harness.install(chart, { id, createNamespace: true }));
    expect(error.message).toContain('web/templates/bad.yaml: Service shop/bad:');
    expect(error.message).not.toContain('\n');
    expect(await harness.store.list({})).toEqual([]);
    await harness.cluster.clock.sleep(60_000);
    expect(await harness.cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).toBeUndefined();
  });

  test('refuses a field that the kind does not have', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatta: {x: "1"}\n',
    });
    const error = await failureOf(harness.install(chart));
    expect(error.message).toContain('web/templates/a.yaml: ConfigMap default/a:');
    expect(error.message).toContain('datta');
    expect(await harness.names('ConfigMap')).not.toContain('a');
  });

  test('refuses an object that is there and is not of the release', async () => {
    const harness = createHarness();
    await harness.cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'default' },
    });
    const chart = await writeChart(WEB_CHART);
    const error = await failureOf(harness.install(chart));
    expect(error.message).toContain('ConfigMap default/web exists and cannot be imported into the current release');
    expect(error.message).toContain('missing key "meta.helm.sh/release-name": must be set to "web"');
    expect(await harness.names('Service')).toEqual(['kubernetes']);
    const { release } = await harness.install(chart, { takeOwnership: true });
    expect(release.status).toBe('deployed');
  });

  test('a dry run changes nothing', async () => {
    const harness = createHarness();
    const { dryRun, plan, release } = await harness.install(await writeChart(WEB_CHART), { dryRun: true });
    expect(dryRun).toBe(true);
    expect(plan.objects).toHaveLength(3);
    expect(release.description).toBe('Dry run complete');
    expect(await harness.history()).toEqual([]);
    expect(await harness.names('Service')).toEqual(['kubernetes']);
  });

  test('a dry run by the client alone asks the cluster nothing', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'Chart.yaml': 'apiVersion: v2\nname: asks\nversion: 1.0.0\n',
      'templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Capabilities.KubeVersion.Version }}-{{ lookup "v1" "Namespace" "" "default" | len }}\n',
    });
    const { plan, release } = await harness.install(chart, { dryRun: true, clientOnly: true });
    expect(plan.objects).toEqual([]);
    expect(release.manifests[0]?.text).toContain('name: v1.37.0-0');
    const server = await harness.install(chart, { dryRun: true });
    expect(server.release.manifests[0]?.text).not.toContain('-0');
  });

  test('puts CRDs first, and their kinds among the capabilities', async () => {
    const harness = createHarness();
    const chart = await writeChart({
      'crds/widget.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`,
      'templates/widget.yaml':
        '{{ if .Capabilities.APIVersions.Has "example.com/v1/Widget" }}\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n{{ end }}',
    });
    const { plan } = await harness.install(chart, { wait: true });
    expect(actions(plan)).toEqual(['create Widget/w']);
    expect(await harness.find('Widget', 'w', 'example.com/v1')).toMatchObject({ spec: { size: 1 } });
    await harness.uninstall({ wait: true });
    expect(await harness.names('Widget', 'example.com/v1')).toEqual([]);
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'widgets.example.com',
    };
    expect(await harness.cluster.get(crd)).toBeDefined();
  });

  test('does not wait for a claim that no pod uses yet', async () => {
    const harness = createHarness();
    const claim = (name: string) =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n`;
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: [{name: v, persistentVolumeClaim: {claimName: used}}]\n  containers: [{name: c, image: "x.example/c:1"}]\n';
    await harness.install(
      await writeChart({
        'templates/a.yaml': claim('unused'),
        'templates/b.yaml': claim('used'),
        'templates/c.yaml': pod,
      }),
      { wait: true },
    );
    expect((await harness.find('PersistentVolumeClaim', 'unused'))?.status).toMatchObject({ phase: 'Pending' });
    expect((await harness.find('PersistentVolumeClaim', 'used'))?.status).toMatchObject({ phase: 'Bound' });
  });

  test('takes a document of comments for what it is', async () => {
    const harness = createHarness();
    const chart = await writeChart({ ...WEB_CHART, 'templates/a.yaml': '# only a word\n---\n# and another\n' });
    const { release } = await harness.install(chart);
    expect(release.manifests.some(({ text }) => text.includes('only a word'))).toBe(true);
    await harness.upgrade(chart);
    expect((await harness.uninstall()).removed).toHaveLength(3);
  });

  test('lookup sees the cluster', async () => {
    const harness = createHarness();
    await harness.cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'first', namespace: 'default' },
      data: { next: 'second' },
    });
    await harness.cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'second', namespace: 'default' },
      data: { found: 'yes' },
    });
    const chart = await writeChart({
      'templates/a.yaml': `{{- $first := lookup "v1" "ConfigMap" "default" "first" }}
{{- $second := lookup "v1" "ConfigMap" "default" (dig "data" "next" "none" $first) }}
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  found: {{ dig "data" "found" "no" $second | quote }}
  count: {{ len (dig "items" (list) (lookup "v1" "ConfigMap" "default" "")) | quote }}
  none: {{ lookup "v1" "Secret" "default" "none" | empty | quote }}
`,
    });
    await harness.install(chart);
    expect((await harness.find('ConfigMap', 'a'))?.data).toMatchObject({ found: 'yes', none: 'true' });
  });

  test('a failed wait says which object, which container and why; rollbackOnFailure uninstalls', async () => {
    const harness = createHarness({ missingImages: ['registry.example/web:*'] });
    const chart = await writeChart(WEB_CHART);
    const error = await failureOf(harness.install(chart, { wait: true, timeout: 60_000 }));
    expect(error.code).toBe('Timeout');
    expect(error.message).toContain('not ready after 1m0s: Deployment default/web: 0/2 ready');
    expect(error.message).toMatch(/container app: (ImagePullBackOff|ErrImagePull)/);
    expect(error.message).not.toContain('\n');
    expect(error.details).toContainEqual(expect.stringContaining('event: Failed'));
    expect(await harness.history()).toEqual(['1 failed']);
    const kept = await harness.store.get(harness.id);
    expect(kept.failure?.[0]).toContain('not ready after');

    const other = createHarness({ missingImages: ['registry.example/web:*'] });
    const atomic = await failureOf(other.install(chart, { rollbackOnFailure: true, timeout: 60_000 }));
    expect(atomic.message).toContain('has been uninstalled due to rollback-on-failure');
    expect(await other.history()).toEqual([]);
    expect(await other.names('Deployment', 'apps/v1')).toEqual([]);
    expect(await other.names('Service')).toEqual(['kubernetes']);
  });
});

describe('upgrade', () => {
  test('writes only what changed, removes what is gone, and says so', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart, { set: ['extra=true'], wait: true });
    const before = await harness.find('Service', 'web');
    const { plan, release } = await harness.upgrade(chart, { set: ['greeting=hi'], wait: true });
    expect(actions(plan)).toEqual([
      'change ConfigMap/web',
      'unchanged Service/web',
      'unchanged Deployment/web',
      'remove ConfigMap/web-extra',
    ]);
    expect(plan.objects[0]?.fields).toEqual([{ path: 'data.greeting', before: 'hello', after: 'hi' }]);
    expect((await harness.find('Service', 'web'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    expect(await harness.find('ConfigMap', 'web-extra')).toBeUndefined();
    expect(release.values).toEqual({ greeting: 'hi' });
    expect(await harness.history()).toEqual(['1 superseded', '2 deployed']);
  });

  test('goes out from the live object: what was changed by hand is a conflict, unless it is forced', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart);
    const metadata = { name: 'web', namespace: 'default' };
    await harness.cluster.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { greeting: 'mine' } },
      { fieldManager: 'kubectl', force: true },
    );
    const error = await failureOf(harness.upgrade(chart, { set: ['greeting=hi'] }));
    expect(error).toMatchObject({ code: 'Conflict' });
    expect(error.message).toContain('"kubectl"');
    expect(error.message).toContain('.data.greeting');
    expect(await harness.history()).toEqual(['1 deployed']);
    await harness.upgrade(chart, { set: ['greeting=hi'], forceConflicts: true });
    expect((await harness.find('ConfigMap', 'web'))?.data).toEqual({ greeting: 'hi' });
  });

  test('makes an object again that was deleted by hand, and keeps what says keep', async () => {
    const harness = createHarness();
    const keep =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n';
    await harness.install(await writeChart({ ...WEB_CHART, 'templates/kept.yaml': keep }));
    await harness.cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'web' });
    const { plan } = await harness.upgrade(await writeChart(WEB_CHART));
    expect(actions(plan)).toEqual([
      'unchanged ConfigMap/web',
      'create Service/web',
      'unchanged Deployment/web',
      'keep ConfigMap/kept',
    ]);
    expect(await harness.find('ConfigMap', 'kept')).toBeDefined();
  });

  test('a failed upgrade is rolled back with rollbackOnFailure', async () => {
    const harness = createHarness({ missingImages: ['registry.example/web:none'] });
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart, { wait: true });
    const error = await failureOf(
      harness.upgrade(chart, { set: ['image=registry.example/web:none', 'extra=true'], rollbackOnFailure: true }),
    );
    expect(error.message).toContain('has been rolled back due to rollback-on-failure being set');
    expect(error.message).toContain('Deployment default/web');
    expect(await harness.history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
    expect(await harness.find('ConfigMap', 'web-extra')).toBeUndefined();
    const deployment = await harness.find('Deployment', 'web', 'apps/v1');
    expect(JSON.stringify(deployment?.spec)).toContain('registry.example/web:1');
    expect(deployment?.status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 });
  });

  test('a failed first revision, and one that was cut off, are bases to go on from', async () => {
    const harness = createHarness({ missingImages: ['registry.example/web:none'] });
    const chart = await writeChart(WEB_CHART);
    await failureOf(
      harness.install(chart, { set: ['image=registry.example/web:none', 'extra=true'], wait: true, timeout: 30_000 }),
    );
    const failed = await harness.store.get(harness.id);
    await harness.store.create(
      { ...failed, revision: 2, status: 'pending-upgrade' },
      await harness.store.archive(failed.chart.digest),
    );
    await harness.upgrade(chart, { resetValues: true, wait: true });
    expect(await harness.history()).toEqual(['1 failed', '2 failed', '3 deployed']);
    expect((await harness.store.get(harness.id, 2)).description).toContain('Interrupted');
    expect(await harness.find('ConfigMap', 'web-extra')).toBeUndefined();
  });

  test('values of the last revision are reused as the flags say', async () => {
    const harness = createHarness();
    const first = await writeChart({ ...WEB_CHART, 'values.yaml': `${WEB_CHART['values.yaml']}color: red\n` });
    const template =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"v"},"data":{{ .Values | toJson | toJson | printf "{\\"all\\":%s}" }}}';
    const second = await writeChart(
      { 'values.yaml': 'greeting: new\nreplicas: 9\n', 'templates/v.yaml': template },
      {
        version: '2.0.0',
      },
    );
    const all = async () => {
      const data = (await harness.find('ConfigMap', 'v'))?.data as { all: string };
      return JSON.parse(data.all);
    };
    await harness.install(first, { set: ['greeting=mine'] });
    await harness.upgrade(second);
    expect(await all()).toEqual({ greeting: 'mine', replicas: 9 });
    await harness.upgrade(second, { set: ['replicas=3'] });
    expect(await all()).toEqual({ greeting: 'new', replicas: 3 });
    await harness.upgrade(second, { set: ['greeting=x'], resetThenReuseValues: true });
    expect(await all()).toEqual({ greeting: 'x', replicas: 3 });
    await harness.rollback({ revision: 1 });
    await harness.upgrade(second, { set: ['replicas=4'], reuseValues: true });
    expect(await all()).toMatchObject({ greeting: 'mine', replicas: 4, color: 'red' });
    await harness.upgrade(second, { resetValues: true });
    expect(await all()).toEqual({ greeting: 'new', replicas: 9 });
    expect((await harness.store.get(harness.id)).values).toEqual({});
  });

  test('installs with install, and refuses what is not there without', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    const error = await failureOf(harness.upgrade(chart));
    expect(error).toMatchObject({ code: 'NotFound' });
    expect((await harness.upgrade(chart, { install: true })).installed).toBe(true);
    await harness.uninstall({ keepHistory: true });
    expect(await harness.history()).toEqual(['1 uninstalled']);
    await harness.upgrade(chart, { install: true });
    expect(await harness.history()).toEqual(['1 uninstalled', '2 deployed']);
  });

  test('keeps as much history as it is told', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart);
    for (let round = 0; round < 5; round += 1) await harness.upgrade(chart, { historyMax: 3 });
    expect(await harness.history()).toEqual(['4 superseded', '5 superseded', '6 deployed']);
  });

  test('refuses an immutable field before anything is changed', async () => {
    const harness = createHarness();
    await harness.install(await writeChart(WEB_CHART));
    const changed =
      WEB_CHART['templates/deployment.yaml']?.replaceAll('{app: {{ .Release.Name }}}', '{app: other}') ?? '';
    const error = await failureOf(
      harness.upgrade(await writeChart({ ...WEB_CHART, 'templates/deployment.yaml': changed }), {
        set: ['greeting=hi'],
      }),
    );
    expect(error.message).toContain('web/templates/deployment.yaml: Deployment default/web:');
    expect(error.message).toContain('immutable');
    expect(await harness.history()).toEqual(['1 deployed']);
    expect((await harness.find('ConfigMap', 'web'))?.data).toEqual({ greeting: 'hello' });
  });
});

describe('rollback', () => {
  test('makes a new revision of an old one', async () => {
    const harness = createHarness();
    const chart = await writeChart(WEB_CHART);
    await harness.install(chart);
    await harness.upgrade(chart, { set: ['greeting=hi', 'extra=true'] });
    const { release, plan } = await harness.rollback({ wait: true });
    expect(release).toMatchObject({ revision: 3, description: 'Rollback to 1', values: {} });
    expect(actions(plan)).toContain('remove ConfigMap/web-extra');
    expect((await harness.find('ConfigMap', 'web'))?.data).toEqual({ greeting: 'hello' });
    expect(await harness.history()).toEqual(['1 superseded', '2 superseded', '3 deployed']);
  });

  test('names the revisions that there are when one is asked for that is not', async () => {
    const harness = createHarness();
    await harness.install(await writeChart(WEB_CHART));
    const error = await failureOf(harness.rollback({ revision: 7 }));
    expect(error.message).toContain('has no revision 7 (it has 1)');
  });
});

describe('uninstall', () => {
  test('removes all but what says keep, and the record', async () => {
    const harness = createHarness();
    const keep =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n';
    await harness.install(await writeChart({ ...WEB_CHART, 'templates/kept.yaml': keep }), { wait: true });
    const { removed, kept } = await harness.uninstall({ wait: true });
    expect(removed.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'ConfigMap']);
    expect(kept.map(({ name }) => name)).toEqual(['kept']);
    expect(await harness.history()).toEqual([]);
    await harness.cluster.clock.sleep(120_000);
    expect(await harness.names('Pod')).toEqual([]);
    expect(await harness.names('Service')).toEqual(['kubernetes']);
    expect(await failureOf(harness.uninstall())).toMatchObject({ code: 'NotFound' });
  });
});

describe('promotion', () => {
  test('carries chart and values with an overlay, which it remembers', async () => {
    const harness = createHarness();
    const prod = new SimulatedCluster(createSimulation({ name: 'prod', nodes: 1 }));
    const target = { ...harness.context, cluster: prod };
    const to = { ...harness.id, cluster: 'prod' };
    await harness.install(await writeChart(WEB_CHART), { set: ['greeting=hi'] });
    const overlay = mergeValueLayers({ set: ['replicas=3'] });
    const dry = await promote(target, { from: harness.id, to, overlay, dryRun: true });
    expect(dry.chart).toEqual({ name: 'web', from: undefined, to: '1.0.0' });
    expect(await harness.store.list({ cluster: 'prod' })).toEqual([]);
    const first = await promote(target, { from: harness.id, to, overlay, wait: true });
    expect(first.release).toMatchObject({ status: 'deployed', values: { greeting: 'hi', replicas: 3 } });

    await harness.upgrade(await writeChart(WEB_CHART, { version: '1.1.0' }), { set: ['greeting=hey'] });
    const second = await promote(target, { from: harness.id, to });
    expect(second.chart).toEqual({ name: 'web', from: '1.0.0', to: '1.1.0' });
    expect(second.values).toEqual([{ path: 'greeting', before: 'hi', after: 'hey' }]);
    expect(second.release.values).toEqual({ greeting: 'hey', replicas: 3 });
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    expect((await prod.get(deployment))?.spec).toMatchObject({ replicas: 3 });
  });
});
