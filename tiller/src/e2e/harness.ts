/** Releases in a simulated cluster, for tests: real parts, all in memory. */
import { mergeValueLayers } from '@drydock/charts';
import { createSimulation } from '@drydock/controllers';
import { onTestFinished } from 'vitest';
import { packageFromPath } from '../chart-sources/directory.ts';
import type { KubeObject } from '../clusters/cluster.ts';
import { SimulatedCluster } from '../clusters/simulated.ts';
import { SqliteReleaseStore } from '../release-store/sqlite.ts';
import { type InstallOptions, install } from '../releases/install.ts';
import type { OperationResult, ReleaseContext } from '../releases/operation.ts';
import type { ReleaseId } from '../releases/release.ts';
import { type RollbackOptions, rollback } from '../releases/rollback.ts';
import { type UninstallOptions, type UninstallResult, uninstall } from '../releases/uninstall.ts';
import { type UpgradeOptions, upgrade } from '../releases/upgrade.ts';

type Rest<T> = Partial<Omit<T, 'package' | 'values'>> & { readonly set?: readonly string[] };

export interface Harness {
  readonly cluster: SimulatedCluster;
  readonly store: SqliteReleaseStore;
  readonly context: ReleaseContext;
  readonly id: ReleaseId;
  /** The timeline so far. */
  readonly timeline: string[];
  install(chart: string, options?: Rest<InstallOptions>): Promise<OperationResult>;
  upgrade(chart: string, options?: Rest<UpgradeOptions>): Promise<OperationResult>;
  rollback(options?: Omit<RollbackOptions, 'id'>): Promise<OperationResult>;
  uninstall(options?: Omit<UninstallOptions, 'id'>): Promise<UninstallResult>;
  find(kind: string, name: string, apiVersion?: string): Promise<KubeObject | undefined>;
  /** Names of a kind in the release's namespace. */
  names(kind: string, apiVersion?: string): Promise<readonly string[]>;
  /** `revision status`, oldest first. */
  history(): Promise<readonly string[]>;
}

export function createHarness(options: { readonly missingImages?: readonly string[] } = {}): Harness {
  const cluster = new SimulatedCluster(createSimulation({ name: 'dev', nodes: 3, ...options }));
  const store = new SqliteReleaseStore(':memory:');
  onTestFinished(() => store.close());
  const timeline: string[] = [];
  const context: ReleaseContext = {
    cluster,
    store,
    observe: ({ elapsed, message }) => timeline.push(`T+${Math.round(elapsed / 1000)}s ${message}`),
  };
  const id: ReleaseId = { cluster: 'dev', namespace: 'default', name: 'web' };
  return {
    cluster,
    store,
    context,
    id,
    timeline,
    async install(chart, { set = [], ...rest } = {}) {
      return install(context, {
        id,
        package: await packageFromPath(chart),
        values: mergeValueLayers({ set }),
        ...rest,
      });
    },
    async upgrade(chart, { set = [], ...rest } = {}) {
      return upgrade(context, {
        id,
        package: await packageFromPath(chart),
        values: mergeValueLayers({ set }),
        ...rest,
      });
    },
    rollback: (rest = {}) => rollback(context, { id, ...rest }),
    uninstall: (rest = {}) => uninstall(context, { id, ...rest }),
    find: (kind, name, apiVersion = 'v1') => cluster.get({ apiVersion, kind, name, namespace: 'default' }),
    async names(kind, apiVersion = 'v1') {
      const { items } = await cluster.list({ apiVersion, kind, namespace: 'default' });
      return items.map(({ metadata }) => metadata.name ?? '');
    },
    async history() {
      return (await store.history(id)).map(({ revision, status }) => `${revision} ${status}`);
    },
  };
}

/** The error of a promise that must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string; details?: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
