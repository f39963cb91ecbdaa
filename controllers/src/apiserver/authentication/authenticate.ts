/**
 * Who sent a request: by the way it came, its certificate, or its token; and as whom it wants to act (apiserver's
 * authentication/request and endpoints/filters/impersonation.go, v1.34).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../../apimachinery/status.ts';
import { type Attributes, forbiddenAccess } from '../authorization/attributes.ts';
import { decide } from '../authorization/authorizer.ts';
import type { Core } from '../core.ts';
import { authenticateToken } from './service-account-tokens.ts';
import {
  ADMIN,
  ANONYMOUS,
  AUTHENTICATED,
  parseServiceAccount,
  serviceAccountGroups,
  type UserInfo,
  withAuthenticated,
} from './user.ts';

/** How a request came: what TLS knows of its sender. */
export type Peer =
  /** By a way that is the owner's alone: all rights, unless the request has a token. */
  | { readonly kind: 'owner' }
  /** Without a certificate. */
  | { readonly kind: 'unknown' }
  /** With one that the cluster's CA did not sign. */
  | { readonly kind: 'untrusted' }
  | {
      readonly kind: 'certificate';
      readonly commonName: string;
      readonly organizations: readonly string[];
      /** SHA-256 of the certificate, hexadecimal. */
      readonly fingerprint: string;
    };

export const OWNER: Peer = { kind: 'owner' };

/** The user. Throws Unauthorized for a proof that is none. */
export function authenticate(core: Core, headers: IncomingHttpHeaders, peer: Peer): UserInfo {
  const [, token] = /^bearer +(.+)$/i.exec((headers.authorization ?? '').trim()) ?? [];
  if (peer.kind === 'certificate') {
    return {
      username: peer.commonName,
      groups: [...peer.organizations, AUTHENTICATED],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${peer.fingerprint}`] },
    };
  }
  if (token !== undefined) {
    const answer = authenticateToken(core, token.trim());
    if (answer !== undefined && 'user' in answer) return answer.user;
    throw unauthorized();
  }
  if (peer.kind === 'untrusted') throw unauthorized();
  return peer.kind === 'owner' ? ADMIN : ANONYMOUS;
}

function unauthorized(): ApiError {
  return new ApiError('Unauthorized', 'Unauthorized');
}

interface Wish {
  readonly attributes: Omit<Attributes, 'user'>;
  readonly username?: string;
  readonly groups?: readonly string[];
}

const EXTRA = 'impersonate-extra-';

/** Whom the request acts as: its sender, or someone whom that may be. Throws Forbidden, InternalError. */
export function impersonate(core: Core, headers: Readonly<NodeJS.Dict<string[]>>, sender: UserInfo): UserInfo {
  const [username] = headers['impersonate-user'] ?? [];
  const groups = headers['impersonate-group'] ?? [];
  const [uid] = headers['impersonate-uid'] ?? [];
  const extra = Object.entries(headers)
    .filter(([name]) => name.startsWith(EXTRA))
    .map(([name, values]) => ({ key: decodeKey(name.slice(EXTRA.length)), values: values ?? [] }));
  if (username === undefined || username === '') {
    if (groups.length === 0 && extra.length === 0 && (uid ?? '') === '') return sender;
    throw new ApiError('InternalError', 'requested groups, uid or extra without impersonating a user');
  }
  const account = parseServiceAccount(username);
  const wish = (resource: string, name: string, more: Partial<Attributes> = {}): Wish['attributes'] => ({
    verb: 'impersonate',
    group: '',
    version: 'v1',
    resource,
    name,
    ...more,
  });
  const authentication = { group: 'authentication.k8s.io' };
  const wishes = [
    account === undefined
      ? wish('users', username)
      : wish('serviceaccounts', account.name, { namespace: account.namespace }),
    ...groups.map((group) => wish('groups', group)),
    ...extra.flatMap(({ key, values }) =>
      values.map((value) => wish('userextras', value, { ...authentication, subresource: key })),
    ),
    ...(uid === undefined || uid === '' ? [] : [wish('uids', uid, authentication)]),
  ];
  for (const asked of wishes) {
    const attributes = { user: sender, ...asked };
    const { allowed, reason } = decide(core, attributes);
    if (!allowed && core.enforcesRbac) throw forbiddenAccess(attributes, reason);
  }
  const own = groups.length > 0 || account === undefined ? groups : serviceAccountGroups(account.namespace);
  return {
    username,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    groups: withAuthenticated(own, username),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra.map(({ key, values }) => [key, values])) }),
  };
}

function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
