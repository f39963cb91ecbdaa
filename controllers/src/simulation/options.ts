/** What a simulation is made from: options for a new one, a snapshot for one that goes on. */
import type { Instant } from '../apimachinery/time.ts';
import type { ClusterAuthority } from '../apiserver/authentication/authority.ts';
import type { BehaviorDefaults } from '../kubelet/behavior.ts';
import type { StoreSnapshot } from '../store/mvcc.ts';
import type { NodeSpec } from './bootstrap.ts';
import type { RandomState } from './random.ts';

export interface SimulationOptions {
  readonly name: string;
  /** How many, or each one's facts. Default 3. */
  readonly nodes?: number | readonly NodeSpec[];
  /** Two simulations of one seed and the same inputs have the same history. Default: the name. */
  readonly seed?: string;
  /** Milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: Instant;
  readonly kubernetesVersion?: string;
  /** Patterns (`*`, `?`) of images that can't be pulled. */
  readonly missingImages?: readonly string[];
  /** How long things take where nothing else is said. */
  readonly behavior?: Partial<BehaviorDefaults>;
  readonly features?: Partial<SimulationFeatures>;
  /** The cluster's CA. Default: a stand-in that signs nothing. */
  readonly authority?: ClusterAuthority;
}

/** What a cluster has besides the control plane. */
export interface SimulationFeatures {
  /** A metrics API, fed by the kubelets' usage. Default true. */
  readonly metrics: boolean;
  /** Admission plugins to leave out, e.g. `ServiceAccount`. Default none. */
  readonly disableAdmission: readonly string[];
  /** IPv4 range of Services. Default 10.96.0.0/16. */
  readonly serviceCidr?: string;
  /** Whether requests over HTTP need roles. Default false: everyone may do everything. */
  readonly rbac: boolean;
}

/** All of a simulation but its objects. Plain JSON. */
export interface SimulationState {
  readonly version: 1;
  readonly name: string;
  readonly seed: string;
  readonly kubernetesVersion: string;
  readonly behavior: BehaviorDefaults;
  readonly features: SimulationFeatures;
  readonly now: Instant;
  readonly random: RandomState;
  /** The store's. */
  readonly revision: number;
}

/** Plain JSON. */
export interface SimulationSnapshot extends Omit<SimulationState, 'revision'> {
  readonly store: StoreSnapshot;
}
