/**
 * StorageObjectInUseProtection (plugin/pkg/admission/storage/storageobjectinuseprotection, v1.34): finalizers on claims,
 * volumes and attribute classes.
 */
import type { AdmissionPlugin } from './admission.ts';

const FINALIZERS = new Map([
  ['PersistentVolumeClaim.', 'kubernetes.io/pvc-protection'],
  ['PersistentVolume.', 'kubernetes.io/pv-protection'],
  ['VolumeAttributesClass.storage.k8s.io', 'kubernetes.io/vac-protection'],
]);

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit({ operation, resource, subresource }, draft) {
    const finalizer = FINALIZERS.get(`${resource.kind}.${resource.group}`);
    if (operation !== 'CREATE' || subresource !== '' || finalizer === undefined || draft === undefined) return;
    const given = draft.metadata.finalizers ?? [];
    if (!given.includes(finalizer)) draft.metadata.finalizers = [...given, finalizer];
  },
};
