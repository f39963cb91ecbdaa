/** NodePorts (v1.34): two pods can't have the same host port of one protocol on overlapping addresses. */
import type { SchedulerPlugin } from '../framework.ts';

const ANY = '0.0.0.0';

/** @param a, b `protocol/port/ip` */
export function portsConflict(a: string, b: string): boolean {
  const [protocolA, portA, ipA] = a.split('/');
  const [protocolB, portB, ipB] = b.split('/');
  return protocolA === protocolB && portA === portB && (ipA === ipB || ipA === ANY || ipB === ANY);
}

export const nodePorts: SchedulerPlugin = {
  name: 'NodePorts',
  weight: 0,
  wakes: ['node', 'pod-removed'],
  prepare({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return {
      filter({ pods }) {
        for (const other of pods.values()) {
          if (other.hostPorts.some((used) => hostPorts.some((wanted) => portsConflict(used, wanted)))) {
            return { reasons: ["node(s) didn't have free ports for the requested pod ports"] };
          }
        }
        return undefined;
      },
    };
  },
};
