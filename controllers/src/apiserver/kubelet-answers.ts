/**
 * What the API server asks kubelets: the logs of containers and what they use. The kubelet model answers; without one, a
 * cluster has neither.
 */
import type { Pod } from '../apimachinery/kinds.ts';

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
}

export interface ContainerUsage {
  readonly name: string;
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

export interface KubeletAnswers {
  log(request: LogRequest): string;
  /** Absent where the cluster has no metrics API. */
  readonly usage?: {
    /** Of each container that runs; undefined for a pod that has no metrics. */
    pod(pod: Pod): readonly ContainerUsage[] | undefined;
    /** Of a node, given its pods. */
    node(pods: readonly Pod[]): Omit<ContainerUsage, 'name'>;
  };
}
