/**
 * Binding of claims and volumes (pkg/controller/volume/persistentvolume v1.34) with a provisioner that makes what is
 * asked for: claims take the smallest volume that fits, or get one of their class, at once or when a pod that needs them
 * has been given a node.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../apimachinery/kinds.ts';
import { compareQuantities, parseQuantity } from '../apimachinery/quantity.ts';
import { labelSelectorOf } from '../apimachinery/selector.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext } from './controller.ts';
import { keyOf, watchSelf } from './watching.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLASSES = 'storageclasses.storage.k8s.io';
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

export function createPersistentVolumeControllers(): readonly Controller[] {
  return [
    {
      name: 'persistentvolume-binder-controller',
      eventSource: 'persistentvolume-controller',
      watches: [
        watchSelf(CLAIMS),
        {
          resource: VOLUMES,
          keys({ object }, client) {
            const { claimRef } = (object as PersistentVolume).spec; // it comes from `persistentvolumes`
            if (claimRef?.name !== undefined) return [{ namespace: claimRef.namespace ?? '', name: claimRef.name }];
            return pendingClaims(client.list<PersistentVolumeClaim>(CLAIMS));
          },
        },
        { resource: CLASSES, keys: (_, client) => pendingClaims(client.list<PersistentVolumeClaim>(CLAIMS)) },
      ],
      reconcile(key, context) {
        const claim = context.client.find<PersistentVolumeClaim>(CLAIMS, key);
        if (claim !== undefined && claim.metadata.deletionTimestamp === undefined) syncClaim(claim, context);
        return undefined;
      },
    },
    {
      name: 'persistentvolume-reclaim-controller',
      eventSource: 'persistentvolume-controller',
      watches: [
        watchSelf(VOLUMES),
        {
          resource: CLAIMS,
          keys({ type, object }) {
            const { volumeName } = (object as PersistentVolumeClaim).spec; // it comes from the claims
            return type === 'DELETED' && volumeName !== undefined ? [{ name: volumeName }] : [];
          },
        },
      ],
      reconcile(key, context) {
        const volume = context.client.find<PersistentVolume>(VOLUMES, key);
        if (volume !== undefined) syncVolume(volume, context);
        return undefined;
      },
    },
  ];
}

function pendingClaims(claims: readonly PersistentVolumeClaim[]) {
  return claims.filter(({ status }) => status?.phase !== 'Bound').map(keyOf);
}

function syncClaim(claim: PersistentVolumeClaim, context: ReconcileContext): void {
  const { client } = context;
  const { volumeName } = claim.spec;
  if (volumeName !== undefined) {
    const volume = client.find<PersistentVolume>(VOLUMES, { name: volumeName });
    if (volume !== undefined) bind(claim, volume, context);
    else if (claim.status?.phase === 'Bound') {
      const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
      context.event(claim, 'Warning', 'ClaimLost', message);
      client.updateStatus(CLAIMS, { ...claim, status: { ...claim.status, phase: 'Lost' } });
    }
    return;
  }
  const classed = withDefaultClass(claim, context);
  const volume = smallestFit(classed, context);
  if (volume !== undefined) {
    bind(classed, volume, context);
    return;
  }
  provision(classed, context);
}

/** A claim without a class gets the default one, also when that appears later. An empty name asks for none. */
function withDefaultClass(claim: PersistentVolumeClaim, { client }: ReconcileContext): PersistentVolumeClaim {
  if (claim.spec.storageClassName !== undefined) return claim;
  const [newest] = client
    .list<StorageClass>(CLASSES)
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort((a, b) => (a.metadata.creationTimestamp > b.metadata.creationTimestamp ? -1 : 1));
  if (newest === undefined) return claim;
  const spec = { ...claim.spec, storageClassName: newest.metadata.name };
  return client.update<PersistentVolumeClaim>(CLAIMS, { ...claim, spec });
}

function smallestFit(claim: PersistentVolumeClaim, { client }: ReconcileContext): PersistentVolume | undefined {
  const wanted = parseQuantity(claim.spec.resources?.requests?.storage ?? '0');
  const selector = claim.spec.selector === undefined ? undefined : labelSelectorOf(claim.spec.selector);
  const size = (volume: PersistentVolume) => parseQuantity(volume.spec.capacity?.storage ?? '0');
  const fits = client.list<PersistentVolume>(VOLUMES).filter((volume) => {
    const { claimRef, storageClassName = '', volumeMode = 'Filesystem', accessModes = [] } = volume.spec;
    if (volume.metadata.deletionTimestamp !== undefined) return false;
    if (claimRef !== undefined) {
      const isOurs = claimRef.namespace === claim.metadata.namespace && claimRef.name === claim.metadata.name;
      return isOurs && (claimRef.uid === undefined || claimRef.uid === claim.metadata.uid);
    }
    return (
      (volume.status?.phase ?? 'Available') === 'Available' &&
      storageClassName === (claim.spec.storageClassName ?? '') &&
      volumeMode === (claim.spec.volumeMode ?? 'Filesystem') &&
      (claim.spec.accessModes ?? []).every((mode) => accessModes.includes(mode)) &&
      compareQuantities(size(volume), wanted) >= 0 &&
      (selector === undefined || selector.matches(volume.metadata.labels))
    );
  });
  const isReserved = (volume: PersistentVolume) => (volume.spec.claimRef === undefined ? 1 : 0);
  return fits.sort((a, b) => isReserved(a) - isReserved(b) || compareQuantities(size(a), size(b)))[0];
}

