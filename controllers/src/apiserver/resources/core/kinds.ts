/**
 * The core group's kinds that are said in a few lines each (pkg/registry/core/<kind>/strategy.go, v1.34).
 */
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import { deepEqual, getPath, isObject } from '../../../apimachinery/json.ts';
import { isDns1123Label } from '../../../apimachinery/names.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Value } from '../../defaults/draft.ts';
import { validateClaim, validateClaimUpdate } from '../../validation/claim.ts';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateSecret,
  validateSecretUpdate,
} from '../../validation/data.ts';
import { validateEndpoints } from '../../validation/endpoints.ts';
import { validateCoreEvent, validateEvent, validateEventUpdate } from '../../validation/events.ts';
import { validateLimitRange, validateResourceQuota, validateResourceQuotaUpdate } from '../../validation/limits.ts';
import { validateNode, validateNodeUpdate } from '../../validation/node.ts';
import { validateVolume, validateVolumeUpdate } from '../../validation/persistent-volume.ts';
import { validatePodTemplate } from '../../validation/pod-spec.ts';
import { validateReplicationController, validateReplicationControllerUpdate } from '../../validation/workloads.ts';
import type { KindFacts } from '../resource.ts';

const at =
  (path: string) =>
  (object: KubeObject): string => {
    const value = getPath(object, path.split('.'));
    return value === undefined || value === null ? '' : String(value);
  };

const namespace: KindFacts = {
  group: '',
  kind: 'Namespace',
  name: isDns1123Label,
  generation: 'none',
  prepareCreate(draft) {
    draft.status = { phase: 'Active' };
    const spec = (draft.spec ?? {}) as Value;
    const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
    if (!finalizers.includes('kubernetes')) draft.spec = { ...spec, finalizers: [...finalizers, 'kubernetes'] };
  },
  prepareUpdate(draft, old, { subresource }) {
    if (subresource === 'finalize') return;
    const finalizers = getPath(old, ['spec', 'finalizers']);
    draft.spec = { ...(draft.spec as Value | undefined), ...(finalizers === undefined ? {} : { finalizers }) };
  },
  beginDelete(object, now) {
    const finalizers = getPath(object, ['spec', 'finalizers']);
    const waiting =
      (Array.isArray(finalizers) && finalizers.length > 0) || (object.metadata.finalizers ?? []).length > 0;
    if (object.metadata.deletionTimestamp !== undefined) return waiting ? object : undefined;
    if (!waiting) return undefined;
    return {
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: formatTime(now) },
      status: { ...(object.status as Value | undefined), phase: 'Terminating' },
    };
  },
  fieldLabels: { 'status.phase': at('status.phase'), name: at('metadata.name') },
};

const secret: KindFacts = {
  group: '',
  kind: 'Secret',
  prepareCreate: (draft) => takeStringData(draft),
  prepareUpdate: (draft) => takeStringData(draft),
  validate: validateSecret,
  validateUpdate: (object, old, context) => [...validateSecretUpdate(object, old), ...validateSecret(object, context)],
  fieldLabels: { type: at('type') },
};

function takeStringData(draft: Value): void {
  const plain = draft.stringData;
  delete draft.stringData;
  if (!isObject(plain) || Object.keys(plain).length === 0) return;
  const data: Value = { ...(draft.data as Value | undefined) };
  for (const key of Object.keys(plain)) {
    const bytes = new TextEncoder().encode(String(plain[key]));
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    Object.defineProperty(data, key, { value: btoa(binary), enumerable: true, configurable: true, writable: true });
  }
  draft.data = data;
}

