/**
 * Priority (plugin/pkg/admission/priority, v1.34): a pod's priority is that of its class.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newPodSpec } from './pods.ts';

const GROUP = 'scheduling.k8s.io';
const SYSTEM = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
const PODS = { group: '', resource: 'pods' };

interface Resolved {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: string;
}

export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit(request, draft, core) {
    const spec = newPodSpec(request, draft);
    if (spec === undefined || draft === undefined) return;
    const name = draft.metadata.name ?? '';
    const given = typeof spec.priorityClassName === 'string' ? spec.priorityClassName : '';
    const found = given === '' ? defaultClass(core) : findClass(core, given);
    if (found === undefined) throw forbidden(PODS, name, `no PriorityClass with name ${given} was found`);
    if (given === '' && found.name !== '') spec.priorityClassName = found.name;
    if (typeof spec.priority === 'number' && spec.priority !== found.value) {
      throw forbidden(
        PODS,
        name,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${found.value} from the given PriorityClass name`,
      );
    }
    spec.priority = found.value;
    if (typeof spec.preemptionPolicy === 'string' && spec.preemptionPolicy !== found.preemptionPolicy) {
      throw forbidden(
        PODS,
        name,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${found.preemptionPolicy} from the given PriorityClass name`,
      );
    }
    spec.preemptionPolicy = found.preemptionPolicy;
  },
};

function findClass(core: Core, name: string): Resolved | undefined {
  const stored = core.store.get(storageKey(GROUP, 'priorityclasses', '', name))?.object;
  if (stored !== undefined) return resolved(stored);
  const value = SYSTEM.get(name);
  return value === undefined ? undefined : { name, value, preemptionPolicy: 'PreemptLowerPriority' };
}

/** The global default with the lowest value, or none: zero. */
function defaultClass(core: Core): Resolved {
  const defaults = core.store
    .list(storagePrefix(GROUP, 'priorityclasses'))
    .filter(({ object }) => object.globalDefault === true)
    .map(({ object }) => resolved(object))
    .sort((a, b) => a.value - b.value);
  return defaults[0] ?? { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };
}

function resolved(object: KubeObject): Resolved {
  return {
    name: object.metadata.name ?? '',
    value: typeof object.value === 'number' ? object.value : 0,
    preemptionPolicy: typeof object.preemptionPolicy === 'string' ? object.preemptionPolicy : 'PreemptLowerPriority',
  };
}
