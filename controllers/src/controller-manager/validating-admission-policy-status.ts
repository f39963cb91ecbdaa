/**
 * Tells of each ValidatingAdmissionPolicy which of its expressions can't be right
 * (pkg/controller/validatingadmissionpolicystatus v1.34).
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { policySpec } from '../apiserver/admission/validating-admission-policy/policy.ts';
import { checkTypes } from '../apiserver/admission/validating-admission-policy/type-checking.ts';
import type { Resource } from '../apiserver/resources/resource.ts';
import type { Controller } from './controller.ts';
import { watchSelf } from './watching.ts';

const RESOURCE = 'validatingadmissionpolicies.admissionregistration.k8s.io';

interface Policy extends KubeObject {
  readonly status?: { readonly observedGeneration?: number };
}

export interface ServedResources {
  all(): readonly Resource[];
}

export function createValidatingAdmissionPolicyStatusController(resources: ServedResources): Controller {
  return {
    name: 'validatingadmissionpolicy-status',
    watches: [watchSelf(RESOURCE)],
    reconcile(key, { client }) {
      const policy = client.find<Policy>(RESOURCE, key);
      if (policy === undefined) return undefined;
      const { generation = 0 } = policy.metadata;
      if (generation <= (policy.status?.observedGeneration ?? 0)) return undefined;
      const expressionWarnings = checkTypes(policySpec(policy), resources.all());
      const { apiVersion, kind } = policy;
      const patch = {
        apiVersion,
        kind,
        metadata: { name: key.name },
        status: {
          observedGeneration: generation,
          typeChecking: expressionWarnings.length === 0 ? {} : { expressionWarnings },
        },
      };
      const options = { fieldManager: 'validatingadmissionpolicy-status', force: true, subresource: 'status' } as const;
      client.patch(RESOURCE, key, { type: 'apply', patch }, options);
      return undefined;
    },
  };
}
