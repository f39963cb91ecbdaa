/**
 * Lint of a chart: what `helm lint` v4.3 finds, in its order and with its words, and then what only a rehearsal sees.
 * The entry of this folder: everything that others use of it.
 */
import type { Chart } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import { type Capabilities, defaultCapabilities } from '../render/capabilities.ts';
import type { Values } from '../values/values.ts';
import { type ChartFolder, openChartFolder } from './chart-folder.ts';
import { lintChartYaml } from './chart-yaml-rules.ts';
import { lintCrds } from './crd-rules.ts';
import { lintDependencies } from './dependency-rules.ts';
import type { Finding, LintResult } from './finding.ts';
import { lintObjects } from './objects/lint-objects.ts';
import { lintTemplates } from './template-rules.ts';
import { lintValues } from './values-rules.ts';

export { type Finding, isAtLeast, type LintResult, type Severity } from './finding.ts';
export { RULES, type Rule, ruleOf } from './rules.ts';
export { findingsOf, formatSarif } from './sarif.ts';

export interface LintOptions {
  /** Of the release; `default`. */
  readonly namespace?: string;
  /** User-supplied values. */
  readonly values?: Values;
  readonly skipSchemaValidation?: boolean;
  readonly capabilities?: Capabilities;
  /** `helm`: Helm's own alone. */
  readonly rules?: 'all' | 'helm';
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
  const loaded = once(() => folder.load());
  const render = {
    namespace: options.namespace ?? 'default',
    values: options.values ?? new Map(),
    skipSchemaValidation: options.skipSchemaValidation ?? false,
    capabilities: options.capabilities ?? defaultCapabilities,
  };
  const templates = lintTemplates(folder, loaded, render);
  const helm: readonly Finding[] = [
    ...lintChartYaml(folder),
    ...lintValues(folder, render),
    ...templates.findings,
    ...lintDependencies(folder, loaded),
    ...lintCrds(folder, loaded),
  ];
  const { rendered } = templates;
  const own = options.rules === 'helm' || rendered === undefined ? [] : lintObjects(rendered, render);
  return {
    path,
    ...(rendered === undefined ? {} : { chart: rendered.chart.metadata.name }),
    findings: [...helm, ...own],
  };
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
