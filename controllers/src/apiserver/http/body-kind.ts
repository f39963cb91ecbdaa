/**
 * Whether a body is what its URL says (apiserver's endpoints/handlers and runtime/serializer, v1.34).
 */
import { badRequest, invalid, invalidObject } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/resource.ts';
import { kindSchema } from '../schema/types.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import { unrecognized } from './body.ts';

/** What a body of this request is. */
export function bodyKind({ resource, subresource }: ResourceRequest): string {
  return subresource === '' ? resource.kind : (resource.subresources.get(subresource)?.kind ?? resource.kind);
}

/** The body must be of the kind that the URL says. */
export function checkKind(target: ResourceRequest, body: JsonObject, bytes: Buffer): void {
  const { resource, version, subresource } = target;
  if (subresource !== '' && subresource !== 'status') return;
  if (resource.custom) {
    checkCustomKind(target, body, bytes);
    return;
  }
  const expected = formatGroupVersion({ group: resource.group, version });
  const given = {
    kind: String(body.kind ?? '') || resource.kind,
    apiVersion: String(body.apiVersion ?? '') || expected,
  };
  if (given.kind === resource.kind && given.apiVersion === expected) return;
  const type = parseGroupVersion(given.apiVersion);
  const problem = (text: string): Error =>
    badRequest(`${given.kind} in version "${type?.version ?? ''}" cannot be handled as a ${resource.kind}: ${text}`);
  if (type === undefined)
    throw unrecognized(resource.kind, `unexpected GroupVersion string: ${given.apiVersion}`, bytes);
  const isSame = given.kind === resource.kind && type.group === resource.group;
  if (isSame && kindSchema(type.group, type.version, given.kind) !== undefined) {
    throw badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (!isRegistered(type.group, type.version, given.kind)) {
    const place = 'in scheme "pkg/runtime/scheme.go:110"';
    throw problem(`no kind "${given.kind}" is registered for version "${given.apiVersion}" ${place}`);
  }
  const go = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));
  const from = `${type.version}.${given.kind}`;
  throw problem(`converting (${from}) to (${go(resource.group)}.${resource.kind}): unknown conversion`);
}

/** Custom resources must say what they are. */
function checkCustomKind({ resource, version, name }: ResourceRequest, body: JsonObject, bytes: Buffer): void {
  const { kind, apiVersion, metadata } = body;
  const expected = formatGroupVersion({ group: resource.group, version });
  if (typeof kind !== 'string' || kind === '') {
    throw unrecognized(resource.kind, `Object 'Kind' is missing in '${bytes.toString()}'`, bytes);
  }
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion ?? '')}) does not match the expected API version (${expected})`,
    );
  }
  if (kind === resource.kind) return;
  const given = isObject(metadata) && typeof metadata.name === 'string' ? metadata.name : name;
  throw invalidObject({ group: resource.group, kind }, given, [invalid('kind', kind, `must be ${resource.kind}`)]);
}

/** Kinds, and the lists of kinds. */
function isRegistered(group: string, version: string, kind: string): boolean {
  if (kindSchema(group, version, kind) !== undefined) return true;
  if (!kind.endsWith('List')) return false;
  const of = kind.slice(0, -'List'.length);
  return kindSchema(group, version, of) !== undefined || (of === '' && group === '' && version === 'v1');
}
