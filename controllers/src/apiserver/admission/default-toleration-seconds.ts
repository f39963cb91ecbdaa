/**
 * DefaultTolerationSeconds (plugin/pkg/admission/defaulttolerationseconds, v1.34): pods stay five minutes on a node that
 * is not ready or not reachable.
 */
import { isObject } from '../../apimachinery/json.ts';
import type { AdmissionPlugin } from './admission.ts';
import { podSpec } from './pods.ts';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const SECONDS = 300;

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(request, draft) {
    const spec = podSpec(request, draft);
    if (spec === undefined) return;
    const given = Array.isArray(spec.tolerations) ? spec.tolerations.filter(isObject) : [];
    const missing = TAINTS.filter(
      (taint) =>
        !given.some(
          ({ key, effect }) =>
            (key === taint || key === undefined || key === '') &&
            (effect === 'NoExecute' || effect === undefined || effect === ''),
        ),
    );
    if (missing.length === 0) return;
    spec.tolerations = [
      ...given,
      ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS })),
    ];
  },
};
