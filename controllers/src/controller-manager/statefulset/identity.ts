/**
 * Who the pods of a StatefulSet are: ordinals, names, labels, and the claims that belong to each
 * (pkg/controller/statefulset/stateful_set_utils.go v1.34).
 */
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { podFromTemplate } from '../pod-control.ts';

export const REVISION_LABEL = 'controller-revision-hash';
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The name of the parent and the number at the end; -1 where there is none. */
export function parentAndOrdinal(podName: string): { readonly parent: string; readonly ordinal: number } {
  const match = /^(.*)-(\d+)$/.exec(podName);
  return match === null ? { parent: '', ordinal: -1 } : { parent: match[1] ?? '', ordinal: Number(match[2]) };
}

export function ordinalOf(pod: KubeObject): number {
  return parentAndOrdinal(pod.metadata.name ?? '').ordinal;
}

export function startOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + (set.spec.replicas ?? 1);
}

export function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.[REVISION_LABEL] ?? '';
}

export function claimName(
  set: StatefulSet,
  template: { readonly metadata?: { readonly name?: string } },
  ordinal: number,
) {
  return `${template.metadata?.name ?? ''}-${set.metadata.name}-${ordinal}`;
}

export function claimNamesOf(set: StatefulSet, ordinal: number): readonly string[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => claimName(set, template, ordinal));
}

/** The claims as they are created for an ordinal. */
export function claimsFor(set: StatefulSet, ordinal: number): readonly KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata?.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
    },
    spec: template.spec as PersistentVolumeClaim['spec'],
  }));
}

/** The volumes of the claims, and those of the template that they do not replace. */
function volumesFor(set: StatefulSet, template: PodTemplateSpec, ordinal: number) {
  const claimed = (set.spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata?.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, claim, ordinal), readOnly: false },
  }));
  const names = new Set(claimed.map(({ name }) => name));
  return [...claimed, ...(template.spec?.volumes ?? []).filter(({ name }) => !names.has(name))];
}

/** The pod of an ordinal at a revision. */
export function newPod(
  set: StatefulSet,
  {
    template,
    revision,
    ordinal,
  }: { readonly template: PodTemplateSpec; readonly revision: string; readonly ordinal: number },
): KubeObject {
  const base = podFromTemplate(template, set);
  const name = `${set.metadata.name}-${ordinal}`;
  const volumes = volumesFor(set, template, ordinal);
  return {
    ...base,
    metadata: {
      ...base.metadata,
      name,
      labels: {
        ...base.metadata.labels,
        [POD_NAME_LABEL]: name,
        [POD_INDEX_LABEL]: String(ordinal),
        [REVISION_LABEL]: revision,
      },
    },
    spec: {
      ...template.spec,
      ...(volumes.length === 0 ? {} : { volumes }),
      hostname: name,
      ...(set.spec.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }),
    },
  };
}

/** Whether the pod's name, label and volumes are what its ordinal asks for. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const { parent, ordinal } = parentAndOrdinal(pod.metadata.name);
  if (parent !== set.metadata.name || ordinal < 0) return false;
  if (pod.metadata.labels?.[POD_NAME_LABEL] !== pod.metadata.name) return false;
  return (set.spec.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === template.metadata?.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, template, ordinal);
  });
}
