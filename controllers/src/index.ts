/** The public entry of @drydock/controllers: simulated clusters, their clients and their faults. */
export type { KubeObject } from './apimachinery/object.ts';
export { ApiError, isApiError } from './apimachinery/status.ts';
export type { Duration, Instant } from './apimachinery/time.ts';
export type { ApiServer } from './apiserver/apiserver.ts';
export type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  Patch,
  PatchOptions,
  WriteOptions,
} from './apiserver/client.ts';
export { addNode, type NodeSpec } from './simulation/bootstrap.ts';
export type { Clock, ClockMode } from './simulation/clock.ts';
export {
  createSimulation,
  KUBERNETES_VERSION,
  restoreSimulation,
  type Simulation,
  type SimulationOptions,
  type SimulationSnapshot,
} from './simulation/simulation.ts';
export type { Change } from './store/object-store.ts';
