import { deepEqual } from '../../../apimachinery/json.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../../validation/endpoints.ts';
import {
  validateIngressClass,
  validateIngressClassUpdate,
  validateNetworkPolicy,
} from '../../validation/networking.ts';
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../../validation/node.ts';
import {
  validateAttachment,
  validateAttachmentUpdate,
  validateAttributesClass,
  validateAttributesClassUpdate,
  validateCsiDriver,
  validateCsiDriverUpdate,
  validateCsiNode,
  validateCsiNodeUpdate,
  validateStorageCapacity,
  validateStorageCapacityUpdate,
  validateStorageClass,
  validateStorageClassUpdate,
} from '../../validation/storage-kinds.ts';
import type { KindFacts } from '../resource.ts';

const STORAGE = 'storage.k8s.io';

export const STORAGE_KINDS: readonly KindFacts[] = [
  {
    group: STORAGE,
    kind: 'StorageClass',
    validate: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
  },
  {
    group: STORAGE,
    kind: 'VolumeAttributesClass',
    validate: validateAttributesClass,
    validateUpdate: validateAttributesClassUpdate,
  },
  {
    group: STORAGE,
    kind: 'VolumeAttachment',
    generation: 'none',
    validate: validateAttachment,
    validateUpdate: validateAttachmentUpdate,
  },
  { group: STORAGE, kind: 'CSINode', validate: validateCsiNode, validateUpdate: validateCsiNodeUpdate },
  {
    group: STORAGE,
    kind: 'CSIDriver',
    validate: validateCsiDriver,
    prepareUpdate: (draft, old) => {
      if (!deepEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validateUpdate: validateCsiDriverUpdate,
  },
  {
    group: STORAGE,
    kind: 'CSIStorageCapacity',
    validate: validateStorageCapacity,
    validateUpdate: validateStorageCapacityUpdate,
  },
  {
    group: 'node.k8s.io',
    kind: 'RuntimeClass',
    validate: validateRuntimeClass,
    validateUpdate: validateRuntimeClassUpdate,
  },
  {
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    generation: 'spec',
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
  },
  {
    group: 'networking.k8s.io',
    kind: 'NetworkPolicy',
    generation: 'spec',
    validate: validateNetworkPolicy,
    // The strategy checks the policy, and so does its update.
    validateUpdate: (object) => [...validateNetworkPolicy(object), ...validateNetworkPolicy(object)],
  },
  {
    group: 'networking.k8s.io',
    kind: 'IngressClass',
    generation: 'spec',
    validate: validateIngressClass,
    validateUpdate: validateIngressClassUpdate,
  },
];
