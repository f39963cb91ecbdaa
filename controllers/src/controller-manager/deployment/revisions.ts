/**
 * Revisions of a Deployment: which ReplicaSet is the new one, its creation under a hashed name, the revision numbers in
 * annotations, and the clean-up of history (pkg/controller/deployment/sync.go v1.34).
 */
import { deepEqual, sortedJson } from '../../apimachinery/json.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { controllerOf, newControllerRef } from '../../apimachinery/owner.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { encodeUtf8, fnv32a, safeEncode } from '../hash.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import {
  DESIRED_REPLICAS,
  hasHistoryLimit,
  hasProgressDeadline,
  MAX_REPLICAS,
  newSetReplicas,
  specReplicas,
} from './arithmetic.ts';
import { getCondition, newCondition, withCondition } from './conditions.ts';
import { byCreation, type ReplicaSets, type Rollout, replicaAnnotations, writeStatus } from './rollout.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const TEMPLATE_HASH = 'pod-template-hash';
const HISTORY_CHARACTERS = 2000;
const MAX_NAME = 253;

/** Annotations that a ReplicaSet does not take over from its Deployment. */
const OWN_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

/** The revision of a ReplicaSet; revisions are 64 bits wide. Undefined where the annotation is no number. */
export function revisionOf(set: ReplicaSet): bigint | undefined {
  const text = set.metadata.annotations?.[REVISION];
  if (text === undefined) return 0n;
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

function withoutHash(template: PodTemplateSpec): unknown {
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Whether two templates make the same pods, whatever hash label they carry. */
export function isSameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return deepEqual(withoutHash(a), withoutHash(b));
}

/** The oldest ReplicaSet with the Deployment's template. */
export function findNewSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets]
    .sort(byCreation)
    .find(({ spec }) => spec.template !== undefined && isSameTemplate(spec.template, deployment.spec.template));
}

/** Tells new from old, brings the revision annotations up to date, and creates the new one if wanted. */
export function syncRevision(
  rollout: Rollout,
  sets: readonly ReplicaSet[],
  options: { readonly create: boolean },
): ReplicaSets {
  const existing = findNewSet(rollout.deployment, sets);
  const oldSets = sets.filter((set) => set !== existing);
  const highest = oldSets.reduce((max, set) => {
    const revision = revisionOf(set) ?? 0n;
    return revision > max ? revision : max;
  }, 0n);
  const revision = highest + 1n;
  if (existing !== undefined) return { newSet: refresh(rollout, existing, revision), oldSets };
  return { newSet: options.create ? create(rollout, oldSets, revision) : undefined, oldSets };
}

/** Takes an existing ReplicaSet as the new one. */
function refresh(rollout: Rollout, set: ReplicaSet, revision: bigint): ReplicaSet {
  const { deployment, context } = rollout;
  const annotations = setAnnotations(deployment, set.metadata.annotations ?? {}, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (!deepEqual(annotations, set.metadata.annotations ?? {}) || minReadySeconds !== (set.spec.minReadySeconds ?? 0)) {
    return context.client.update<ReplicaSet>('replicasets.apps', {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, minReadySeconds },
    });
  }
  const current = set.metadata.annotations?.[REVISION] ?? '';
  const isRevised = deployment.metadata.annotations?.[REVISION] !== current;
  const status = deployment.status ?? {};
  const isFound = hasProgressDeadline(deployment) && getCondition(status, 'Progressing') === undefined;
  if (isRevised || isFound) {
    const condition = newCondition('Progressing', 'True', {
      reason: 'FoundNewReplicaSet',
      message: `Found new replica set "${set.metadata.name}"`,
      now: context.now,
    });
    writeStatus(rollout, isFound ? withCondition(status, condition) : status, {
      ...deployment.metadata.annotations,
      [REVISION]: current,
    });
  }
  return set;
}

/** The annotations of the new ReplicaSet: those of the Deployment, and the revision with its history. */
function setAnnotations(
  deployment: Deployment,
  existing: Readonly<Record<string, string>>,
  revision: bigint,
): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...existing };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!OWN_ANNOTATIONS.has(key)) annotations[key] = value;
  }
  const old = existing[REVISION];
  if (old !== undefined && old !== '' && !/^-?\d+$/.test(old)) return annotations;
  if (BigInt(old || '0') >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (old !== undefined) {
    const history = appendHistory(existing[REVISION_HISTORY] ?? '', old);
    if (history !== undefined) annotations[REVISION_HISTORY] = history;
  }
  return annotations;
}

