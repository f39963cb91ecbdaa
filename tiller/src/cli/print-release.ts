/** A release as Helm prints it (v4 pkg/cmd/status.go), as text and as the structure of `-o json`. */
import type { OperationResult, PlannedObject, ReleaseDetail, ReleaseSummary } from '../server/api.ts';
import { formatAnsic, formatTable, shorten } from './output.ts';

/** Changed fields shown for an object. */
const FIELDS_SHOWN = 4;

export function formatRelease(release: ReleaseDetail): string {
  const lines = [
    `NAME: ${release.name}`,
    `LAST DEPLOYED: ${formatAnsic(release.updated)}`,
    `NAMESPACE: ${release.namespace}`,
    `CLUSTER: ${release.cluster}`,
    `STATUS: ${release.status}`,
    `REVISION: ${release.revision}`,
    `CHART: ${release.chart}-${release.chartVersion}`,
    `DESCRIPTION: ${release.description}`,
  ];
  if (release.promotedFrom !== undefined) {
    const { cluster, namespace, revision } = release.promotedFrom;
    lines.push(`PROMOTED FROM: ${cluster}/${namespace} revision ${revision}`);
  }
  for (const hook of release.hooks.filter(({ events, phase }) => events.includes('test') && phase !== undefined)) {
    lines.push(`TEST SUITE:     ${hook.name}`, `Phase:          ${hook.phase}`);
  }
  return `${lines.join('\n')}\n${formatNotes(release)}`;
}

export function formatNotes(release: ReleaseDetail): string {
  return release.notes.trim() === '' ? '' : `NOTES:\n${release.notes.trim()}\n`;
}

/** The objects that change; those that stay as they are are only counted. */
export function formatPlan(plan: readonly PlannedObject[]): string {
  const changing = plan.filter(({ action }) => action !== 'unchanged');
  const unchanged = plan.length - changing.length;
  const rows = changing.map((object) => [object.kind, object.name, object.action, formatFields(object)]);
  const table = rows.length === 0 ? '' : formatTable(['KIND', 'NAME', 'ACTION', 'FIELDS'], rows);
  return `${table}${unchanged} of ${plan.length} objects unchanged\n`;
}

/** Of a dry run; one by the client alone compares nothing. */
export function formatDryPlan(plan: readonly PlannedObject[]): string {
  return plan.length === 0 ? '' : formatPlan(plan);
}

function formatFields({ fields }: PlannedObject): string {
  const shown = fields.slice(0, FIELDS_SHOWN).map(({ path }) => path);
  return shown.join(', ') + (fields.length > FIELDS_SHOWN ? ` (and ${fields.length - FIELDS_SHOWN} more)` : '');
}

/** `path: before -> after`, a line each. */
export function formatFieldChanges(fields: OperationResult['plan'][number]['fields']): readonly string[] {
  return fields.map(({ path, before, after }) => `${path}: ${formatValue(before)} -> ${formatValue(after)}`);
}

function formatValue(value: unknown): string {
  return value === undefined ? '(none)' : shorten(JSON.stringify(value), 80);
}

/** Helm's structure of a release, with the cluster added. */
export function releaseJson(release: ReleaseDetail): Readonly<Record<string, unknown>> {
  return {
    name: release.name,
    cluster: release.cluster,
    namespace: release.namespace,
    version: release.revision,
    info: {
      first_deployed: release.firstDeployed,
      last_deployed: release.updated,
      description: release.description,
      status: release.status,
      notes: release.notes,
    },
    chart: {
      metadata: { name: release.chart, version: release.chartVersion, appVersion: release.appVersion },
    },
    config: release.values,
    manifest: release.manifest,
    hooks: release.hooks.map((hook) => ({
      name: hook.name,
      kind: hook.kind,
      path: hook.path,
      events: hook.events,
      weight: hook.weight,
      delete_policies: hook.deletePolicies,
      last_run: { phase: hook.phase ?? '', started_at: hook.startedAt ?? '', completed_at: hook.completedAt ?? '' },
    })),
    labels: release.labels,
    ...(release.readiness === undefined ? {} : { resources: release.readiness }),
    ...(release.failure === undefined ? {} : { failure: release.failure }),
  };
}

/** Helm's structure of a release in a list. */
export function summaryJson(release: ReleaseSummary): Readonly<Record<string, unknown>> {
  return {
    name: release.name,
    cluster: release.cluster,
    namespace: release.namespace,
    revision: String(release.revision),
    updated: release.updated,
    status: release.status,
    chart: `${release.chart}-${release.chartVersion}`,
    app_version: release.appVersion,
  };
}

/** What an operation's `-o json` prints: the release, and what was done. */
export function operationJson(result: OperationResult): Readonly<Record<string, unknown>> {
  return { ...releaseJson(result.release), plan: result.plan, dry_run: result.dryRun };
}

/** A dry run, as Helm shows it: hooks and manifest. */
export function formatDryRun(release: ReleaseDetail): string {
  return `HOOKS:\n${release.hookManifest}MANIFEST:\n${release.manifest}`;
}
