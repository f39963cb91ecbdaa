/** Ending the containers of a pod within its grace period, sidecars after the others (pkg/kubelet/kuberuntime v1.34). */

import type { Pod } from '../apimachinery/kinds.ts';
import { type Instant, SECOND } from '../apimachinery/time.ts';
import { outcomeOf } from './command.ts';
import { type LifecycleContext, stopContainer } from './container-lifecycle.ts';
import type { ContainerState } from './container-state.ts';

export interface PodContainers {
  readonly init: readonly ContainerState[];
  readonly main: readonly ContainerState[];
}

/** Nothing of the container runs, or will by itself. */
export function isAtRest({ stage, until }: ContainerState): boolean {
  return stage === 'done' || (stage !== 'running' && until === Number.POSITIVE_INFINITY);
}

/** Tells those that are due to stop by the deadline; true when one was told. */
export function stopAll({ init, main }: PodContainers, context: LifecycleContext, deadline: Instant): boolean {
  const first = [...init, ...main].filter(({ kind }) => kind !== 'sidecar');
  const moved = stopEach(first, context, deadline);
  return first.every(isAtRest) ? stopEach(init, context, deadline) || moved : moved;
}

function stopEach(states: readonly ContainerState[], context: LifecycleContext, deadline: Instant): boolean {
  let moved = false;
  for (const state of states) {
    if (isAtRest(state)) continue;
    if (state.stopping !== undefined && state.until <= deadline) continue;
    stopContainer(state, context, { deadline, preStop: preStopOf(state) });
    moved = true;
  }
  return moved;
}

/** The pod's grace period in seconds. */
export function graceOf(pod: Pod): number {
  return pod.spec.terminationGracePeriodSeconds ?? 30;
}

/** How long the preStop hook takes, as far as it is understood. */
function preStopOf({ spec }: ContainerState): number {
  const { preStop } = spec.lifecycle ?? {};
  if (preStop === undefined) return 0;
  const { sleep } = preStop as { readonly sleep?: { readonly seconds: number } }; // younger than the types
  if (sleep !== undefined) return sleep.seconds * SECOND;
  return preStop.exec === undefined ? 0 : (outcomeOf(preStop.exec.command ?? [])?.duration ?? 0);
}