/** Drops the oldest revisions to stay within the limit. */
function appendHistory(history: string, revision: string): string | undefined {
  if (history === '') return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  while (length > HISTORY_CHARACTERS && revisions.length > 0) length -= (revisions.shift() ?? '').length + 1;
  return length <= HISTORY_CHARACTERS ? [...revisions, revision].join(',') : undefined;
}

function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const bytes = encodeUtf8(sortedJson(template));
  const salt = new Uint8Array(collisionCount === undefined ? 0 : 8);
  if (collisionCount !== undefined) new DataView(salt.buffer).setUint32(0, collisionCount, true);
  return safeEncode(String(fnv32a(bytes, salt)));
}

function create(rollout: Rollout, oldSets: readonly ReplicaSet[], revision: bigint): ReplicaSet {
  const { deployment, context } = rollout;
  const draft = draftSet(deployment, oldSets, revision);
  const key = { namespace: deployment.metadata.namespace ?? '', name: draft.metadata.name ?? '' };
  let created: ReplicaSet;
  let isNew = true;
  try {
    created = context.client.create<ReplicaSet>('replicasets.apps', draft);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw failedCreate(rollout, key.name, error);
    const existing = context.client.get<ReplicaSet>('replicasets.apps', key);
    const isOurs =
      controllerOf(existing)?.uid === deployment.metadata.uid &&
      existing.spec.template !== undefined &&
      isSameTemplate(existing.spec.template, deployment.spec.template);
    if (!isOurs) {
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
      writeStatus(rollout, { ...deployment.status, collisionCount });
      throw error;
    }
    created = existing;
    isNew = false;
  }
  if (isNew && specReplicas(created) > 0) {
    const message = `Scaled up replica set ${created.metadata.name} from 0 to ${specReplicas(created)}`;
    context.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
  const status = deployment.status ?? {};
  const condition = newCondition('Progressing', 'True', {
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${created.metadata.name}"`,
    now: context.now,
  });
  const announces = isNew && hasProgressDeadline(deployment);
  if (announces || deployment.metadata.annotations?.[REVISION] !== String(revision)) {
    writeStatus(rollout, announces ? withCondition(status, condition) : status, {
      ...deployment.metadata.annotations,
      [REVISION]: String(revision),
    });
  }
  return created;
}

function draftSet(deployment: Deployment, oldSets: readonly ReplicaSet[], revision: bigint): KubeObject {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  const suffix = `-${hash}`;
  const draft = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: deployment.metadata.name.slice(0, MAX_NAME - suffix.length) + suffix,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      ownerReferences: [newControllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  // A draft is as good as a stored one for counting: only its spec is read.
  const replicas = newSetReplicas(deployment, oldSets, draft as unknown as ReplicaSet);
  const annotations = { ...setAnnotations(deployment, {}, revision), ...replicaAnnotations(deployment) };
  return { ...draft, metadata: { ...draft.metadata, annotations }, spec: { ...draft.spec, replicas } };
}

/** Says on the Deployment why its ReplicaSet could not be made; answers the error. */
function failedCreate(rollout: Rollout, name: string, error: unknown): unknown {
  const { deployment, context } = rollout;
  if (!isApiError(error) || isNamespaceTerminating(error)) return error;
  const reason = 'ReplicaSetCreateError';
  const message = `Failed to create new replica set "${name}": ${error.message}`;
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition('Progressing', 'False', { reason, message, now: context.now });
    writeStatus(rollout, withCondition(deployment.status ?? {}, condition));
  }
  context.event(deployment, 'Warning', reason, message);
  return error;
}

/** Removes old ReplicaSets beyond the limit, the oldest revisions first; those that still have pods stay. */
export function cleanUpHistory(rollout: Rollout, oldSets: readonly ReplicaSet[]): void {
  const { deployment, context } = rollout;
  if (!hasHistoryLimit(deployment)) return;
  const removable = oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const excess = removable.length - (deployment.spec.revisionHistoryLimit ?? 0);
  if (excess <= 0) return;
  const ordered = removable.sort((a, b) => {
    const [left, right] = [revisionOf(a), revisionOf(b)];
    if (left === undefined || right === undefined || left === right) return byCreation(a, b);
    return left < right ? -1 : 1;
  });
  for (const set of ordered.slice(0, excess)) {
    const isBusy =
      (set.status?.replicas ?? 0) !== 0 ||
      specReplicas(set) !== 0 ||
      (set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0);
    if (isBusy) continue;
    const { namespace = '', name } = set.metadata;
    try {
      context.client.delete('replicasets.apps', { namespace, name }, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
