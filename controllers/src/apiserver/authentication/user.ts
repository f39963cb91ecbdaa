/** Who asks: what authentication found out (apiserver's authentication/user and serviceaccount/util.go, v1.34). */
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
/** Its members may do everything, whatever the roles say. */
export const MASTERS = 'system:masters';
const ANONYMOUS_NAME = 'system:anonymous';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** Who has no proof. */
export const ANONYMOUS: UserInfo = { username: ANONYMOUS_NAME, groups: [UNAUTHENTICATED] };

/** Who needs no proof: the control plane, and whoever reaches the cluster by a way that is its owner's alone. */
export const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: [MASTERS, AUTHENTICATED] };

export function isMaster({ groups }: UserInfo): boolean {
  return groups.includes(MASTERS);
}

/** `system:serviceaccount:<namespace>:<name>` */
export function serviceAccountName(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT}${namespace}:${name}`;
}

/** The groups of every account of a namespace. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** The account that a user name is; undefined for any other user. */
export function parseServiceAccount(
  username: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace = '', name = '', ...rest] = username.slice(SERVICE_ACCOUNT.length).split(':');
  if (rest.length > 0 || isDns1123Label(namespace).length > 0 || isDns1123Subdomain(name).length > 0) return undefined;
  return { namespace, name };
}

/** With the group of everyone who is somebody, unless the groups say already whether they are. */
export function withAuthenticated(groups: readonly string[], username: string): readonly string[] {
  if (username === ANONYMOUS_NAME) {
    return groups.includes(UNAUTHENTICATED) ? groups : [...groups, UNAUTHENTICATED];
  }
  return groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED) ? groups : [...groups, AUTHENTICATED];
}
