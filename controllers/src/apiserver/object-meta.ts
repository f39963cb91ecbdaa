/**
 * Rules of metadata for every kind: what the server sets, what it checks, with the exact texts (apimachinery's
 * api/validation/objectmeta.go and apiserver's registry/rest, v1.34).
 */
import { type FieldError, forbiddenField, invalid, required, tooLong } from '../apimachinery/api-errors.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isPathSegment,
  isQualifiedName,
} from '../apimachinery/names.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../apimachinery/object.ts';
import type { NameRule, Resource } from './resources/resource.ts';

/** Bytes of the keys and values of an object's annotations together. */
export const MAX_ANNOTATIONS = 256 * 1024;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Checks the metadata of an object that is new. */
export function validateObjectMeta(object: KubeObject, resource: Resource): FieldError[] {
  const { metadata } = object;
  const rule = resource.facts.name ?? isDns1123Subdomain;
  const errors: FieldError[] = [];
  const path = 'metadata';
  if (metadata.generateName !== undefined && metadata.generateName !== '') {
    for (const text of generateNameProblems(rule, metadata.generateName)) {
      errors.push(invalid(`${path}.generateName`, metadata.generateName, text));
    }
  }
  if (metadata.name === undefined || metadata.name === '') {
    errors.push(required(`${path}.name`, 'name or generateName is required'));
  } else for (const text of rule(metadata.name)) errors.push(invalid(`${path}.name`, metadata.name, text));
  const namespace = metadata.namespace ?? '';
  if (resource.namespaced) {
    if (namespace === '') errors.push(required(`${path}.namespace`));
    else for (const text of isDns1123Label(namespace)) errors.push(invalid(`${path}.namespace`, namespace, text));
  } else if (namespace !== '') errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'));
  if ((metadata.generation ?? 0) < 0)
    errors.push(invalid(`${path}.generation`, metadata.generation, 'must be greater than or equal to 0'));
  errors.push(...validateMaps(metadata, resource));
  return errors;
}

/** What an update may not change; what it leaves out stays. In the order of upstream's checks. */
export function validateFixedMeta(metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  const fields = ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;
  return fields
    .filter((field) => {
      const given = metadata[field];
      return given !== undefined && given !== null && given !== '' && given !== old[field];
    })
    .map((field) => invalid(`metadata.${field}`, metadata[field], 'field is immutable'));
}

/** Owners that are named twice are kept once, with a warning (dedupOwnerReferencesAndAddWarning). */
export function dedupeOwners(
  { metadata }: { readonly metadata: { ownerReferences?: readonly OwnerReference[] } },
  warn: ((text: string) => void) | undefined,
): void {
  const owners = metadata.ownerReferences ?? [];
  const seen = new Set(owners.map((owner) => JSON.stringify(owner)));
  if (seen.size === owners.length) return;
  const kept = owners.filter((owner) => seen.delete(JSON.stringify(owner)));
  const counts = new Map<string, number>();
  for (const { uid } of owners) counts.set(uid, (counts.get(uid) ?? 0) + 1);
  const twice = kept.filter(({ uid }) => (counts.get(uid) ?? 0) > 1);
  metadata.ownerReferences = kept;
  warn?.(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${twice.map(({ uid }) => uid).join(', ')}`,
  );
}

/** A generateName may end with a dash: it is checked as if something followed (maskTrailingDash). */
function generateNameProblems(rule: NameRule, name: string): string[] {
  return rule(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

function validateMaps(metadata: ObjectMeta, resource: Resource): FieldError[] {
  return [...validateBasicMaps(metadata), ...validateFinalizers(metadata.finalizers ?? [], resource)];
}

function validateBasicMaps(metadata: ObjectMeta): FieldError[] {
  const errors = validateLabels(metadata.labels, 'metadata.labels');
  errors.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'));
  errors.push(...validateOwners(metadata.ownerReferences ?? [], 'metadata.ownerReferences'));
  return errors;
}

/** Labels of an object or a template. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) {
    if (!goodKeys.has(key)) {
      const problems = isQualifiedName(key);
      if (problems.length === 0) rememberKey(key);
      for (const text of problems) errors.push(invalid(path, key, text));
    }
    const value = labels[key] ?? '';
    for (const text of isLabelValue(value)) errors.push(invalid(path, value, text));
  }
  return errors;
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in annotations) {
    if (!goodKeys.has(key)) {
      const problems = isQualifiedName(key.toLowerCase());
      if (problems.length === 0) rememberKey(key);
      for (const text of problems) errors.push(invalid(path, key, text));
    }
    size += key.length + (annotations[key] ?? '').length;
  }
  if (size > MAX_ANNOTATIONS) errors.push(tooLong(path, MAX_ANNOTATIONS));
  return errors;
}

/** Keys that passed; labels repeat. */
const goodKeys = new Set<string>();

function rememberKey(key: string): void {
  if (goodKeys.size > 5000) goodKeys.clear();
  if (key === key.toLowerCase()) goodKeys.add(key);
}

function validateOwners(owners: readonly OwnerReference[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const owner of owners) {
    const version = owner.apiVersion.includes('/') ? owner.apiVersion.split('/')[1] : owner.apiVersion;
    if (version === '' || version === undefined) {
      errors.push(invalid(`${path}.apiVersion`, owner.apiVersion, 'version must not be empty'));
    }
    for (const field of ['kind', 'name', 'uid'] as const) {
      if (owner[field] === '') errors.push(invalid(`${path}.${field}`, owner[field], 'must not be empty'));
    }
    if (owner.controller !== true) continue;
    const text = `${owner.apiVersion}/${owner.kind}`;
    if (controller !== undefined) {
      errors.push(
        invalid(
          path,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name}`,
        ),
      );
    } else controller = owner.name || text;
  }
  return errors;
}

