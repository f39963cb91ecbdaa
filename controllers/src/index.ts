/** The public entry of @drydock/controllers: simulated clusters, their clients and their faults. */
export type { KubeObject } from './apimachinery/object.ts';
export { ApiError, isApiError } from './apimachinery/status.ts';
export type { Duration, Instant } from './apimachinery/time.ts';
export type { ApiServer } from './apiserver/apiserver.ts';
export type { Peer } from './apiserver/authentication/authenticate.ts';
export {
  type CertificateOrder,
  type CertificateRequest,
  type Claims,
  type ClusterAuthority,
  unsignedToken,
} from './apiserver/authentication/authority.ts';
export type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  Patch,
  PatchOptions,
  WriteOptions,
} from './apiserver/client.ts';
export { encodeWhole } from './apiserver/http/encoded.ts';
export type { HttpHandler } from './apiserver/http.ts';
export type { ContainerUsage } from './apiserver/kubelet-answers.ts';
export { podUsage } from './kubelet/usage.ts';
export { addNode, type NodeSpec } from './simulation/bootstrap.ts';
export type { Clock, ClockMode } from './simulation/clock.ts';
export { Fleet, FleetError } from './simulation/fleet.ts';
export type {
  SimulationFeatures,
  SimulationOptions,
  SimulationSnapshot,
  SimulationState,
} from './simulation/options.ts';
export {
  createSimulation,
  KUBERNETES_VERSION,
  restoreSimulation,
  type Simulation,
} from './simulation/simulation.ts';
export {
  formatTimeline,
  recordTimeline,
  type TimelineEntry,
  type TimelineOptions,
  type TimelineRecorder,
} from './simulation/trace.ts';
export type { Change } from './store/object-store.ts';
