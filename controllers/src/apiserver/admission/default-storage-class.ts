/**
 * DefaultStorageClass (plugin/pkg/admission/storage/storageclass/setdefault, v1.34): a new claim that names no class gets
 * the cluster's default one, the newest where there are several.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  admit({ operation, resource, subresource }, draft, core) {
    const isClaim = resource.kind === 'PersistentVolumeClaim' && resource.group === '';
    if (operation !== 'CREATE' || subresource !== '' || !isClaim || draft === undefined) return;
    // The type is the schema's: a claim's spec is an object where it is there.
    const spec = draft.spec as { storageClassName?: string } | undefined;
    const isChosen =
      spec?.storageClassName !== undefined || draft.metadata.annotations?.[CLASS_ANNOTATION] !== undefined;
    if (spec === undefined || isChosen) return;
    const name = newestDefault(core)?.metadata.name;
    if (name !== undefined) spec.storageClassName = name;
  },
};

function newestDefault(core: Core): KubeObject | undefined {
  const age = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  let newest: KubeObject | undefined;
  for (const { object } of core.store.list(storagePrefix('storage.k8s.io', 'storageclasses'))) {
    const { annotations = {} } = object.metadata;
    const isDefault = DEFAULT_ANNOTATIONS.some((annotation) => annotations[annotation] === 'true');
    // In order of name, so that the first of equal age stays.
    if (isDefault && (newest === undefined || age(object) > age(newest))) newest = object;
  }
  return newest;
}
