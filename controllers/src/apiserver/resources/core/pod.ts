/**
 * Pod: what the server sets and what it refuses (pkg/registry/core/pod/strategy.go and pkg/apis/core/validation, v1.34).
 */
import { getPath, isObject, type JsonObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { validatePod, validatePodSpecOf, validatePodUpdate } from '../../validation/pod.ts';
import { validateEphemeralUpdate, validateResize } from '../../validation/pod-subresources.ts';
import type { KindFacts } from '../resource.ts';
import { podTable } from './pod-table.ts';
import { qosClass } from './qos.ts';

const text =
  (path: string) =>
  (object: KubeObject): string => {
    const value = getPath(object, path.split('.'));
    return value === undefined || value === null ? '' : String(value);
  };

/** The old spec with the resources of the new one's containers; others are not looked at. */
function resized(spec: JsonObject, before: JsonObject): JsonObject {
  const merged = (field: string): object => {
    const [now, then] = [spec[field], before[field]];
    if (!Array.isArray(now) || !Array.isArray(then)) return {};
    const isSame =
      now.length === then.length &&
      now.every((each, index) => isObject(each) && isObject(then[index]) && each.name === then[index].name);
    if (!isSame) return { [field]: now };
    return {
      [field]: then.map((each: JsonObject, index) => {
        const { resources, resizePolicy } = now[index] as JsonObject; // seen above
        return {
          ...each,
          ...(resources === undefined ? {} : { resources }),
          ...(resizePolicy === undefined ? {} : { resizePolicy }),
        };
      }),
    };
  };
  return { ...before, ...merged('containers'), ...merged('initContainers') };
}

export const pod: KindFacts = {
  group: '',
  kind: 'Pod',
  generation: 'spec',
  prepareCreate(draft, { core }) {
    const spec = (draft.spec ?? {}) as Record<string, unknown>;
    if (typeof spec.terminationGracePeriodSeconds === 'number' && spec.terminationGracePeriodSeconds < 0)
      spec.terminationGracePeriodSeconds = 1;
    const gated = Array.isArray(spec.schedulingGates) && spec.schedulingGates.length > 0;
    draft.status = {
      phase: 'Pending',
      ...(gated
        ? {
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                lastProbeTime: null,
                lastTransitionTime: formatTime(core.now()),
                reason: 'SchedulingGated',
                message: 'Scheduling is blocked due to non-empty scheduling gates',
              },
            ],
          }
        : {}),
      qosClass: qosClass(spec),
    };
  },
  prepareUpdate(draft, old, { subresource }) {
    if (subresource !== 'ephemeralcontainers' && subresource !== 'resize') return;
    const spec = isObject(draft.spec) ? draft.spec : {};
    const before = isObject(old.spec) ? old.spec : {};
    draft.spec =
      subresource === 'resize' ? resized(spec, before) : { ...before, ephemeralContainers: spec.ephemeralContainers };
  },
  prepareStatusUpdate(draft, old) {
    draft.metadata.ownerReferences = old.metadata.ownerReferences ?? [];
    if (draft.metadata.ownerReferences.length === 0) delete draft.metadata.ownerReferences;
    const status = draft.status;
    const before = getPath(old, ['status', 'qosClass']);
    if (isObject(status) && before !== undefined) draft.status = { ...status, qosClass: before };
  },
  gracePeriod(object, requested) {
    const spec = (object.spec ?? {}) as JsonObject;
    const own = typeof spec.terminationGracePeriodSeconds === 'number' ? spec.terminationGracePeriodSeconds : 0;
    const phase = getPath(object, ['status', 'phase']);
    if (spec.nodeName === undefined || spec.nodeName === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
    const period = requested ?? own;
    return period < 0 ? 1 : period;
  },
  validate: validatePod,
  validateUpdate(object, old, { subresource }) {
    if (subresource === 'ephemeralcontainers')
      return [...validatePodSpecOf(object), ...validateEphemeralUpdate(object, old)];
    if (subresource === 'resize') return [...validatePodSpecOf(object), ...validateResize(object, old)];
    return validatePodUpdate(object, old);
  },
  table: podTable,
  fieldLabels: {
    'spec.nodeName': text('spec.nodeName'),
    'spec.restartPolicy': text('spec.restartPolicy'),
    'spec.schedulerName': text('spec.schedulerName'),
    'spec.serviceAccountName': text('spec.serviceAccountName'),
    'spec.hostNetwork': (object) => String(getPath(object, ['spec', 'hostNetwork']) === true),
    'status.phase': text('status.phase'),
    'status.podIP': text('status.podIP'),
    'status.podIPs': text('status.podIP'),
    'status.nominatedNodeName': text('status.nominatedNodeName'),
  },
};
