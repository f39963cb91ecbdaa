/**
 * Which requests a policy, a binding or a webhook is for (the apiserver's pkg/admission/plugin/policy/matching and
 * webhook/predicates, v1.34).
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import { storageKey } from '../../../apimachinery/resource.ts';
import { type LabelSelectorSpec, labelSelectorOf } from '../../../apimachinery/selector.ts';
import type { Core } from '../../core.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { MatchResources, ResourceRule } from './policy.ts';

/** The version of a request that matched; undefined where none did. */
export function matchRequest(
  core: Core,
  match: MatchResources,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): string | undefined {
  if (!matchesNamespace(core, match.namespaceSelector, request, object)) return undefined;
  if (!matchesObject(match.objectSelector, request, object)) return undefined;
  if (matchRules(match.excludeResourceRules ?? [], match.matchPolicy, request) !== undefined) return undefined;
  const rules = match.resourceRules ?? [];
  return rules.length === 0 ? versionOf(request) : matchRules(rules, match.matchPolicy, request);
}

export function versionOf({ version, resource }: AdmissionRequest): string {
  return version ?? resource.storageVersion;
}

/** As the request is made, or with Equivalent as any other version of the resource. */
export function matchRules(
  rules: readonly ResourceRule[],
  policy: string | undefined,
  request: AdmissionRequest,
): string | undefined {
  const asked = versionOf(request);
  const others = policy === 'Exact' ? [] : request.resource.versions.filter((version) => version !== asked);
  return [asked, ...others].find((version) => rules.some((rule) => matchesRule(rule, request, version)));
}

function matchesRule(rule: ResourceRule, request: AdmissionRequest, version: string): boolean {
  const { resource, subresource, operation, name } = request;
  const has = (list: readonly string[] = [], value: string): boolean => list.includes('*') || list.includes(value);
  if (!has(rule.apiGroups, resource.group) || !has(rule.apiVersions, version)) return false;
  if (!has(rule.operations, operation) || !matchesScope(rule.scope, request)) return false;
  const named = (rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(name) === true;
  return named && (rule.resources ?? []).some((each) => matchesResource(each, resource.resource, subresource));
}

/** A namespace itself is not in one. */
function matchesScope(scope: string | undefined, { resource, namespace }: AdmissionRequest): boolean {
  if (scope === undefined || scope === '*') return true;
  const inside = namespace !== '' && !(resource.group === '' && resource.resource === 'namespaces');
  return (scope === 'Namespaced') === inside;
}

function matchesResource(wanted: string, resource: string, subresource: string): boolean {
  const [name, sub = ''] = wanted.split('/');
  return (name === '*' || name === resource) && (sub === subresource || (sub === '*' && wanted.includes('/')));
}

/** By the labels of the namespace that it is in, or that it is. What is in none is for everyone. */
export function matchesNamespace(
  core: Core,
  selector: LabelSelectorSpec | undefined,
  { resource, namespace, operation, old, name, subresource }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  if (isEmpty(selector)) return true;
  const isNamespace = resource.group === '' && resource.kind === 'Namespace';
  if (!isNamespace && namespace === '') return true;
  const own = operation === 'CREATE' && subresource === '' ? object : (old ?? object);
  const labels = isNamespace
    ? (own ?? core.store.get(storageKey('', 'namespaces', '', name))?.object)?.metadata.labels
    : core.store.get(storageKey('', 'namespaces', '', namespace))?.object.metadata.labels;
  return labelSelectorOf(selector).matches(labels ?? {});
}

/** By the labels of the object as it was or as it will be. */
export function matchesObject(
  selector: LabelSelectorSpec | undefined,
  { old }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  if (isEmpty(selector)) return true;
  const parsed = labelSelectorOf(selector);
  return [object, old].some((each) => each !== undefined && parsed.matches(each.metadata.labels ?? {}));
}

function isEmpty(selector: LabelSelectorSpec | undefined): boolean {
  if (selector === undefined) return true;
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}