/** Groups outside of Kubernetes' core validation, where a finalizer may be any qualified name, as on custom resources. */
const LENIENT_GROUPS = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** What holds for the finalizers of every kind. */
function validateFinalizerNames(finalizers: readonly string[]): FieldError[] {
  const path = 'metadata.finalizers';
  const errors = finalizers.flatMap((finalizer) =>
    isQualifiedName(finalizer).map((text) => invalid(path, finalizer, text)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return errors;
}

function validateFinalizers(finalizers: readonly string[], resource: Resource): FieldError[] {
  const path = 'metadata.finalizers';
  const isLenient = resource.custom || LENIENT_GROUPS.has(resource.group);
  const errors: FieldError[] = [];
  for (const [index, finalizer] of finalizers.entries()) {
    const problems = isQualifiedName(finalizer);
    for (const text of problems) errors.push(invalid(path, finalizer, text));
    if (!isLenient && problems.length === 0 && !finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      errors.push(
        invalid(`${path}[${index}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

const GROUPS = {
  admission: 'admissionregistration.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  storage: 'storage.k8s.io',
  flow: 'flowcontrol.apiserver.k8s.io',
};

/** Kinds whose own check of an update leaves out what the metadata may not change: the general one has it. */
const WITHOUT_OWN_UPDATE = new Set([
  'PersistentVolume.',
  'LimitRange.',
  'PodDisruptionBudget.policy',
  `VolumeAttachment.${GROUPS.storage}`,
  `CSINode.${GROUPS.storage}`,
  `ValidatingAdmissionPolicy.${GROUPS.admission}`,
  `ValidatingAdmissionPolicyBinding.${GROUPS.admission}`,
  `ValidatingWebhookConfiguration.${GROUPS.admission}`,
  `MutatingWebhookConfiguration.${GROUPS.admission}`,
  `FlowSchema.${GROUPS.flow}`,
  `PriorityLevelConfiguration.${GROUPS.flow}`,
]);

/** Kinds whose own check of an update looks at the object as if it were new, metadata included. */
const LIKE_NEW = new Set([
  'Pod.',
  'Secret.',
  'ConfigMap.',
  'PersistentVolumeClaim.',
  'PersistentVolume.',
  'ResourceQuota.',
  'LimitRange.',
  'ServiceAccount.',
  'Node.',
  'ControllerRevision.apps',
  'Ingress.networking.k8s.io',
  'RuntimeClass.node.k8s.io',
  'DeviceClass.resource.k8s.io',
  'ResourceClaim.resource.k8s.io',
  `Role.${GROUPS.rbac}`,
  `ClusterRole.${GROUPS.rbac}`,
  `RoleBinding.${GROUPS.rbac}`,
  `ClusterRoleBinding.${GROUPS.rbac}`,
  `StorageClass.${GROUPS.storage}`,
  `VolumeAttachment.${GROUPS.storage}`,
  `CSINode.${GROUPS.storage}`,
  `ValidatingWebhookConfiguration.${GROUPS.admission}`,
  `MutatingWebhookConfiguration.${GROUPS.admission}`,
]);

const MAPS = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'] as const;

/**
 * Checks the metadata of an object that replaces another; what it shares with the other has been checked. The general
 * checks come first and then the kind's own, so that most errors are causes more than once, as upstream.
 */
export function validateObjectMetaUpdate(
  object: KubeObject,
  {
    old,
    resource,
    fixed = [],
  }: {
    readonly old: KubeObject;
    readonly resource: Resource;
    /** What validateFixedMeta has found. */
    readonly fixed?: readonly FieldError[];
  },
): FieldError[] {
  const meta = object.metadata;
  const frozen: FieldError[] = [];
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = new Set(old.metadata.finalizers);
    const added = (meta.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0) {
      const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
      frozen.push(
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      );
    }
  }
  for (const field of ['name', 'namespace'] as const) {
    if ((meta[field] ?? '') !== (old.metadata[field] ?? '')) {
      frozen.push(invalid(`metadata.${field}`, meta[field] ?? '', 'field is immutable'));
    }
  }
  frozen.push(...fixed);
  const isTouched = MAPS.some((field) => meta[field] !== old.metadata[field]);
  if (!isTouched && frozen.length === 0) return [];
  const kind = `${resource.kind}.${resource.group}`;
  const generated = meta.generateName ?? '';
  const nameErrors = (rule: NameRule): FieldError[] =>
    generated === ''
      ? []
      : generateNameProblems(rule, generated).map((text) => invalid('metadata.generateName', generated, text));
  const maps = validateBasicMaps(meta);
  const all = [
    ...nameErrors(isPathSegment),
    ...maps,
    ...validateFinalizerNames(meta.finalizers ?? []),
    ...frozen,
    ...maps,
  ];
  if (resource.custom) return frozen.length === 0 ? validateMaps(meta, resource) : frozen;
  if (!WITHOUT_OWN_UPDATE.has(kind)) all.push(...frozen, ...maps);
  const times = resource.group === GROUPS.rbac ? 2 : 1;
  for (let time = 0; LIKE_NEW.has(kind) && time < times; time += 1)
    all.push(...nameErrors(resource.facts.name ?? isDns1123Subdomain), ...validateMaps(meta, resource));
  return all;
}
