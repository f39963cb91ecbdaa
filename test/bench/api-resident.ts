/** Makes so many pods in a cluster and prints the resident memory in MB. A program of its own: `api-resident N`. */
import { createSimulation } from '@drydock/controllers';
import { benchPod } from './api-load.ts';

const count = Number(process.argv[2] ?? 150_000);
const simulation = createSimulation({ name: 'resident', nodes: 0 });
for (let i = 0; i < count; i += 1) simulation.client.create('pods', benchPod(`pod-${i}`));
for (let i = 0; i < 3; i += 1) globalThis.gc?.();
const have = simulation.client.list('pods').length;
if (have !== count) throw new Error(`${have} pods instead of ${count}`);
console.log((process.memoryUsage().rss / 1e6).toFixed(1));
