/**
 * The facts of every kind that has some, by `Kind.group`: one row a kind, or its own file where there is more to say.
 */

import { ipProblems } from '../../apimachinery/ip.ts';
import { getPath } from '../../apimachinery/json.ts';
import { isPathSegment } from '../../apimachinery/names.ts';
import {
  validateIpAddress,
  validateIpAddressUpdate,
  validateServiceCidr,
  validateServiceCidrUpdate,
} from '../validation/addresses.ts';
import { validatePolicy } from '../validation/admission-policies.ts';
import { validatePolicyBinding } from '../validation/admission-policy-bindings.ts';
import {
  validateDeviceClass,
  validateDeviceClassUpdate,
  validateResourceClaim,
  validateResourceClaimTemplate,
  validateResourceClaimTemplateUpdate,
  validateResourceClaimUpdate,
} from '../validation/devices.ts';
import { validateFlowSchema } from '../validation/flow-schema.ts';
import {
  validateEndpointSlice,
  validateIngress,
  validateIngressClass,
  validateNetworkPolicy,
} from '../validation/networking.ts';
import {
  validateLease,
  validatePriorityLevel,
  validateStorageClass,
  validateWebhooks,
} from '../validation/policies.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/priority-class.ts';
import { validateBinding, validateBindingUpdate, validateRole, validateRoleUpdate } from '../validation/rbac.ts';
import { customResourceDefinition } from './apiextensions/custom-resource-definition.ts';
import { apiService } from './apiregistration/api-service.ts';
import { WORKLOAD_KINDS } from './apps/kinds.ts';
import { certificateSigningRequest } from './certificates/certificate-signing-request.ts';
import { CORE_KINDS } from './core/kinds.ts';
import { pod } from './core/pod.ts';
import { service } from './core/service.ts';
import type { KindFacts } from './resource.ts';
import { STORAGE_KINDS } from './storage/kinds.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const FLOW = 'flowcontrol.apiserver.k8s.io';
const LOAD_BALANCER = { loadBalancer: {} };

const ROWS: readonly KindFacts[] = [
  { group: RBAC, kind: 'Role', name: isPathSegment, validate: validateRole, validateUpdate: validateRoleUpdate },
  { group: RBAC, kind: 'ClusterRole', name: isPathSegment, validate: validateRole, validateUpdate: validateRoleUpdate },
  {
    group: RBAC,
    kind: 'RoleBinding',
    name: isPathSegment,
    validate: validateBinding,
    validateUpdate: validateBindingUpdate,
  },
  {
    group: RBAC,
    kind: 'ClusterRoleBinding',
    name: isPathSegment,
    validate: validateBinding,
    validateUpdate: validateBindingUpdate,
  },
  {
    group: ADMISSION,
    kind: 'ValidatingWebhookConfiguration',
    generation: 'spec',
    validate: (object) => validateWebhooks(object),
    validateUpdate: validateWebhooks,
  },
  {
    group: ADMISSION,
    kind: 'MutatingWebhookConfiguration',
    generation: 'spec',
    validate: (object) => validateWebhooks(object),
    validateUpdate: validateWebhooks,
  },
  {
    group: ADMISSION,
    kind: 'ValidatingAdmissionPolicy',
    generation: 'spec',
    validate: (object) => validatePolicy(object),
    validateUpdate: validatePolicy,
  },
  {
    group: ADMISSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    generation: 'spec',
    validate: validatePolicyBinding,
    validateUpdate: validatePolicyBinding,
  },
  {
    group: 'networking.k8s.io',
    kind: 'NetworkPolicy',
    generation: 'spec',
    validate: validateNetworkPolicy,
    validateUpdate: validateNetworkPolicy,
  },
  { group: 'networking.k8s.io', kind: 'IngressClass', generation: 'spec', validate: validateIngressClass },
  {
    group: 'networking.k8s.io',
    kind: 'Ingress',
    generation: 'spec',
    validate: validateIngress,
    validateUpdate: validateIngress,
    prepareCreate: (draft) => {
      draft.status = LOAD_BALANCER;
    },
  },
  {
    group: 'networking.k8s.io',
    kind: 'IPAddress',
    name: ipProblems,
    validate: validateIpAddress,
    validateUpdate: validateIpAddressUpdate,
  },
  {
    group: 'networking.k8s.io',
    kind: 'ServiceCIDR',
    validate: validateServiceCidr,
    validateUpdate: validateServiceCidrUpdate,
  },
  customResourceDefinition,
  {
    group: 'scheduling.k8s.io',
    kind: 'PriorityClass',
    generation: 'once',
    validate: validatePriorityClass,
    validateUpdate: validatePriorityClassUpdate,
  },
  {
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    generation: 'spec',
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSlice,
  },
  {
    group: FLOW,
    kind: 'FlowSchema',
    generation: 'spec',
    validate: validateFlowSchema,
    validateUpdate: validateFlowSchema,
  },
  {
    group: FLOW,
    kind: 'PriorityLevelConfiguration',
    generation: 'spec',
    validate: validatePriorityLevel,
    validateUpdate: validatePriorityLevel,
  },
  {
    group: 'resource.k8s.io',
    kind: 'DeviceClass',
    generation: 'spec',
    validate: validateDeviceClass,
    validateUpdate: validateDeviceClassUpdate,
  },
  {
    group: 'resource.k8s.io',
    kind: 'ResourceClaim',
    generation: 'none',
    validate: validateResourceClaim,
    validateUpdate: validateResourceClaimUpdate,
  },
  {
    group: 'resource.k8s.io',
    kind: 'ResourceClaimTemplate',
    validate: validateResourceClaimTemplate,
    validateUpdate: validateResourceClaimTemplateUpdate,
  },
  { group: 'storage.k8s.io', kind: 'StorageClass', validate: validateStorageClass },
  { group: 'storage.k8s.io', kind: 'VolumeAttachment', generation: 'none' },
  apiService,
  {
    group: 'coordination.k8s.io',
    kind: 'Lease',
    createOnUpdate: true,
    validate: validateLease,
    validateUpdate: validateLease,
  },
  {
    group: 'resource.k8s.io',
    kind: 'ResourceSlice',
    generation: 'spec',
    fieldLabels: {
      'spec.nodeName': (object) => String(getPath(object, ['spec', 'nodeName']) ?? ''),
      'spec.driver': (object) => String(getPath(object, ['spec', 'driver']) ?? ''),
    },
    unknownField: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  },
];

export const KIND_FACTS: ReadonlyMap<string, KindFacts> = new Map(
  [...ROWS, ...STORAGE_KINDS, ...CORE_KINDS, ...WORKLOAD_KINDS, pod, service, certificateSigningRequest].map((row) => [
    `${row.kind}.${row.group}`,
    row,
  ]),
);
