/** POST to serviceaccounts/token (pkg/registry/core/serviceaccount/storage/token.go, v1.34). */
import { createHash } from 'node:crypto';
import { badRequest, conflict, invalid, invalidObject, notFound } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseGroupVersion, storageKey } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { decodeNamed } from '../codec.ts';
import type { Core } from '../core.ts';
import type { WriteRequest } from '../verbs/request.ts';
import { type Binding, ISSUER, issueToken } from './service-account-tokens.ts';

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** What kubelets ask for in pods; such a token lives on for a year, so that old clients which do not reload it go on. */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 60 * 60;

interface TokenRequest {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly uid?: string };
  readonly spec?: {
    readonly audiences?: readonly string[] | null;
    readonly expirationSeconds?: number | null;
    readonly boundObjectRef?: BoundReference | null;
  };
}

interface BoundReference {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** Answers the request with its token. Throws NotFound, Conflict, Invalid, BadRequest. */
export function requestToken(core: Core, request: WriteRequest): KubeObject {
  const { name, namespace } = request;
  const given = decodeNamed('authentication/v1.TokenRequest', request.body) as unknown as TokenRequest; // decoded as such
  const { metadata = {}, spec = {} } = given;
  const mismatch = (field: 'name' | 'namespace', expected: string) => {
    const value = metadata[field] ?? '';
    if (value === '' || value === expected) return;
    throw invalidObject(KIND, name, [
      invalid(`metadata.${field}`, value, `must match the service account ${field} if specified`),
    ]);
  };
  mismatch('name', name);
  mismatch('namespace', namespace);
  const account = find(core, 'serviceaccounts', namespace, name);
  const { uid = '' } = account.metadata;
  if ((metadata.uid ?? '') !== '' && metadata.uid !== uid) {
    throw conflict(
      { group: KIND.group, resource: KIND.kind },
      name,
      `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`,
    );
  }
  const audiences = spec.audiences?.length ? spec.audiences : [ISSUER];
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  checkLifetime(seconds);
  const reference = spec.boundObjectRef ?? undefined;
  const binding = reference === undefined ? {} : bind(core, request, reference);
  const extended =
    binding.pod !== undefined && seconds === WARN_ONLY_SECONDS && audiences.every((audience) => audience === ISSUER);
  const order = extended ? { lifetime: EXTENDED_SECONDS, warnAfter: seconds } : { lifetime: seconds };
  // A kubelet asks when somebody looks into a pod: that must not change what chance has for others.
  const id = request.user === undefined ? { id: derivedId([uid, reference?.uid, ...audiences, core.now()]) } : {};
  const token = issueToken(core, account, { audiences, binding, ...order, ...id });
  return {
    kind: KIND.kind,
    apiVersion: `${KIND.group}/v1`,
    metadata: { name, namespace, uid, creationTimestamp: formatTime(core.now()) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: reference ?? null },
    status: { token, expirationTimestamp: formatTime(core.now() + seconds * 1000) },
  };
}

/** A UUID made of what it is for. */
function derivedId(parts: readonly unknown[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function checkLifetime(seconds: number): void {
  const problem =
    seconds < MIN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > MAX_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (problem !== undefined) throw invalidObject(KIND, '', [invalid('spec.expirationSeconds', seconds, problem)]);
}

function find(core: Core, resource: string, namespace: string, name: string): KubeObject {
  const object = core.store.get(storageKey('', resource, namespace, name))?.object;
  if (object === undefined) throw notFound({ group: '', resource }, name);
  return object;
}

/** The object that the token is to go with. */
function bind(core: Core, { name, namespace }: WriteRequest, reference: BoundReference): Binding {
  const { apiVersion = '', kind = '' } = reference;
  const { group, version } = parseGroupVersion(apiVersion) ?? { group: apiVersion, version: '' };
  const check = (object: KubeObject): KubeObject => {
    const wanted = reference.uid ?? '';
    if (wanted === '' || wanted === object.metadata.uid) return object;
    throw conflict(
      { group: '', resource: kind },
      reference.name ?? '',
      `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  };
  if (group === '' && kind === 'Pod') {
    const pod = find(core, 'pods', namespace, reference.name ?? '');
    const spec = pod.spec as { serviceAccountName?: string; nodeName?: string } | undefined; // checked when it was stored
    if (spec?.serviceAccountName !== name) {
      throw badRequest(
        `cannot bind token for serviceaccount ${JSON.stringify(name)} to pod running with different serviceaccount name.`,
      );
    }
    const { nodeName = '' } = spec;
    return { pod: check(pod), ...(nodeName === '' ? {} : { node: nodeOf(core, nodeName) }) };
  }
  if (group === '' && kind === 'Node') {
    const node = check(find(core, 'nodes', '', reference.name ?? ''));
    return { node: nodeOf(core, node.metadata.name ?? '') };
  }
  if (group === '' && kind === 'Secret') {
    return { secret: check(find(core, 'secrets', namespace, reference.name ?? '')) };
  }
  throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
}

/** A node may be gone: its name is told all the same. */
function nodeOf(core: Core, name: string): { readonly name: string; readonly uid?: string } {
  const uid = core.store.get(storageKey('', 'nodes', '', name))?.object.metadata.uid;
  return uid === undefined ? { name } : { name, uid };
}
