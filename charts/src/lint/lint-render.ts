/**
 * Rendering as Helm's lint renders (pkg/chart/v2/lint/rules/template.go): `required` and `fail` only log, no cluster is
 * asked, the release is neither an install nor an upgrade, neither the chart's kubeVersion nor missing dependencies
 * count, and values are coalesced twice, which brings back defaults that a null took out.
 */
import type { Chart } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import type { Limits } from '../engine/engine.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import { capabilitiesObject, releaseObject } from '../render/builtins.ts';
import { type Capabilities, defaultCapabilities } from '../render/capabilities.ts';
import { isNotes } from '../render/notes.ts';
import { renderTemplates } from '../render/render.ts';
import { listTemplates, type Renderable } from '../render/template-tree.ts';
import { chartTree } from '../values/chart-tree.ts';
import { coalesceTree, type Warn } from '../values/coalesce.ts';
import { processDependencies } from '../values/dependencies.ts';
import type { SchemaFiles } from '../values/schema.ts';
import { checkSchemas } from '../values/schemas.ts';
import type { Values } from '../values/values.ts';

export interface LintRenderOptions {
  readonly namespace: string;
  readonly values: Values;
  readonly skipSchemaValidation: boolean;
  readonly capabilities?: Capabilities;
  /** Where hostile templates end; absent, defaultLimits. */
  readonly limits?: Limits;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** Absent, that of Helm's lint. */
  readonly releaseName?: string;
  /** Told what Helm would log, as it comes. */
  readonly warn?: Warn;
  /** Also tells `warn` of the steps of the check against schemas. */
  readonly debug?: boolean;
  /** Reads files that schemas refer to; absent, there are none. */
  readonly schemaFiles?: SchemaFiles | undefined;
}

/** Rendered files and the templates they came from, both by name, e.g. `mychart/templates/a.yaml`. */
export interface LintRender {
  readonly files: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, string>;
  /** The names of those that become notes. */
  readonly notes: ReadonlySet<string>;
}

/**
 * Undefined where dependencies or values do not fit together, which Helm's lint passes over. Throws ChartError
 * SchemaViolation or RenderFailed.
 */
export function renderForLint(chart: Chart, options: LintRenderOptions): LintRender | undefined {
  const capabilities = options.capabilities ?? defaultCapabilities;
  const release = { name: options.releaseName ?? 'test-release', namespace: options.namespace };
  const templates = listForLint(chart, options, {
    release: releaseObject({ ...release, revision: 0, isInstall: false }),
    capabilities: capabilitiesObject(capabilities),
  });
  if (templates === undefined) return undefined;
  const files = renderTemplates(templates, chart, {
    release,
    lintMode: true,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.warn === undefined ? {} : { warn: options.warn }),
  });
  return {
    files,
    templates: new Map(templates.map(({ name, data }) => [name, goString(data)])),
    notes: new Set(templates.filter(isNotes).map(({ name }) => name)),
  };
}

function listForLint(
  chart: Chart,
  options: LintRenderOptions,
  shared: Parameters<typeof listTemplates>[2],
): Renderable[] | undefined {
  const root = chartTree(chart);
  const warn = options.warn ?? (() => {});
  let values: Values;
  try {
    processDependencies(root, options.values, warn);
    values = coalesceTree(root, coalesceTree(root, options.values, warn), warn);
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
  if (!options.skipSchemaValidation) {
    checkSchemas(root, values, { debug: options.debug === true ? warn : undefined, files: options.schemaFiles });
  }
  return listTemplates(root, values, shared);
}