/** Another claim, or a snapshot. */
function isOldSource(source: Value | undefined): boolean {
  const group = source?.apiGroup ?? '';
  return (
    (source?.kind === 'PersistentVolumeClaim' && group === '') ||
    (source?.kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io')
  );
}

/** A claim's source under its old name and its new one (NormalizeDataSources). */
function normalizeSources(spec: Value | undefined): void {
  if (spec === undefined) return;
  // Under its old name only what it could be then; across namespaces behind a gate that is off.
  if (!isOldSource(spec.dataSource as Value | undefined)) delete spec.dataSource;
  const across = (spec.dataSourceRef as Value | undefined)?.namespace;
  if (across !== undefined && across !== '') delete spec.dataSourceRef;
  const reference = spec.dataSourceRef as Value | undefined;
  if (spec.dataSource !== undefined && reference === undefined) spec.dataSourceRef = { ...(spec.dataSource as Value) };
  else if (spec.dataSource === undefined && reference !== undefined && reference.namespace === undefined)
    spec.dataSource = { ...reference };
}

const validatePodTemplateObject = (object: KubeObject) =>
  validatePodTemplate(object.template as PodTemplateSpec | undefined, 'template');

const involved = (field: string) => at(`involvedObject.${field}`);

export const CORE_KINDS: readonly KindFacts[] = [
  namespace,
  secret,
  {
    group: '',
    kind: 'ConfigMap',
    validate: validateConfigMap,
    validateUpdate: (object, old, context) => [
      ...validateConfigMapUpdate(object, old),
      ...validateConfigMap(object, context),
    ],
  },
  {
    group: '',
    kind: 'PersistentVolumeClaim',
    generation: 'none',
    prepareCreate(draft) {
      draft.status = { phase: 'Pending' };
      normalizeSources(draft.spec as Value | undefined);
    },
    prepareUpdate: (draft) => normalizeSources(draft.spec as Value | undefined),
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
  },
  {
    group: '',
    kind: 'PersistentVolume',
    generation: 'none',
    prepareCreate(draft, { core }) {
      draft.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(core.now()) };
    },
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
  },
  {
    group: '',
    kind: 'ReplicationController',
    fieldLabels: { 'status.replicas': (object) => String(getPath(object, ['status', 'replicas']) ?? 0) },
    generation: 'spec',
    defaultPropagation: 'Orphan',
    validate: validateReplicationController,
    validateUpdate: validateReplicationControllerUpdate,
    prepareCreate: (draft) => {
      draft.status = { replicas: 0 };
    },
  },
  {
    group: '',
    kind: 'PodTemplate',
    generation: 'spec',
    validate: validatePodTemplateObject,
    validateUpdate: validatePodTemplateObject,
  },
  {
    group: '',
    kind: 'Node',
    generation: 'none',
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    fieldLabels: { 'spec.unschedulable': (object) => String(getPath(object, ['spec', 'unschedulable']) === true) },
  },
  {
    group: '',
    kind: 'ResourceQuota',
    generation: 'none',
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
    prepareCreate: (draft) => {
      draft.status = {};
    },
  },
  {
    group: '',
    kind: 'Event',
    createOnUpdate: true,
    validate: validateCoreEvent,
    validateUpdate: validateCoreEvent,
    fieldLabels: {
      'involvedObject.kind': involved('kind'),
      'involvedObject.namespace': involved('namespace'),
      'involvedObject.name': involved('name'),
      'involvedObject.uid': involved('uid'),
      'involvedObject.apiVersion': involved('apiVersion'),
      'involvedObject.resourceVersion': involved('resourceVersion'),
      'involvedObject.fieldPath': involved('fieldPath'),
      reason: at('reason'),
      reportingComponent: at('reportingComponent'),
      source: (object) => at('source.component')(object) || at('reportingComponent')(object),
      type: at('type'),
    },
  },
  {
    group: 'events.k8s.io',
    kind: 'Event',
    createOnUpdate: true,
    validate: validateEvent,
    validateUpdate: validateEventUpdate,
    fieldLabels: {
      'regarding.kind': involved('kind'),
      'regarding.namespace': involved('namespace'),
      'regarding.name': involved('name'),
      'regarding.uid': involved('uid'),
      'regarding.apiVersion': involved('apiVersion'),
      'regarding.resourceVersion': involved('resourceVersion'),
      'regarding.fieldPath': involved('fieldPath'),
      reason: at('reason'),
      reportingController: at('reportingComponent'),
      type: at('type'),
    },
  },
  {
    group: '',
    kind: 'Endpoints',
    createOnUpdate: true,
    validate: validateEndpoints,
    validateUpdate: (object, old) => (deepEqual(object.subsets, old.subsets) ? [] : validateEndpoints(object)),
  },
  {
    group: '',
    kind: 'LimitRange',
    createOnUpdate: true,
    validate: validateLimitRange,
    validateUpdate: validateLimitRange,
  },
];
