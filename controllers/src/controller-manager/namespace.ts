/**
 * Namespaces that are being deleted (pkg/controller/namespace v1.34): pods first, then everything else that lives in
 * them, told in five conditions; then the finalizer goes, and with it the namespace.
 */
import { deepEqual, getPath, isObject } from '../apimachinery/json.ts';
import type { Namespace, Pod } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { parseGroupResource } from '../apimachinery/resource.ts';
import { isApiError } from '../apimachinery/status.ts';
import { type Duration, formatTime, parseTime, SECOND } from '../apimachinery/time.ts';
import { type Controller, type ReconcileContext, type Requeue, Retry } from './controller.ts';
import { watchSelf } from './watching.ts';

/** What lives in namespaces and can be deleted. */
export interface NamespacedResources {
  namespaced(): readonly { readonly resource: string; readonly version: string }[];
}

/** Upstream waits this long, so that every API server knows of the deletion. */
const START_DELAY: Duration = 5 * SECOND;
/** How long finalizers of others are given. */
const FINALIZER_ESTIMATE: Duration = 15 * SECOND;

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

const CONDITIONS = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
] as const;

export function createNamespaceController(resources: NamespacedResources): Controller {
  return {
    name: 'namespace-controller',
    watches: [watchSelf('namespaces')],
    reconcile(key, context) {
      const namespace = context.client.find<Namespace>('namespaces', key);
      if (namespace?.metadata.deletionTimestamp === undefined) return undefined;
      const left = parseTime(namespace.metadata.deletionTimestamp) + START_DELAY - context.now;
      return left > 0 ? { after: left } : deleteContent(namespace, resources, context);
    },
  };
}

interface Remains {
  readonly resource: string;
  readonly count: number;
  readonly finalizers: ReadonlyMap<string, number>;
  /** When it should be over. */
  readonly estimate: Duration;
  readonly error?: string;
}

function deleteContent(
  namespace: Namespace,
  resources: NamespacedResources,
  context: ReconcileContext,
): Requeue | undefined {
  const all = resources.namespaced();
  const isPods = ({ resource }: { readonly resource: string }) => resource === 'pods';
  const pods = all.filter(isPods).map((entry) => empty(namespace, entry, context));
  const podsLeft = pods.filter(({ count }) => count > 0);
  const others =
    podsLeft.length > 0 ? [] : all.filter((entry) => !isPods(entry)).map((entry) => empty(namespace, entry, context));
  const remains = [...podsLeft, ...others.filter(({ count }) => count > 0)];
  const errors = [...pods, ...others].flatMap(({ error }) => error ?? []);
  // While pods are there the totals are not told.
  const totals = podsLeft.length > 0 ? [] : remains;
  const undiscovered = undiscoveredGroups(context);
  const found = new Map(findings(totals, errors));
  if (undiscovered !== undefined)
    found.set('NamespaceDeletionDiscoveryFailure', { reason: 'DiscoveryFailed', message: undiscovered });
  const fresh = writeConditions(namespace, found, context);
  // What can't be asked for may still hold objects of the namespace.
  if (undiscovered !== undefined && remains.length === 0) throw new Retry(undiscovered);
  if (remains.length === 0 && errors.length === 0) {
    finalize(fresh, context);
    return undefined;
  }
  const estimate = Math.max(0, ...remains.map((entry) => entry.estimate));
  if (errors.length > 0 || estimate === 0) throw new Retry(`namespace ${namespace.metadata.name} still has content`);
  return { after: Math.trunc(estimate / SECOND / 2) * SECOND + SECOND };
}

/** What discovery says of groups whose server does not answer; undefined where all do. */
function undiscoveredGroups({ client }: ReconcileContext): string | undefined {
  const failing = client.list('apiservices.apiregistration.k8s.io').filter(({ spec, status }) => {
    if (!isObject(getPath(spec, ['service']))) return false;
    const conditions = getPath(status, ['conditions']);
    return !(
      Array.isArray(conditions) &&
      conditions.some((one) => isObject(one) && one.type === 'Available' && one.status === 'True')
    );
  });
  if (failing.length === 0) return undefined;
  const texts = failing
    .map(({ spec }) => `${String(getPath(spec, ['group']))}/${String(getPath(spec, ['version']))}`)
    .sort()
    .map((groupVersion) => `${groupVersion}: stale GroupVersion discovery: ${groupVersion}`);
  return `Discovery failed for some groups, ${failing.length} failing: unable to retrieve the complete list of server APIs: ${texts.join(', ')}`;
}

