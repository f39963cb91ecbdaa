/**
 * What the API server asks kubelets: the logs of containers, commands in them, and what they use. The kubelet model answers; without one, a
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
  /** Milliseconds since the epoch. */
  readonly sinceTime?: number;
}

export interface ContainerUsage {
  readonly name: string;
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** A container that commands run in. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Commands one after the other: a shell's directory and variables go on. */
export interface ExecSession {
  /** Whether a command is a shell that is told by its input what to do. */
  isShell(command: readonly string[]): boolean;
  /** Whether a command says nothing before its input has ended. */
  readsInput(command: readonly string[]): boolean;
  /** Tells what the command wrote and its exit code once that much of the cluster's time has passed. */
  run(command: readonly string[], stdin: string, done: (outcome: ExecOutcome) => void): void;
  /** Nobody waits any more. */
  close(): void;
}

export interface KubeletAnswers {
  log(request: LogRequest): string;
  /** Undefined for a container that does not run. */
  exec(target: ExecTarget): ExecSession | undefined;
  /** Absent where the cluster has no metrics API. */
  readonly usage?: {
    /** Of each container that runs; undefined for a pod that has no metrics. */
    pod(pod: Pod): readonly ContainerUsage[] | undefined;
    /** Of a node, given its pods. */
    node(pods: readonly Pod[]): Omit<ContainerUsage, 'name'>;
  };
}
