/**
 * Rules of metadata for every kind: what the server sets, what it checks, with the exact texts (apimachinery's
 * api/validation/objectmeta.go and apiserver's registry/rest, v1.34).
 */
import { type FieldError, forbiddenField, invalid, required, tooLong } from '../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../apimachinery/names.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../apimachinery/object.ts';
import type { NameRule, Resource } from './resources/resource.ts';

const MAX_ANNOTATIONS = 256 * 1024;
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
  errors.push(...validateMaps(metadata, resource));
  return errors;
}

/** A generateName may end with a dash: it is checked as if something followed (maskTrailingDash). */
function generateNameProblems(rule: NameRule, name: string): string[] {
  return rule(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

function validateMaps(metadata: ObjectMeta, resource: Resource): FieldError[] {
  const errors = validateLabels(metadata.labels, 'metadata.labels');
  errors.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'));
  errors.push(...validateOwners(metadata.ownerReferences ?? [], 'metadata.ownerReferences'));
  errors.push(...validateFinalizers(metadata.finalizers ?? [], resource));
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

const MAPS = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** Checks the metadata of an object that replaces another; what it shares with the other has been checked. */
export function validateObjectMetaUpdate(
  object: KubeObject,
  { old, resource }: { readonly old: KubeObject; readonly resource: Resource },
): FieldError[] {
  const meta = object.metadata;
  const errors: FieldError[] = [];
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = new Set(old.metadata.finalizers);
    const added = (meta.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0) {
      const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
      errors.push(
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      );
    }
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    if ((meta[field] ?? '') !== (old.metadata[field] ?? '')) {
      errors.push(invalid(`metadata.${field}`, meta[field] ?? '', 'field is immutable'));
    }
  }
  if (MAPS.some((field) => meta[field] !== old.metadata[field])) errors.push(...validateMaps(meta, resource));
  return errors;
}
