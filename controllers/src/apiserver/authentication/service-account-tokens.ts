/**
 * The tokens of service accounts: their claims, and who a token says its bearer is (pkg/serviceaccount claims.go,
 * legacy.go and jwt.go, v1.34). Times are the cluster's; a token that is bound to an object goes with it.
 */
import { isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import { type Core, newUid } from '../core.ts';
import { type Claims, readClaims } from './authority.ts';
import { AUTHENTICATED, parseServiceAccount, serviceAccountGroups, serviceAccountName, type UserInfo } from './user.ts';

/** Who issues tokens, and whom they are for unless the request says otherwise. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY = 'kubernetes.io/serviceaccount';
/** Clocks may differ by so much (milliseconds). */
const LEEWAY = 60_000;
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** What a token is bound to. */
export interface Binding {
  readonly pod?: KubeObject;
  readonly secret?: KubeObject;
  readonly node?: { readonly name: string; readonly uid?: string };
}

export interface TokenOrder {
  readonly audiences: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  /** Seconds after which its use is to be warned of. */
  readonly warnAfter?: number;
  readonly binding: Binding;
  /** What it is known by; default: by chance. */
  readonly id?: string;
}

/** Issues a token of an account. */
export function issueToken(core: Core, account: KubeObject, order: TokenOrder): string {
  const now = Math.floor(core.now() / 1000);
  const { metadata } = account;
  const { audiences, lifetime, warnAfter, binding, id = newUid(core.random) } = order;
  const reference = (object: KubeObject) => ({ name: object.metadata.name, uid: object.metadata.uid });
  return core.authority.signToken({
    aud: audiences,
    exp: now + lifetime,
    iat: now,
    iss: ISSUER,
    jti: id,
    'kubernetes.io': {
      namespace: metadata.namespace,
      ...(binding.node === undefined ? {} : { node: binding.node }),
      ...(binding.pod === undefined ? {} : { pod: reference(binding.pod) }),
      ...(binding.secret === undefined ? {} : { secret: reference(binding.secret) }),
      serviceaccount: reference(account),
      ...(warnAfter === undefined ? {} : { warnafter: now + warnAfter }),
    },
    nbf: now,
    sub: serviceAccountName(metadata.namespace ?? '', metadata.name ?? ''),
  });
}

/** The token of a Secret of type kubernetes.io/service-account-token: it never ends, and goes with the Secret. */
export function issueLegacyToken(core: Core, account: KubeObject, secretName: string): string {
  const { name = '', namespace = '', uid } = account.metadata;
  return core.authority.signToken({
    iss: LEGACY_ISSUER,
    [`${LEGACY}/namespace`]: namespace,
    [`${LEGACY}/secret.name`]: secretName,
    [`${LEGACY}/service-account.name`]: name,
    [`${LEGACY}/service-account.uid`]: uid,
    sub: serviceAccountName(namespace, name),
  });
}

/** A token's bearer and the audiences that it is good for, or why it is refused; undefined for one of someone else. */
export type TokenAnswer =
  | { readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly error: string }
  | undefined;

export function authenticateToken(core: Core, token: string, audiences: readonly string[] = [ISSUER]): TokenAnswer {
  const issuer = readClaims(token)?.iss;
  if (issuer !== ISSUER && issuer !== LEGACY_ISSUER) return undefined;
  const claims = core.authority.verifyToken(token);
  if (claims === undefined) return { error: 'go-jose/go-jose: error in cryptographic primitive' };
  const own = issuer === LEGACY_ISSUER ? [ISSUER] : textsOf(claims.aud);
  const common = own.filter((audience) => audiences.includes(audience));
  if (common.length === 0) {
    return { error: `token audiences ${quoteList(own)} is invalid for the target audiences ${quoteList(audiences)}` };
  }
  const found = issuer === LEGACY_ISSUER ? validateLegacy(core, claims, token) : validateBound(core, claims);
  return typeof found === 'string' ? { error: found } : { user: found, audiences: common };
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function quoteList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

const INVALIDATED = 'service account token has been invalidated';

interface Reference {
  readonly name: string;
  readonly uid: string;
}

function referenceOf(value: unknown): Reference | undefined {
  if (!isObject(value)) return undefined;
  const { name, uid } = value;
  return { name: typeof name === 'string' ? name : '', uid: typeof uid === 'string' ? uid : '' };
}

/** The user, or why the token is refused. */
function validateBound(core: Core, claims: Claims): UserInfo | string {
  const now = core.now();
  const time = (name: string) => (typeof claims[name] === 'number' ? claims[name] * 1000 : undefined);
  const [expiry, notBefore, issuedAt] = [time('exp'), time('nbf'), time('iat')];
  if (notBefore !== undefined && now + LEEWAY < notBefore) return 'service account token is not valid yet';
  if (expiry !== undefined && now - LEEWAY > expiry) return 'service account token has expired';
  if (issuedAt !== undefined && now + LEEWAY < issuedAt) return 'service account token is issued in the future';
  const own = isObject(claims['kubernetes.io']) ? claims['kubernetes.io'] : {};
  const namespace = typeof own.namespace === 'string' ? own.namespace : '';
  const account = referenceOf(own.serviceaccount) ?? { name: '', uid: '' };
  const [pod, node, secret] = [referenceOf(own.pod), referenceOf(own.node), referenceOf(own.secret)];
  const problem =
    checkAccount(core, namespace, account) ??
    checkBound(core, secret, {
      resource: 'secrets',
      namespace,
      label: 'secret UID',
      claim: 'service account secret',
    }) ??
    checkBound(core, pod, { resource: 'pods', namespace, label: 'pod UID', claim: 'service account pod' }) ??
    checkBound(core, pod === undefined ? node : undefined, {
      resource: 'nodes',
      namespace: '',
      label: 'node UID',
      claim: 'service account node',
    });
  if (problem !== undefined) return problem;
  const extra: Record<string, readonly string[]> = {};
  const note = (key: string, value: string) => {
    if (value !== '') extra[`authentication.kubernetes.io/${key}`] = [value];
  };
  if (pod !== undefined) {
    note('pod-name', pod.name);
    note('pod-uid', pod.uid);
  }
  if (node !== undefined) {
    note('node-name', node.name);
    note('node-uid', node.uid);
  }
  if (typeof claims.jti === 'string' && claims.jti !== '') extra[CREDENTIAL_ID] = [`JTI=${claims.jti}`];
  return serviceAccountUser(namespace, account, extra);
}

function serviceAccountUser(
  namespace: string,
  { name, uid }: Reference,
  extra: Readonly<Record<string, readonly string[]>>,
): UserInfo {
  return {
    username: serviceAccountName(namespace, name),
    uid,
    groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function find(core: Core, resource: string, namespace: string, name: string): KubeObject | undefined {
  return core.store.get(storageKey('', resource, namespace, name))?.object;
}

/** Whether an object has been deleted for so long that a clock elsewhere knows of it. */
function isDeleted(core: Core, { metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) < core.now() - LEEWAY;
}

function checkAccount(core: Core, namespace: string, { name, uid }: Reference): string | undefined {
  const account = find(core, 'serviceaccounts', namespace, name);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(name)} not found`;
  if (account.metadata.uid !== uid) {
    return `service account UID (${account.metadata.uid}) does not match claim (${uid})`;
  }
  if (isDeleted(core, account)) return `service account ${namespace}/${name} has been deleted`;
  return undefined;
}

function checkBound(
  core: Core,
  reference: Reference | undefined,
  about: { readonly resource: string; readonly namespace: string; readonly label: string; readonly claim: string },
): string | undefined {
  if (reference === undefined) return undefined;
  const object = find(core, about.resource, about.namespace, reference.name);
  if (object === undefined) return INVALIDATED;
  if (object.metadata.uid !== reference.uid) {
    return `${about.label} (${object.metadata.uid}) does not match ${about.claim} ref claim (${reference.uid})`;
  }
  return isDeleted(core, object) ? INVALIDATED : undefined;
}

/** The user of a Secret's token, or why it is refused. */
function validateLegacy(core: Core, claims: Claims, token: string): UserInfo | string {
  const claim = (name: string) => {
    const value = claims[`${LEGACY}/${name}`];
    return typeof value === 'string' ? value : '';
  };
  const [namespace, secretName] = [claim('namespace'), claim('secret.name')];
  const account = { name: claim('service-account.name'), uid: claim('service-account.uid') };
  const subject = parseServiceAccount(typeof claims.sub === 'string' ? claims.sub : '');
  if (subject?.namespace !== namespace || subject.name !== account.name) return 'sub claim is invalid';
  const secret = find(core, 'secrets', namespace, secretName);
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return 'Token has been invalidated';
  const data = isObject(secret.data) ? secret.data : {};
  if (data.token !== Buffer.from(token).toString('base64')) return "Token does not match server's copy";
  const found = find(core, 'serviceaccounts', namespace, account.name);
  if (found === undefined) return `serviceaccounts ${JSON.stringify(account.name)} not found`;
  if (found.metadata.deletionTimestamp !== undefined) {
    return `ServiceAccount ${namespace}/${account.name} has been deleted`;
  }
  if (found.metadata.uid !== account.uid) {
    return `ServiceAccount UID (${found.metadata.uid}) does not match claim (${account.uid})`;
  }
  return serviceAccountUser(namespace, account, {});
}
