/**
 * Rules of roles: what they allow, and whether some cover others (pkg/apis/rbac/v1 evaluation_helpers.go and
 * component-helpers' auth/rbac/validation/policy_comparator.go, v1.34).
 */
import type { Attributes } from './attributes.ts';

export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const ALL = '*';
const NONE: readonly string[] = [];

function hasAll(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(ALL) || list.includes(value));
}

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!hasAll(rule.verbs, attributes.verb)) return false;
  const { path } = attributes;
  if (path !== undefined) return (rule.nonResourceURLs ?? NONE).some((url) => url === ALL || urlCovers(url, path));
  const { group = '', resource = '', subresource = '', name = '' } = attributes;
  const names = rule.resourceNames ?? NONE;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    hasAll(rule.apiGroups, group) &&
    (hasAll(rule.resources, combined) || (subresource !== '' && hasOwn(rule.resources, `*/${subresource}`))) &&
    (names.length === 0 || names.includes(name))
  );
}

function hasOwn(list: readonly string[] | undefined, value: string): boolean {
  return list?.includes(value) === true;
}

function urlCovers(owner: string, path: string): boolean {
  return owner === path || (owner.endsWith('*') && path.startsWith(owner.replace(/\*+$/, '')));
}

/** The parts of rules that others do not cover: each with one verb, one group, one resource and one name, or one URL. */
export function uncoveredRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs = NONE, apiGroups = NONE, resources = NONE, resourceNames = NONE, nonResourceURLs = NONE } = rule;
  const parts: PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) parts.push(part);
        for (const name of resourceNames) parts.push({ ...part, resourceNames: [name] });
      }
    }
  }
  for (const url of nonResourceURLs) for (const verb of verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  return parts;
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const every = (own: readonly string[] | undefined, wanted: readonly string[] = NONE) =>
    hasOwn(own, ALL) || wanted.every((value) => hasOwn(own, value));
  const [resource] = part.resources ?? NONE;
  const slash = resource?.indexOf('/') ?? -1;
  const { resourceNames: ownNames = NONE } = owner;
  const { resourceNames: names = NONE } = part;
  return (
    every(owner.verbs, part.verbs) &&
    every(owner.apiGroups, part.apiGroups) &&
    (resource === undefined ||
      hasAll(owner.resources, resource) ||
      (slash >= 0 && hasOwn(owner.resources, `*${resource.slice(slash)}`))) &&
    (part.nonResourceURLs ?? NONE).every((url) => (owner.nonResourceURLs ?? NONE).some((own) => urlCovers(own, url))) &&
    (ownNames.length === 0 || (names.length > 0 && names.every((name) => ownNames.includes(name))))
  );
}

/** Parts that differ by their verb only become one; each as Kubernetes prints it, sorted. */
export function formatRules(parts: readonly PolicyRule[]): readonly string[] {
  const merged = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const part of parts) {
    if (part.nonResourceURLs !== undefined) {
      rest.push(part);
      continue;
    }
    const key = JSON.stringify([part.apiGroups, part.resources, part.resourceNames]);
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined ? part : { ...known, verbs: [...(known.verbs ?? NONE), ...(part.verbs ?? NONE)] },
    );
  }
  return [...new Set([...rest, ...merged.values()].map(formatRule))].sort();
}

function formatRule(rule: PolicyRule): string {
  const list = (label: string, values: readonly string[] = NONE) =>
    values.length === 0 ? [] : [`${label}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`];
  const parts = [
    ...list('APIGroups', rule.apiGroups),
    ...list('Resources', rule.resources),
    ...list('NonResourceURLs', rule.nonResourceURLs),
    ...list('ResourceNames', rule.resourceNames),
    ...list('Verbs', rule.verbs),
  ];
  return `{${parts.join(', ')}}`;
}
