/**
 * Lint of a chart: what `helm lint` v4.3 finds, in its order and with its words, and then what only a rehearsal sees.
 * The entry of this folder: everything that others use of it.
 */
import type { Chart } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import type { Limits } from '../engine/engine.ts';
import { type Capabilities, defaultCapabilities } from '../render/capabilities.ts';
import { defaultLimits } from '../render/limits.ts';
import type { Warn } from '../values/coalesce.ts';
import type { SchemaFiles } from '../values/schema.ts';
import type { Values } from '../values/values.ts';
import { type ChartFolder, openChartFolder } from './chart-folder.ts';
import { lintChartYaml } from './chart-yaml-rules.ts';
import { lintCrds } from './crd-rules.ts';
import { lintDependencies } from './dependency-rules.ts';
import type { Finding, LintResult } from './finding.ts';
import { lintObjects } from './objects/lint-objects.ts';
import type { Previous } from './objects/rule-context.ts';
import { lintTemplates } from './template-rules.ts';
import { lintValues } from './values-rules.ts';

export { type Finding, isAtLeast, type LintResult, type Severity } from './finding.ts';
export type { Previous } from './objects/rule-context.ts';
export { RULES, type Rule, ruleOf } from './rules.ts';
export { findingsOf, formatSarif } from './sarif.ts';

export interface LintOptions {
  /** Of the release; `default`. */
  readonly namespace?: string;
  /** User-supplied values. */
  readonly values?: Values;
  readonly skipSchemaValidation?: boolean;
  readonly capabilities?: Capabilities;
  /** Where hostile templates end; absent, defaultLimits. */
  readonly limits?: Limits;
  /** `helm`: Helm's own alone. */
  readonly rules?: 'all' | 'helm';
  /** What an upgrade to the chart would begin with, for `immutable-field`. */
  readonly previous?: Previous;
  /** Told what Helm's lint logs, as it comes. */
  readonly warn?: Warn;
  /** Also tells `warn` of the steps of the check against schemas. */
  readonly debug?: boolean;
  /** Reads files that schemas refer to; absent, there are none. */
  readonly schemaFiles?: SchemaFiles;
}

/** Lints a chart in a folder or an archive. A path that is no chart is a result with a `failure`, too. */
export function lintChart(path: string, options: LintOptions = {}): LintResult {
  let folder: ChartFolder;
  try {
    folder = openChartFolder(path);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    return { path, findings: [], failure: error.message };
  }
  const { warn: log } = options;
  const loadOnce = once(() => folder.load());
  // Helm's rules load the chart one by one, and each load logs what it finds.
  const loaded = (): Chart => {
    const chart = loadOnce();
    if (log !== undefined) logLoading(chart, log);
    return chart;
  };
  const render = {
    namespace: options.namespace ?? 'default',
    values: options.values ?? new Map(),
    skipSchemaValidation: options.skipSchemaValidation ?? false,
    capabilities: options.capabilities ?? defaultCapabilities,
    limits: options.limits ?? defaultLimits,
    schemaFiles: options.schemaFiles,
  };
  const warn = log === undefined ? {} : { warn: log, debug: options.debug === true };
  const chartYaml = lintChartYaml(folder);
  const values = lintValues(folder, { ...render, ...warn });
  const templates = lintTemplates(folder, loaded, { ...render, ...warn });
  const helm: readonly Finding[] = [
    ...chartYaml,
    ...values,
    ...templates.findings,
    ...lintDependencies(folder, loaded),
    ...lintCrds(folder, loaded),
  ];
  const { rendered } = templates;
  const own =
    options.rules === 'helm' || rendered === undefined
      ? []
      : lintObjects(rendered, { ...render, ...(options.previous === undefined ? {} : { previous: options.previous }) });
  return {
    path,
    ...(rendered === undefined ? {} : { chart: rendered.chart.metadata.name }),
    findings: [...helm, ...own],
  };
}

function logLoading(chart: Chart, warn: Warn): void {
  for (const message of chart.warnings) warn({ level: 'INFO', message });
  for (const subchart of chart.dependencies) logLoading(subchart, warn);
}

/** The chart, or the error that there was, each time. */
function once(load: () => Chart): () => Chart {
  let chart: Chart | undefined;
  let failed: { readonly error: unknown } | undefined;
  return () => {
    if (failed !== undefined) throw failed.error;
    try {
      chart ??= load();
      return chart;
    } catch (error) {
      failed = { error };
      throw error;
    }
  };
}
