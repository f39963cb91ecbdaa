/**
 * RuntimeClass (plugin/pkg/admission/runtimeclass, v1.34): the class exists, and gives the pod its overhead.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { deepEqual, getPath, isObject } from '../../apimachinery/json.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newPodSpec } from './pods.ts';

const PODS = { group: '', resource: 'pods' };

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  admit(request, draft, core) {
    const spec = newPodSpec(request, draft);
    if (spec === undefined || draft === undefined) return;
    const name = draft.metadata.name ?? '';
    const given = spec.runtimeClassName;
    if (typeof given !== 'string') {
      return;
    }
    const found = core.store.get(storageKey('node.k8s.io', 'runtimeclasses', '', given))?.object;
    if (found === undefined) throw forbidden(PODS, name, `pod rejected: RuntimeClass "${given}" not found`);
    const overhead = getPath(found, ['overhead', 'podFixed']);
    if (isObject(overhead)) {
      if (isObject(spec.overhead) && !deepEqual(spec.overhead, overhead)) {
        throw forbidden(PODS, name, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
      }
      spec.overhead = { ...overhead };
    }
  },
  validate(request, object) {
    if (request.operation !== 'CREATE' || request.resource.kind !== 'Pod' || request.resource.group !== '') return;
    if (request.subresource !== '' || getPath(object, ['spec', 'runtimeClassName']) !== undefined) return;
    if (isObject(getPath(object, ['spec', 'overhead'])))
      throw forbidden(
        PODS,
        request.name,
        'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
      );
  },
};
