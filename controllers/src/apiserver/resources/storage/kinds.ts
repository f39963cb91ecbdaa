/**
 * Kinds of storage, of nodes and of discovery (pkg/registry/{storage,node,discovery}/<kind>/strategy.go, v1.34).
 */
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../../validation/endpoints.ts';
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
    generation: 'spec',
    validate: validateCsiDriver,
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
];
