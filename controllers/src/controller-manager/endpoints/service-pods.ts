/**
 * The pods behind a Service and the ports they answer on, as both endpoint controllers see them
 * (pkg/controller/endpointslice and endpoint v1.34).
 */
import type { Pod, Service } from '../../apimachinery/kinds.ts';
import { isPodReady, isPodTerminal, isSidecar, podCondition } from '../../apimachinery/pod.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Client, ObjectKey } from '../../apiserver/client.ts';
import type { WatchSource } from '../controller.ts';
import { keyOf } from '../watching.ts';

export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None';
}

export function hasSelector(service: Service): boolean {
  return service.spec.selector !== undefined && service.spec.type !== 'ExternalName';
}

/** The pods that a Service selects and that have an address and may still answer. */
export function servicePods(service: Service, client: Client): readonly Pod[] {
  const selector = labelSelectorOf({ matchLabels: service.spec.selector ?? {} });
  return client
    .list<Pod>('pods', { namespace: service.metadata.namespace ?? '' })
    .filter((pod) => selector.matches(pod.metadata.labels) && (pod.status?.podIP ?? '') !== '' && !isPodTerminal(pod));
}

/** The Service's ports on one pod; those named by what the pod does not have are left out. */
export function portsOn(pod: Pod, service: Service): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const { name = '', protocol = 'TCP', targetPort, appProtocol } = port;
    const number = typeof targetPort === 'string' ? namedPort(pod, targetPort, protocol) : targetPort || port.port;
    return number === undefined
      ? []
      : [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function namedPort(pod: Pod, name: string, protocol: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)];
  return containers
    .flatMap(({ ports = [] }) => ports)
    .find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Services that select a pod wake with it, also those that did before its labels changed. */
export const SELECTING_SERVICES: WatchSource = {
  resource: 'pods',
  keys({ type, object, previous }, client): readonly ObjectKey[] {
    const pod = object as Pod; // it comes from `pods`
    const before = previous as Pod | undefined;
    if (type === 'MODIFIED' && before !== undefined && !matters(pod, before)) return [];
    return client
      .list<Service>('services', { namespace: pod.metadata.namespace ?? '' })
      .filter(({ spec }) => {
        if (spec.selector === undefined) return false;
        const selector = labelSelectorOf({ matchLabels: spec.selector });
        return (
          selector.matches(pod.metadata.labels) || (before !== undefined && selector.matches(before.metadata.labels))
        );
      })
      .map(keyOf);
  },
};

function matters(pod: Pod, before: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    pod.status?.podIP !== before.status?.podIP ||
    pod.status?.phase !== before.status?.phase ||
    pod.spec.nodeName !== before.spec.nodeName ||
    isPodReady(pod) !== isPodReady(before) ||
    JSON.stringify(pod.metadata.labels) !== JSON.stringify(before.metadata.labels)
  );
}

/** Remembers of each Service what its last change was, for the annotation that tells it. In memory, as upstream. */
export interface TriggerTimes {
  /** The time of the change; undefined when it has none (a pod went away). */
  next(service: Service, pods: readonly Pod[]): string | undefined;
  forget(key: string): void;
}

export function createTriggerTimes(): TriggerTimes {
  const known = new Map<string, { readonly service: string; readonly pods: ReadonlyMap<string, string> }>();
  return {
    next(service, pods) {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      const before = known.get(key);
      const times = new Map(
        pods.map((pod) => [
          pod.metadata.name,
          podCondition(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp,
        ]),
      );
      const changed = [...times].filter(([name, time]) => before?.pods.get(name) !== time).map(([, time]) => time);
      if (before?.service !== service.metadata.creationTimestamp) changed.push(service.metadata.creationTimestamp);
      known.set(key, { service: service.metadata.creationTimestamp, pods: times });
      return changed.sort((a, b) => parseTime(a) - parseTime(b))[0];
    },
    forget(key) {
      known.delete(key);
    },
  };
}
