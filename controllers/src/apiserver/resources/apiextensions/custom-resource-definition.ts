/**
 * CustomResourceDefinition (apiextensions-apiserver's registry/customresourcedefinition, v1.34): which versions may be in
 * the store, and deletion, which waits for the objects.
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { definitionSpec } from '../../custom/definition.ts';
import { definitionStatus, setCondition } from '../../custom/names.ts';
import { validateDefinition, validateDefinitionUpdate } from '../../validation/custom-resource-definition.ts';
import type { Draft, KindFacts } from '../resource.ts';

/** Its objects are deleted before it is. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinition: KindFacts = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  generation: 'spec',
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  prepareCreate: (draft) => {
    const stored = (draft.status as { storedVersions?: unknown } | undefined)?.storedVersions ?? null;
    draft.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored };
  },
  prepareUpdate: addStorageVersion,
  beginDelete,
};

/** What has been a storage version once may be in the store. */
function addStorageVersion(draft: Draft): void {
  const versions = definitionSpec(draft).versions ?? [];
  const storage = versions.find((version) => version.storage)?.name;
  const status = definitionStatus(draft);
  const stored = status.storedVersions ?? [];
  if (storage === undefined || stored.includes(storage)) return;
  draft.status = { ...status, storedVersions: [...stored, storage] };
}

function beginDelete(object: KubeObject, now: number): KubeObject | undefined {
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return (metadata.finalizers ?? []).length > 0 ? object : undefined;
  const time = formatTime(now);
  const status = definitionStatus(object);
  const finalizers = metadata.finalizers ?? [];
  const terminating = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return {
    ...object,
    metadata: {
      ...metadata,
      deletionTimestamp: time,
      finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP],
    },
    status: { ...status, conditions: setCondition(status.conditions ?? [], terminating, time) },
  };
}
