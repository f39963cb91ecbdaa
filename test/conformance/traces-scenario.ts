/** Recorded scenarios of a real control plane: their steps, and what of the cluster they are about. */
import type { Change, KubeObject, Simulation } from '@drydock/controllers';

export interface Step {
  readonly op: string;
  readonly kind?: string;
  readonly name?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly object?: KubeObject;
  readonly patchType?: 'merge' | 'strategic' | 'json';
  readonly patch?: Readonly<Record<string, unknown>>;
  readonly replicas?: number;
  readonly revision?: number;
  readonly seconds?: number;
  readonly timeout?: number;
  readonly count?: number;
  readonly minCount?: number;
  readonly gone?: boolean;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly all?: readonly { readonly path: string; readonly value?: unknown; readonly op?: string }[];
  readonly set?: { readonly ready?: boolean; readonly phase?: string; readonly exitCode?: number };
}

export interface Trace {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly Step[];
  readonly invariant: Readonly<Record<string, unknown>>;
}

export const NAMESPACE = 'scenario';
export const NODES = 20;
/** What the recorder listed at the end of a scenario. */
export const KINDS = [
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'ControllerRevision',
  'Job',
  'CronJob',
  'Service',
  'EndpointSlice',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'ResourceQuota',
  'LimitRange',
  'PersistentVolumeClaim',
  'ConfigMap',
];

export interface Stored extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly name: string; readonly uid: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface Seen {
  readonly at: number;
  readonly resource: string;
  readonly change: Change;
}

export function resourceOf(
  simulation: Simulation,
  object: { readonly apiVersion?: string; readonly kind: string },
): string {
  const found = [...simulation.api.core.resources.all()].find(
    ({ kind, group }) =>
      kind === object.kind &&
      (object.apiVersion === undefined || (object.apiVersion.split('/').at(-2) ?? '') === group),
  );
  if (found === undefined) throw new Error(`no resource of kind ${object.kind}`);
  return found.group === '' ? found.resource : `${found.resource}.${found.group}`;
}

export function isNamespaced(simulation: Simulation, resource: string): boolean {
  return simulation.api.core.resources.find(resource)?.namespaced === true;
}

export function keyFor(simulation: Simulation, resource: string, name: string) {
  return isNamespaced(simulation, resource) ? { namespace: NAMESPACE, name } : { name };
}