/** Deletes all of one resource in the namespace; answers what is left. */
function empty(
  namespace: Namespace,
  { resource, version }: { readonly resource: string; readonly version: string },
  context: ReconcileContext,
): Remains {
  const { name } = namespace.metadata;
  const before = context.client.list(resource, { namespace: name });
  const none: Remains = { resource, count: 0, finalizers: new Map(), estimate: 0 };
  if (before.length === 0) return none;
  const estimate =
    resource === 'pods' ? graceOf(namespace, before as readonly unknown[] as readonly Pod[], context) : 0;
  for (const object of before) remove(resource, object, context);
  const left = context.client.list(resource, { namespace: name });
  if (left.length === 0) return none;
  const finalizers = new Map<string, number>();
  for (const { metadata } of left) {
    for (const finalizer of metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  const base = { resource, count: left.length, finalizers };
  if (estimate > 0) return { ...base, estimate };
  if (finalizers.size > 0) return { ...base, estimate: FINALIZER_ESTIMATE };
  const { group, resource: plural } = parseGroupResource(resource);
  const gvr = `${group}/${version}, Resource=${plural}`;
  return { ...base, estimate: 0, error: `unexpected items still remain in namespace: ${name} for gvr: ${gvr}` };
}

/** The longest grace period of running pods, less what has passed of it. */
function graceOf(namespace: Namespace, pods: readonly Pod[], { now }: ReconcileContext): Duration {
  const longest = pods
    .filter((pod) => !isPodTerminal(pod))
    .reduce((most, { spec }) => Math.max(most, (spec.terminationGracePeriodSeconds ?? 0) * SECOND), 0);
  const passed = now - parseTime(namespace.metadata.deletionTimestamp ?? '');
  return passed >= longest ? 0 : longest;
}

function remove(resource: string, object: KubeObject, context: ReconcileContext): void {
  const { namespace = '', name = '', deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return;
  try {
    context.client.delete(resource, { namespace, name }, { propagationPolicy: 'Background' });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

function findings(
  remains: readonly Remains[],
  errors: readonly string[],
): ReadonlyMap<string, Pick<Condition, 'reason' | 'message'>> {
  const found = new Map<string, Pick<Condition, 'reason' | 'message'>>();
  if (errors.length > 0) {
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`;
    found.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  if (remains.length > 0) {
    const texts = remains.map(({ resource, count }) => {
      const { group, resource: plural } = parseGroupResource(resource);
      return `${plural}.${group} has ${count} resource instances`;
    });
    const message = `Some resources are remaining: ${texts.sort().join(', ')}`;
    found.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message });
  }
  const totals = new Map<string, number>();
  for (const { finalizers } of remains) {
    for (const [name, count] of finalizers) totals.set(name, (totals.get(name) ?? 0) + count);
  }
  if (totals.size > 0) {
    const texts = [...totals].map(([name, count]) => `${name} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${texts.sort().join(', ')}`;
    found.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message });
  }
  return found;
}

function writeConditions(
  namespace: Namespace,
  found: ReadonlyMap<string, Pick<Condition, 'reason' | 'message'>>,
  { client, now }: ReconcileContext,
): Namespace {
  const known = namespace.status?.conditions ?? [];
  const conditions = [...known];
  for (const [type, reason, message] of CONDITIONS) {
    const problem = found.get(type);
    const wanted = { type, status: problem === undefined ? 'False' : 'True', ...(problem ?? { reason, message }) };
    const index = conditions.findIndex((condition) => condition.type === type);
    const before = conditions[index];
    const isSame = before?.status === wanted.status && before.lastTransitionTime !== undefined;
    const next: Condition = {
      ...wanted,
      lastTransitionTime:
        isSame && before?.lastTransitionTime !== undefined ? before.lastTransitionTime : formatTime(now),
    };
    if (index < 0) conditions.push(next);
    else conditions[index] = next;
  }
  if (deepEqual(conditions, known)) return namespace;
  return client.updateStatus<Namespace>('namespaces', { ...namespace, status: { ...namespace.status, conditions } });
}

function finalize(namespace: Namespace, { client }: ReconcileContext): void {
  const key = { name: namespace.metadata.name };
  const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  if (finalizers.length !== (namespace.spec.finalizers ?? []).length) {
    client.patch('namespaces', key, { type: 'merge', patch: { spec: { finalizers } } }, { subresource: 'finalize' });
  }
  if (finalizers.length > 0 || client.find('namespaces', key) === undefined) return;
  try {
    client.delete('namespaces', key, { preconditions: { uid: namespace.metadata.uid } });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}
