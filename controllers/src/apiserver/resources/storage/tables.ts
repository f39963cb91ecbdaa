/**
 * Cells of storage (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { age, type Cells, isTrue, list, text, texts } from '../columns.ts';

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

const isDefault = (o: KubeObject): boolean => DEFAULT_CLASS.some((key) => o.metadata.annotations?.[key] === 'true');

const storageClass: Cells = (o, now) => [
  `${o.metadata.name}${isDefault(o) ? ' (default)' : ''}`,
  text(o, 'provisioner'),
  text(o, 'reclaimPolicy') || 'Delete',
  text(o, 'volumeBindingMode') || 'Immediate',
  isTrue(o, 'allowVolumeExpansion'),
  age(o, now),
];

const csiDriver: Cells = (o, now) => [
  o.metadata.name,
  getPath(o, ['spec', 'attachRequired']) !== false,
  isTrue(o, 'spec.podInfoOnMount'),
  isTrue(o, 'spec.storageCapacity'),
  getPath(o, ['spec', 'tokenRequests']) === undefined
    ? '<unset>'
    : list(o, 'spec.tokenRequests')
        .map((request) => text(request, 'audience'))
        .join(','),
  isTrue(o, 'spec.requiresRepublish'),
  texts(o, 'spec.volumeLifecycleModes').join(',') || '<none>',
  age(o, now),
];

const csiNode: Cells = (o, now) => [o.metadata.name, list(o, 'spec.drivers').length, age(o, now)];

const volumeAttachment: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.attacher'),
  text(o, 'spec.source.persistentVolumeName'),
  text(o, 'spec.nodeName'),
  isTrue(o, 'status.attached'),
  age(o, now),
];

const volumeAttributesClass: Cells = (o, now) => [o.metadata.name, text(o, 'driverName'), age(o, now)];

const STORAGE = 'storage.k8s.io';

export const STORAGE_TABLES: readonly (readonly [string, Cells])[] = [
  [`StorageClass.${STORAGE}`, storageClass],
  [`CSIDriver.${STORAGE}`, csiDriver],
  [`CSINode.${STORAGE}`, csiNode],
  [`VolumeAttachment.${STORAGE}`, volumeAttachment],
  [`VolumeAttributesClass.${STORAGE}`, volumeAttributesClass],
];
