/** What is asked for, as authorizers see it (apiserver's authorizer.Attributes), and the words of a refusal. */
import { ApiError } from '../../apimachinery/status.ts';
import type { UserInfo } from '../authentication/user.ts';

export interface Attributes {
  readonly user: UserInfo;
  readonly verb: string;
  /** Of a resource; with `path` absent. */
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  /** Absent or empty: the whole cluster. */
  readonly namespace?: string;
  readonly name?: string;
  /** Of what is no resource, e.g. `/version`. */
  readonly path?: string;
}

/** `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "y"`. */
export function forbiddenAccess(attributes: Attributes, reason: string): ApiError {
  const { group = '', resource = '', name = '' } = attributes;
  const text = sanitize(describe(attributes));
  const full = reason === '' ? text : `${text}: ${reason}`;
  if (resource === '') return new ApiError('Forbidden', `forbidden: ${full}`, {});
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const subject = name === '' ? qualified : `${qualified} "${name}"`;
  return new ApiError('Forbidden', `${subject} is forbidden: ${full}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  });
}

function describe({ user, verb, group = '', resource, subresource = '', namespace = '', path }: Attributes): string {
  const who = `User ${JSON.stringify(user.username)} cannot ${verb}`;
  if (path !== undefined) return `${who} path ${JSON.stringify(path)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

function sanitize(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
