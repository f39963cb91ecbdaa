/**
 * PodSecurity: pods must keep to the policy of their namespace; what would make such pods is warned of
 * (pod-security-admission's admission.go, v0.34).
 */
import { forbidden, invalidObject } from '../../apimachinery/api-errors.ts';
import { deepEqual, getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { controllerOf } from '../../apimachinery/owner.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { detailOf, reasonOf, violationsOf } from './pod-security/evaluate.ts';
import type { CheckedPod, Container, PodSpec } from './pod-security/pod.ts';
import { compareLevels, formatPolicy, isFullyPrivileged, type LevelVersion, policyOf } from './pod-security/policy.ts';

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(request, object, core) {
    const { resource, subresource, operation } = request;
    if (object === undefined || operation === 'DELETE') return;
    if (resource.group === '' && resource.kind === 'Pod') {
      if (CHECKED_SUBRESOURCES.has(subresource)) validatePod(request, object, core);
    } else if (subresource !== '') return;
    else if (resource.group === '' && resource.kind === 'Namespace') validateNamespace(request, object, core);
    else {
      const path = TEMPLATES.get(`${resource.kind}.${resource.group}`);
      if (path !== undefined) validateTemplate(request, getPath(object, path), core);
    }
  },
};

/** Through which the spec of a pod can be changed. */
const CHECKED_SUBRESOURCES: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize']);

/** Where the kinds that make pods have their template. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['ReplicationController.', ['spec', 'template']],
  ['PodTemplate.', ['template']],
  ['ReplicaSet.apps', ['spec', 'template']],
  ['Deployment.apps', ['spec', 'template']],
  ['StatefulSet.apps', ['spec', 'template']],
  ['DaemonSet.apps', ['spec', 'template']],
  ['Job.batch', ['spec', 'template']],
  ['CronJob.batch', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** Pods are not looked at beyond so many. */
const MAX_PODS = 3000;

function namespacePolicy(core: Core, name: string): ReturnType<typeof policyOf> {
  return policyOf(core.store.get(storageKey('', 'namespaces', '', name))?.object.metadata.labels);
}

/** `object` is a pod, or a template of some. */
function asPod(object: unknown): CheckedPod {
  const annotations = getPath(object, ['metadata', 'annotations']);
  const spec = getPath(object, ['spec']);
  return {
    annotations: isObject(annotations) ? (annotations as Readonly<Record<string, string>>) : {},
    spec: isObject(spec) ? (spec as PodSpec) : {}, // validated before
  };
}

function validatePod(request: AdmissionRequest, object: KubeObject, core: Core): void {
  const { policy } = namespacePolicy(core, request.namespace);
  if (isFullyPrivileged(policy)) return;
  const pod = asPod(object);
  if (request.old !== undefined && !hasOtherImages(pod.spec, asPod(request.old).spec)) return;
  const violations = violationsOf(pod, policy.enforce);
  if (violations.length > 0) {
    const reason = `violates PodSecurity ${JSON.stringify(formatPolicy(policy.enforce))}: ${detailOf(violations)}`;
    throw forbidden(request.resource, request.name, reason);
  }
  warn(request, pod, policy.warn);
}

function validateTemplate(request: AdmissionRequest, template: unknown, core: Core): void {
  const { policy } = namespacePolicy(core, request.namespace);
  if (policy.warn.level !== 'privileged' && isObject(template)) warn(request, asPod(template), policy.warn);
}

function warn(request: AdmissionRequest, pod: CheckedPod, policy: LevelVersion): void {
  const violations = violationsOf(pod, policy);
  if (violations.length === 0) return;
  request.warn?.(`would violate PodSecurity ${JSON.stringify(formatPolicy(policy))}: ${detailOf(violations)}`);
}

/** Of what can be changed in a pod, only containers and their images matter. */
function hasOtherImages(spec: PodSpec, old: PodSpec): boolean {
  const differs = (now: readonly Container[] = [], before: readonly Container[] = []) =>
    now.length !== before.length || now.some(({ image }, index) => image !== before[index]?.image);
  return (
    differs(spec.containers, old.containers) ||
    differs(spec.initContainers, old.initContainers) ||
    (spec.ephemeralContainers ?? []).some(
      ({ name, image }) => old.ephemeralContainers?.find((container) => container.name === name)?.image !== image,
    )
  );
}

function validateNamespace(request: AdmissionRequest, object: KubeObject, core: Core): void {
  const { policy, errors } = policyOf(object.metadata.labels);
  const before = request.old === undefined ? undefined : policyOf(request.old.metadata.labels);
  if (errors.length > 0 && (before === undefined || !deepEqual(errors, before.errors))) {
    throw invalidObject(request.resource, request.name, errors);
  }
  if (before === undefined) return;
  const [now, then] = [policy.enforce, before.policy.enforce];
  const isStricter = now.minor !== then.minor || compareLevels(now.level, then.level) > 0;
  if (now.level === 'privileged' || !isStricter) return;
  for (const text of warningsOfPods(core, request.name, now)) request.warn?.(text);
}

/** The pods that are there and would be refused; one of each controller first. */
function warningsOfPods(core: Core, namespace: string, policy: LevelVersion): readonly string[] {
  const pods = core.store.list(storagePrefix('', 'pods', namespace)).map(({ object }) => object);
  const seen = new Set<string>();
  const [first, others]: [KubeObject[], KubeObject[]] = [[], []];
  for (const pod of pods) {
    const uid = controllerOf(pod)?.uid;
    (uid !== undefined && seen.has(uid) ? others : first).push(pod);
    if (uid !== undefined) seen.add(uid);
  }
  const checked = [...first, ...others].slice(0, MAX_PODS);
  const names = new Map<string, string[]>();
  for (const pod of checked) {
    const violations = violationsOf(asPod(pod), policy);
    if (violations.length === 0) continue;
    const reason = reasonOf(violations);
    names.set(reason, [...(names.get(reason) ?? []), pod.metadata.name ?? '']);
  }
  const lines = [...names].map(([reason, affected]) => {
    const [name = ''] = [...affected].sort();
    const more = affected.length - 1;
    const rest = more === 0 ? '' : ` (and ${more} other ${more === 1 ? 'pod' : 'pods'})`;
    return { reason, text: `${name}${rest}: ${reason}` };
  });
  const level = JSON.stringify(formatPolicy(policy));
  return [
    ...(checked.length < pods.length
      ? [
          `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`,
        ]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${level}`]
      : []),
    ...lines.map(({ text }) => text).sort(),
  ];
}
