/**
 * What may change by way of a pod's subresources: ephemeral containers are only added, a resize changes only CPU and memory
 * (pkg/apis/core/validation ValidatePodEphemeralContainersUpdate and ValidatePodResize, v1.34).
 */
import { type FieldError, forbiddenField, invalid } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { qosClass } from '../resources/core/qos.ts';
import { describeDifference } from './difference.ts';

type Spec = Readonly<Record<string, unknown>>;
type Entry = Readonly<Record<string, unknown>>;

const MIRROR = 'kubernetes.io/config.mirror';

function specOf(object: KubeObject): Spec {
  return isObject(object.spec) ? object.spec : {};
}

function entries(spec: Spec, field: string): readonly Entry[] {
  const list = spec[field];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export function validateEphemeralUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined)
    return [forbiddenField('', 'static pods do not support ephemeral containers')];
  const path = 'spec.ephemeralContainers';
  const now = new Map(entries(specOf(object), 'ephemeralContainers').map((entry) => [entry.name, entry]));
  return entries(specOf(old), 'ephemeralContainers').flatMap((before) => {
    const after = now.get(before.name);
    const subject = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`;
    if (after === undefined) return [forbiddenField(path, `${subject} removed\n`)];
    if (deepEqual(after, before)) return [];
    return [forbiddenField(path, `${subject} changed\n${describeDifference(before, after, 'EphemeralContainer')}`)];
  });
}

export function validateResize(object: KubeObject, old: KubeObject): readonly FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods cannot be resized')];
  const [spec, before] = [specOf(object), specOf(old)];
  const errors: FieldError[] = [];
  const status = isObject(old.status) ? old.status : {};
  if (status.qosClass !== undefined && qosClass(spec) !== status.qosClass)
    errors.push(invalid('spec', status.qosClass, 'Pod QOS Class may not change as a result of resizing'));
  for (const field of ['containers', 'initContainers']) {
    const [now, then] = [entries(spec, field), entries(before, field)];
    if (now.length !== then.length || now.some(({ name }, index) => name !== then[index]?.name))
      return [...errors, forbiddenField(`spec.${field}`, `${field} may not be renamed or reordered on resize`)];
    for (const [index, container] of now.entries()) errors.push(...resizeErrors(container, then[index] ?? {}, field));
  }
  return errors;
}

function resizeErrors(now: Entry, then: Entry, field: string): readonly FieldError[] {
  if (deepEqual(now.resources, then.resources)) return [];
  const isSidecar = field === 'initContainers' && then.restartPolicy === 'Always';
  if (field === 'initContainers' && !isSidecar)
    return [forbiddenField('spec', 'resources for non-sidecar init containers are immutable')];
  if (deepEqual(withoutCpuAndMemory(now), withoutCpuAndMemory(then))) return [];
  return [
    forbiddenField('spec', `only cpu and memory resources ${isSidecar ? 'for sidecar containers ' : ''}are mutable`),
  ];
}

function withoutCpuAndMemory({ resources }: Entry): object {
  const lists = isObject(resources) ? resources : {};
  const others = (list: unknown): object =>
    Object.fromEntries(
      Object.entries(isObject(list) ? list : {}).filter(([name]) => name !== 'cpu' && name !== 'memory'),
    );
  return { requests: others(lists.requests), limits: others(lists.limits) };
}