/** Ties both ends, and writes both phases. */
function bind(claim: PersistentVolumeClaim, volume: PersistentVolume, { client }: ReconcileContext): void {
  const { namespace = '', name, uid } = claim.metadata;
  const { claimRef } = volume.spec;
  if (claimRef?.uid !== undefined && claimRef.uid !== uid) return; // someone else's
  let bound = volume;
  if (claimRef?.uid !== uid) {
    const isOwnChoice = claimRef === undefined;
    bound = client.update<PersistentVolume>(VOLUMES, {
      ...volume,
      metadata: {
        ...volume.metadata,
        ...(isOwnChoice ? { annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } } : {}),
      },
      spec: {
        ...volume.spec,
        claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1' },
      },
    });
  }
  if (bound.status?.phase !== 'Bound') {
    client.updateStatus(VOLUMES, { ...bound, status: { ...bound.status, phase: 'Bound' } });
  }
  let current = claim;
  if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined || claim.spec.volumeName !== volume.metadata.name) {
    const annotations: Record<string, string> = { ...claim.metadata.annotations, [BIND_COMPLETED]: 'yes' };
    if (claim.spec.volumeName === undefined) annotations[BOUND_BY_CONTROLLER] = 'yes';
    current = client.update<PersistentVolumeClaim>(CLAIMS, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    });
  }
  const status = {
    ...current.status,
    phase: 'Bound',
    accessModes: volume.spec.accessModes ?? [],
    capacity: volume.spec.capacity ?? {},
  };
  if (!deepEqual(status, current.status)) client.updateStatus(CLAIMS, { ...current, status });
}

function provision(claim: PersistentVolumeClaim, context: ReconcileContext): void {
  const { client } = context;
  const className = claim.spec.storageClassName ?? '';
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    context.event(claim, 'Normal', 'FailedBinding', message);
    return;
  }
  const storageClass = client.find<StorageClass>(CLASSES, { name: className });
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    context.event(claim, 'Warning', 'ProvisioningFailed', message);
    return;
  }
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    const message = 'waiting for first consumer to be created before binding';
    context.event(claim, 'Normal', 'WaitForFirstConsumer', message);
    return;
  }
  if (storageClass.provisioner === NO_PROVISIONER) return;
  const named =
    claim.metadata.annotations?.[PROVISIONER] === storageClass.provisioner
      ? claim
      : client.update<PersistentVolumeClaim>(CLAIMS, {
          ...claim,
          metadata: {
            ...claim.metadata,
            annotations: { ...claim.metadata.annotations, [PROVISIONER]: storageClass.provisioner },
          },
        });
  const volume = createVolume(named, storageClass, context);
  context.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`);
  bind(named, volume, context);
}

function createVolume(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  { client }: ReconcileContext,
): PersistentVolume {
  const { namespace = '', name, uid } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  const known = client.find<PersistentVolume>(VOLUMES, { name: volumeName });
  if (known !== undefined) return known;
  return client.create<PersistentVolume>(VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName,
      annotations: { [PROVISIONED_BY]: storageClass.provisioner },
      finalizers: [VOLUME_FINALIZER],
    },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '0' },
      accessModes: claim.spec.accessModes ?? [],
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1' },
      // The name of a driver is a DNS name; that of a provisioner may have a slash.
      csi: { driver: storageClass.provisioner.replaceAll('/', '.'), volumeHandle: volumeName },
    },
  });
}

/** The phase follows the claim; a released volume is deleted where its policy says so, and a deleted one goes once free. */
function syncVolume(volume: PersistentVolume, context: ReconcileContext): void {
  const { client } = context;
  const current = followClaim(volume, context);
  if (current.metadata.deletionTimestamp !== undefined) removeDeleted(current, context);
  else if (current.status?.phase === 'Released' && current.spec.persistentVolumeReclaimPolicy === 'Delete') {
    client.delete(VOLUMES, { name: current.metadata.name });
  }
}

/** Available without a claim, Released when the claim is gone; what is bound is the binder's to say. */
function followClaim(volume: PersistentVolume, context: ReconcileContext): PersistentVolume {
  const { claimRef } = volume.spec;
  if (claimRef?.uid === undefined) return setPhase(volume, 'Available', context);
  const key = { namespace: claimRef.namespace ?? '', name: claimRef.name ?? '' };
  const claim = context.client.find<PersistentVolumeClaim>(CLAIMS, key);
  return claim?.metadata.uid === claimRef.uid ? volume : setPhase(volume, 'Released', context);
}

function setPhase(volume: PersistentVolume, phase: string, { client, now }: ReconcileContext): PersistentVolume {
  if (volume.status?.phase === phase) return volume;
  const status = { ...volume.status, phase, lastPhaseTransitionTime: formatTime(now) };
  return client.updateStatus<PersistentVolume>(VOLUMES, { ...volume, status });
}

function removeDeleted(volume: PersistentVolume, { client }: ReconcileContext): void {
  const { finalizers = [] } = volume.metadata;
  if (volume.status?.phase === 'Bound' || !finalizers.includes(VOLUME_FINALIZER)) return;
  const left = finalizers.filter((finalizer) => finalizer !== VOLUME_FINALIZER);
  client.patch(VOLUMES, { name: volume.metadata.name }, { type: 'merge', patch: { metadata: { finalizers: left } } });
}
