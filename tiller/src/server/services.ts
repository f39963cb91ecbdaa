/** What routes work with; compose.ts makes it. */
import type { Limits } from '@drydock/charts';
import type { Registry } from '@drydock/registry';
import type { ChartSource } from '../chart-sources/chart-source.ts';
import type { SimulatedClusters } from '../clusters/simulated-clusters.ts';
import type { ReleaseStore } from '../release-store/release-store.ts';
import type { Renderer } from '../releases/renderer.ts';
import type { EventHub } from './event-hub.ts';

export interface Services {
  readonly clusters: SimulatedClusters;
  readonly store: ReleaseStore;
  readonly charts: ChartSource;
  readonly registry: Registry;
  readonly events: EventHub;
  readonly renderLimits: Limits;
  readonly renderer: Renderer;
}
