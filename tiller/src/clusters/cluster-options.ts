/** What clusters are made from, and what they are called. */
import type { ClusterAuthority, SimulationOptions, SimulationSnapshot } from '@drydock/controllers';
import { ReleaseError } from '../releases/release.ts';
import type { SimulatedCluster } from './simulated.ts';

export interface CreateClusterOptions {
  readonly name: string;
  /** How many; default 3. */
  readonly nodes?: number;
  /** Makes all chance of the cluster repeatable; default: its name. */
  readonly seed?: string;
  /** Patterns of images that can't be pulled. */
  readonly missingImages?: readonly string[];
  readonly kubernetesVersion?: string;
  /** Milliseconds of its time for each of wall time while a server runs; default: the server's. */
  readonly clockRate?: number;
  /** Whether its requests need roles. */
  readonly rbac?: boolean;
}

export interface SimulatedClustersOptions {
  readonly folder: string;
  /** 0 lets no time pass by itself, whatever clusters have of their own. */
  readonly clockRate: number;
  /** Whether each write is safe from a loss of power before it is answered; from kill -9 it always is. */
  readonly syncWrites?: boolean;
}

/** A cluster as a file: what `snapshot` gives and `restore` takes. */
export interface ClusterSnapshot extends SimulationSnapshot {
  readonly clockRate?: number;
}

/** Told of clusters that come and go. */
export interface ClusterObserver {
  added(cluster: SimulatedCluster): Promise<void>;
  removed(name: string): void;
}

const DEFAULT_NODES = 3;

/** Throws Invalid for a name that can't be part of an address. */
export function checkClusterName(name: string): void {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new ReleaseError(
    'Invalid',
    `cluster name "${name.slice(0, 80)}" is invalid: lower-case letters, digits and "-", at most 63 characters`,
  );
}

/** Its time begins now. */
export function simulationOptions(options: CreateClusterOptions, authority: ClusterAuthority): SimulationOptions {
  const { name } = options;
  return {
    name,
    authority,
    nodes: options.nodes ?? DEFAULT_NODES,
    seed: options.seed ?? name,
    startTime: Date.now(),
    features: { rbac: options.rbac ?? false },
    ...(options.missingImages === undefined ? {} : { missingImages: options.missingImages }),
    ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
  };
}
