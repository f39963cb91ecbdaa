/** From what the stores keep to what the HTTP API answers. */
import { type Chart, coalesceValues, loadArchive, valuesFromJson, valuesToJson } from '@drydock/charts';
import type { Cluster, ObjectRef } from '../clusters/cluster.ts';
import type { ReleaseStore } from '../release-store/release-store.ts';
import { unfold } from '../releases/objects.ts';
import type { OperationResult as ReleaseOperationResult } from '../releases/operation.ts';
import { findLive, type Plan } from '../releases/plan.ts';
import { refOf } from '../releases/progress.ts';
import { assessReadiness } from '../releases/readiness.ts';
import {
  formatManifests,
  type Release,
  type ReleaseHook,
  type ReleaseSummary as Summary,
} from '../releases/release.ts';
import { indexResources } from '../releases/resources.ts';
import { placedObjects } from '../releases/revise.ts';
import type {
  ReleaseHook as HookAnswer,
  ObjectReadiness,
  OperationResult,
  PlannedObject,
  ReleaseDetail,
  ReleaseSummary,
} from './api.ts';

export function formatInstant(instant: number): string {
  return new Date(instant).toISOString();
}

export function summaryAnswer(summary: Summary): ReleaseSummary {
  return {
    ...summary.id,
    revision: summary.revision,
    status: summary.status,
    chart: summary.chart.name,
    chartVersion: summary.chart.version,
    appVersion: summary.chart.appVersion,
    updated: formatInstant(summary.deleted ?? summary.lastDeployed),
    description: summary.description,
  };
}

/** `archive` is the chart's, or undefined for a dry run whose chart the caller has. */
export async function detailAnswer(release: Release, chart: Chart): Promise<ReleaseDetail> {
  const values = valuesFromJson(release.values);
  return {
    ...summaryAnswer(release),
    firstDeployed: formatInstant(release.firstDeployed),
    notes: release.notes,
    values: release.values,
    computedValues: valuesToJson(coalesceValues(chart, values)),
    manifest: formatManifests(release.manifests),
    hookManifest: formatManifests(release.hooks),
    hooks: release.hooks.map(hookAnswer),
    objects: release.manifests
      .flatMap(({ object }) => unfold(object))
      .map((object) => ({ namespace: release.id.namespace, ...refOf(object) })),
    labels: release.labels,
    ...(release.promotion === undefined
      ? {}
      : {
          promotedFrom: {
            cluster: release.promotion.from.cluster,
            namespace: release.promotion.from.namespace,
            revision: release.promotion.revision,
          },
        }),
    ...(release.failure === undefined ? {} : { failure: release.failure }),
  };
}

/** The chart that a revision was made of. */
export async function chartOf(store: ReleaseStore, release: Release): Promise<Chart> {
  return loadArchive(await store.archive(release.chart.digest));
}

export async function operationAnswer(result: ReleaseOperationResult, chart: Chart): Promise<OperationResult> {
  return {
    release: await detailAnswer(result.release, chart),
    plan: planAnswer(result.plan),
    dryRun: result.dryRun,
    installed: result.installed,
  };
}

export function planAnswer(plan: Plan): readonly PlannedObject[] {
  return plan.objects.map(({ ref, action, fields }) => ({ ...objectAnswer(ref), action, fields }));
}

export function objectAnswer(ref: ObjectRef): ObjectRef {
  const { apiVersion, kind, namespace, name } = ref;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The state of a revision's objects now. */
export async function readinessAnswer(cluster: Cluster, release: Release): Promise<readonly ObjectReadiness[]> {
  const resources = indexResources(await cluster.discover(), []);
  const answers: ObjectReadiness[] = [];
  for (const { object } of placedObjects(release, resources)) {
    const ref = refOf(object);
    if (object.metadata.name === undefined) continue;
    const { state, message } = assessReadiness(await findLive(cluster, ref), { waitForJobs: true });
    answers.push({ ...objectAnswer(ref), ready: state === 'ready', message });
  }
  return answers;
}

function hookAnswer(hook: ReleaseHook): HookAnswer {
  const { lastRun } = hook;
  return {
    name: hook.object.metadata.name ?? hook.object.metadata.generateName ?? '',
    kind: hook.object.kind,
    path: hook.source,
    events: hook.events,
    weight: hook.weight,
    deletePolicies: hook.deletePolicies,
    ...(lastRun === undefined ? {} : { phase: lastRun.phase, startedAt: formatInstant(lastRun.startedAt) }),
    ...(lastRun?.completedAt === undefined ? {} : { completedAt: formatInstant(lastRun.completedAt) }),
    ...(lastRun?.log === undefined ? {} : { log: lastRun.log }),
  };
}
