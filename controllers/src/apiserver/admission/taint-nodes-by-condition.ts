/**
 * TaintNodesByCondition (plugin/pkg/admission/nodetaint, v1.34): a node that registers takes no pods until it is ready. One
 * that comes with a Ready condition has nothing to wait for.
 */
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { AdmissionPlugin } from './admission.ts';

const TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit({ operation, resource, subresource }, draft) {
    if (
      operation !== 'CREATE' ||
      resource.group !== '' ||
      resource.kind !== 'Node' ||
      subresource !== '' ||
      draft === undefined
    )
      return;
    const conditions = getPath(draft, ['status', 'conditions']);
    const ready =
      Array.isArray(conditions) && conditions.some((c) => isObject(c) && c.type === 'Ready' && c.status === 'True');
    if (ready) return;
    const spec = isObject(draft.spec) ? draft.spec : {};
    const taints = Array.isArray(spec.taints) ? spec.taints.filter(isObject) : [];
    if (taints.some(({ key, effect }) => key === TAINT.key && effect === TAINT.effect)) return;
    draft.spec = { ...spec, taints: [...taints, TAINT] };
  },
};
