/**
 * GET of an object or a collection (apiserver's handlers/get.go, v1.34): selectors, pages at one revision.
 */
import { badRequest, notFound } from '../../apimachinery/api-errors.ts';
import { getPath } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import {
  type FieldRequirement,
  type LabelSelector,
  parseFieldSelector,
  parseLabelSelector,
} from '../../apimachinery/selector.ts';
import type { StoredObject } from '../../store/object-store.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { keyIn, prefixOf, type Resource } from '../resources/resource.ts';
import { type ResourceRequest, subjectOf } from './request.ts';

/** Throws NotFound. */
export function getObject(core: Core, request: ResourceRequest): KubeObject {
  const { resource, namespace, name } = request;
  const found = findObject(core, request);
  if (found === undefined && resource.computed !== undefined) throw resource.computed.notFound(namespace, name);
  if (found === undefined) throw notFound(subjectOf(request.resource), request.name);
  return found;
}

export function findObject(core: Core, request: ResourceRequest): KubeObject | undefined {
  const { resource, namespace, name, version } = request;
  if (resource.computed !== undefined) return resource.computed.find(core, namespace, name);
  const stored = core.store.get(keyIn(resource, namespace, name));
  return stored === undefined ? undefined : encodeObject(resource, version, stored.object);
}

export interface Selection {
  readonly labels: LabelSelector | undefined;
  readonly fields: readonly FieldRequirement[];
}

const NO_FIELDS: readonly FieldRequirement[] = [];

/** Reads the selectors of a list or watch. Throws BadRequest for what is malformed or not supported. */
export function parseSelection(
  resource: Resource,
  labelSelector: string | undefined,
  fieldSelector: string | undefined,
): Selection {
  const fields = fieldSelector === undefined || fieldSelector === '' ? NO_FIELDS : parseFieldSelector(fieldSelector);
  for (const { field } of fields) {
    if (!isKnownField(resource, field)) throw badRequest(unknownField(resource, field));
  }
  return {
    labels: labelSelector === undefined || labelSelector === '' ? undefined : parseLabelSelector(labelSelector),
    fields,
  };
}

/** Kinds without labels of their own know the namespace even where they have none. */
function isKnownField({ facts, namespaced, custom }: Resource, field: string): boolean {
  const { fieldLabels } = facts;
  if (field === 'metadata.name') return true;
  if (field === 'metadata.namespace') return namespaced || (!custom && fieldLabels === undefined);
  return fieldLabels !== undefined && Object.hasOwn(fieldLabels, field);
}

function unknownField({ facts, custom }: Resource, field: string): string {
  if (facts.unknownField !== undefined) return facts.unknownField(field);
  return custom || facts.fieldLabels !== undefined
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** Whether an object fulfils both selectors. */
export function isSelected(resource: Resource, selection: Selection, object: KubeObject): boolean {
  if (selection.labels !== undefined && !selection.labels.matches(object.metadata.labels)) return false;
  for (const { field, operator, value } of selection.fields) {
    if ((fieldValue(resource, object, field) === value) !== (operator === '=')) return false;
  }
  return true;
}

function fieldValue(resource: Resource, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name ?? '';
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  const read = resource.facts.fieldLabels?.[field];
  if (read !== undefined) return read(object);
  const value = getPath(object, field.split('.'));
  return value === undefined ? '' : String(value);
}

export interface ListQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly selection: Selection;
  /** The revision to read at; absent for the latest. */
  readonly at?: number;
}

/** The stored objects that are selected, in the order of namespace and name. Throws Expired. */
export function listStored(core: Core, resource: Resource, query: ListQuery): readonly StoredObject[] {
  const { namespace, selection, at } = query;
  if (resource.computed !== undefined) {
    const computed = resource.computed.list(core, namespace);
    return computed.filter((object) => isSelected(resource, selection, object)).map((object) => asStored(core, object));
  }
  const name = selection.fields.find(({ field, operator }) => field === 'metadata.name' && operator === '=')?.value;
  if (name !== undefined && at === undefined && (namespace !== undefined || !resource.namespaced)) {
    const stored = core.store.get(keyIn(resource, namespace ?? '', name));
    return stored !== undefined && isSelected(resource, selection, stored.object) ? [stored] : [];
  }
  const all = core.store.list(prefixOf(resource, namespace), at);
  if (selection.labels === undefined && selection.fields.length === 0) return all;
  return all.filter((stored) => isSelected(resource, selection, stored.object));
}

/** An object that is not stored, as of now. */
function asStored(core: Core, object: KubeObject): StoredObject {
  const { namespace = '', name = '' } = object.metadata;
  return { key: `${namespace}/${name}`, object, revision: core.store.revision };
}
