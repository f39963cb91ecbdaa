/** What a check of the pod security standards is. */
import type { CheckedPod, Violation } from './pod.ts';

export type CheckPod = (pod: CheckedPod) => Violation | undefined;

export interface Check {
  readonly id: string;
  /** The id of the baseline check that it makes needless. */
  readonly replaces?: string;
  /** By the minor version of Kubernetes since which each counts, oldest first. */
  readonly versions: readonly { readonly since: number; readonly check: CheckPod }[];
}
