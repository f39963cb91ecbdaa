/**
 * POST to the other subresources: binding and eviction of pods (pkg/registry/core/pod/storage, v1.34).
 */
import { badRequest, conflict, forbidden, notFound } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { type LabelSelectorSpec, labelSelectorOf } from '../../apimachinery/selector.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { requestToken } from '../authentication/token-request.ts';
import type { Core } from '../core.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { subjectOf, type WriteRequest } from './request.ts';
import { keyOf } from './update.ts';

const SUCCESS: KubeObject = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
} as KubeObject;

/** Answers what the subresource answers. Throws NotFound, Conflict, TooManyRequests. */
export function createSubresource(core: Core, request: WriteRequest): KubeObject {
  const { resource, subresource } = request;
  if (resource.group === '' && resource.resource === 'pods') {
    if (subresource === 'binding') return bindPod(core, request);
    if (subresource === 'eviction') return evictPod(core, request);
  }
  if (resource.group === '' && resource.resource === 'serviceaccounts' && subresource === 'token') {
    return requestToken(core, request);
  }
  if (subresource === '') return createObject(core, request);
  throw new ApiError('MethodNotAllowed', `create is not supported on ${resource.resource}/${subresource}`);
}

/** Assigns a pod to a node, once (BindingREST.assignPod). */
function bindPod(core: Core, request: WriteRequest): KubeObject {
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) throw notFound(subjectOf(request.resource), request.name);
  const pod = stored.object;
  const subject = subjectOf(request.resource);
  const target = isObject(request.body.target) ? request.body.target.name : undefined;
  if (typeof target !== 'string' || target === '')
    throw badRequest('Binding "" is invalid: target.name: Required value');
  const spec = (pod.spec ?? {}) as JsonObject;
  const metadata = isObject(request.body.metadata) ? request.body.metadata : {};
  if (typeof metadata.uid === 'string' && metadata.uid !== '' && metadata.uid !== pod.metadata.uid) {
    throw conflict(
      subject,
      request.name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    );
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(subject, request.name, `pod ${request.name} is being deleted, cannot be assigned to a host`);
  }
  if (typeof spec.nodeName === 'string' && spec.nodeName !== '') {
    throw conflict(
      subject,
      request.name,
      `pod ${request.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`,
    );
  }
  if (Array.isArray(spec.schedulingGates) && spec.schedulingGates.length > 0) {
    throw conflict(subject, request.name, `pod ${request.name} has non-empty .spec.schedulingGates`);
  }
  if (request.options.dryRun === true) return SUCCESS;
  const status = (pod.status ?? {}) as JsonObject;
  const conditions = Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(core.now()),
  };
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  core.store.put(
    stored.key,
    {
      ...pod,
      metadata: {
        ...pod.metadata,
        ...(Object.keys(annotations).length === 0
          ? {}
          : { annotations: { ...pod.metadata.annotations, ...(annotations as Record<string, string>) } }),
      },
      spec: { ...spec, nodeName: target },
      status: { ...status, conditions: [...conditions.filter(({ type }) => type !== 'PodScheduled'), scheduled] },
    },
    stored.revision,
  );
  return SUCCESS;
}

interface Budget {
  readonly spec?: { readonly selector?: LabelSelectorSpec; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
    readonly observedGeneration?: number;
    readonly disruptedPods?: Readonly<Record<string, string>>;
  };
}

/** Deletes a pod if its disruption budget allows it (EvictionREST.Create). */
function evictPod(core: Core, request: WriteRequest): KubeObject {
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) throw notFound(subjectOf(request.resource), request.name);
  const pod = stored.object;
  const options = isObject(request.body.deleteOptions) ? request.body.deleteOptions : {};
  const { gracePeriodSeconds, preconditions } = options;
  const dryRun = request.options.dryRun === true || (Array.isArray(options.dryRun) && options.dryRun.includes('All'));
  const remove = (): KubeObject => {
    deleteObject(
      core,
      { ...request, subresource: '' },
      {
        dryRun,
        ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
        ...(isObject(preconditions)
          ? { preconditions: preconditions as { uid?: string; resourceVersion?: string } }
          : {}),
      },
    );
    return SUCCESS;
  };
  const status = (pod.status ?? {}) as JsonObject;
  const finished = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (finished || status.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return remove();
  const budgets = core.store
    .list(storagePrefix('policy', 'poddisruptionbudgets', request.namespace))
    .filter(({ object }) => labelSelectorOf((object as Budget).spec?.selector).matches(pod.metadata.labels));
  if (budgets.length === 0) return remove();
  const [first] = budgets;
  if (budgets.length > 1 || first === undefined) {
    throw new ApiError(
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const budget = first.object as KubeObject & Budget;
  const name = budget.metadata.name ?? '';
  const {
    disruptionsAllowed = 0,
    currentHealthy = 0,
    desiredHealthy = 0,
    observedGeneration = 0,
  } = budget.status ?? {};
  if (!isReady(status)) {
    const always = budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow';
    if (always || (currentHealthy >= desiredHealthy && desiredHealthy > 0)) return remove();
  }
  if (observedGeneration < (budget.metadata.generation ?? 0)) {
    throw tooManyRequests(10, `The disruption budget ${name} is still being processed by the server.`, 0);
  }
  if (disruptionsAllowed < 0) {
    throw forbidden({ group: 'policy', resource: 'poddisruptionbudgets' }, name, 'pdb disruptions allowed is negative');
  }
  if (disruptionsAllowed === 0) {
    throw tooManyRequests(
      0,
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
      1,
    );
  }
  if (dryRun) return SUCCESS;
  core.store.put(
    first.key,
    {
      ...budget,
      status: {
        ...budget.status,
        disruptionsAllowed: disruptionsAllowed - 1,
        disruptedPods: { ...budget.status?.disruptedPods, [request.name]: formatTime(core.now()) },
      },
    },
    first.revision,
  );
  markDisrupted(core, request);
  return remove();
}

/** The condition that tells controllers why the pod went. */
function markDisrupted(core: Core, request: WriteRequest): void {
  const stored = core.store.get(storageKey('', 'pods', request.namespace, request.name));
  if (stored === undefined) return;
  const status = (stored.object.status ?? {}) as JsonObject;
  const conditions = Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastProbeTime: null,
    lastTransitionTime: formatTime(core.now()),
  };
  core.store.put(
    stored.key,
    {
      ...stored.object,
      status: { ...status, conditions: [...conditions.filter(({ type }) => type !== 'DisruptionTarget'), condition] },
    },
    stored.revision,
  );
}

function isReady(status: JsonObject): boolean {
  return (
    Array.isArray(status.conditions) &&
    status.conditions.some((c) => isObject(c) && c.type === 'Ready' && c.status === 'True')
  );
}

function tooManyRequests(retryAfterSeconds: number, detail: string, causes: number): ApiError {
  return new ApiError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    ...(causes === 0 && retryAfterSeconds === 0 ? {} : { causes: [{ reason: 'DisruptionBudget', message: detail }] }),
  });
}
