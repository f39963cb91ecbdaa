/**
 * Runs the recorded scenarios of a real control plane (v1.34.2 with KWOK kubelets) on a simulated cluster and gathers
 * the same facts: final objects, histories of conditions and scales, orders of pods, events.
 */
import { createSimulation } from '@drydock/controllers';
import { gather } from './traces-facts.ts';
import { created } from './traces-match.ts';
import { play } from './traces-play.ts';
import { NAMESPACE, NODES, type Seen, type Trace } from './traces-scenario.ts';

/** Plays the steps; answers what was seen, in the shape of the trace's `invariant`. */
export function runTrace(trace: Trace): Record<string, unknown> {
  const simulation = createSimulation({
    name: trace.name,
    // Nor has it metrics, nor the admission of service accounts.
    features: { metrics: false, disableAdmission: ['ServiceAccount'] },
    nodes: Array.from({ length: NODES }, (_, index) => ({
      name: `node-${index}`,
      labels: { 'topology.kubernetes.io/zone': `z${index % 3}`, type: 'kwok' },
      capacity: { cpu: '32', memory: '256Gi', pods: '110' },
    })),
  });
  // The recorded server has no storage classes.
  simulation.client.delete('storageclasses.storage.k8s.io', { name: 'standard' });
  simulation.client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  // A recorded scenario began anywhere within a second, and times are kept in whole ones: begin in the middle.
  simulation.advance(5500);
  const seen: Seen[] = [];
  const order = new Map<string, number>();
  created.set(simulation, order);
  const stop = simulation.observe((change, resource) => {
    seen.push({ at: simulation.now(), resource, change });
    if (change.type === 'ADDED') order.set(change.object.metadata.uid ?? '', order.size + 1);
  });
  const results = trace.steps.map((step) => play(step, simulation, seen));
  stop();
  return gather(simulation, seen, results);
}
