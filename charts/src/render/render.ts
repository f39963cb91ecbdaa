/**
 * A chart and values to manifests, hooks, notes and CRDs: what `helm template` and the client side of an install do.
 * Follows Helm v4.3's pkg/action (install.go, renderResources) and pkg/chart/common/util (ToRenderValues). Pure but
 * for two defaults, which callers that want repeatable output replace: the time and the source of random bytes.
 */
import { missingDependencies } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { isCrdFile } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import { isCompatible } from '../chart/version.ts';
import {
  type CompiledTemplates,
  type Instant,
  type Limits,
  type Lookup,
  type RandomSource,
  type RenderEnvironment,
  type TemplateEngine,
  TemplateError,
} from '../engine/engine.ts';
import { functions } from '../engine/functions/functions.ts';
import { goString } from '../engine/gotemplate/bytes.ts';
import { createGoTemplateEngine } from '../engine/gotemplate/go-template-engine.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { createHandlebarsEngine } from '../engine/handlebars/handlebars-engine.ts';
import { type ChartNode, chartTree, fullPath } from '../values/chart-tree.ts';
import { coalesceTree, type Warn } from '../values/coalesce.ts';
import { processDependencies } from '../values/dependencies.ts';
import type { SchemaFiles } from '../values/schema.ts';
import { checkSchemas } from '../values/schemas.ts';
import type { Values } from '../values/values.ts';
import { capabilitiesObject, namedValues, releaseObject } from './builtins.ts';
import { type Capabilities, defaultCapabilities, normalizedKubeVersion } from './capabilities.ts';
import { defaultLimits } from './limits.ts';
import { type Hook, type Manifest, readManifests, sortManifests } from './manifest.ts';
import { takeNotes } from './notes.ts';
import { checkReleaseName } from './release-name.ts';
import { systemRandom } from './system-random.ts';
import { compileTemplates, type TemplateCache } from './template-cache.ts';
import { isPartial, listTemplates, type Renderable } from './template-tree.ts';

export interface RenderOptions {
  readonly release: {
    readonly name: string;
    readonly namespace: string;
    readonly revision?: number;
    readonly isInstall?: boolean;
    readonly isUpgrade?: boolean;
    readonly service?: string;
  };
  /** User-supplied values: they go over the chart's own. */
  readonly values?: Values;
  readonly capabilities?: Capabilities;
  /** Cluster objects for `lookup`; absent, it answers empty. */
  readonly lookup?: Lookup;
  /** An address of a host for `getHostByName`; absent, it answers nothing. */
  readonly resolveHost?: (name: string) => string;
  /** Milliseconds since the epoch; absent, the time of the call. */
  readonly now?: Instant;
  /** Absent, the system's. */
  readonly random?: RandomSource;
  /** Where hostile templates end; absent, defaultLimits. */
  readonly limits?: Limits;
  readonly skipSchemaValidation?: boolean;
  /** A missing key is an error. */
  readonly strict?: boolean;
  /** `required` and `fail` report in place of failing, as for Helm's lint. */
  readonly lintMode?: boolean;
  /** Adds the NOTES.txt of subcharts to the notes. */
  readonly subNotes?: boolean;
  /**
   * Changes the rendered texts (by template, without notes) before they are sorted into manifests and hooks: what a
   * post-renderer does.
   */
  readonly postRender?: (files: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;
  /** Told what Helm would log about values and, in lint mode, by templates, as it comes. */
  readonly warn?: Warn;
  /** Also tells `warn` of the steps of the check against schemas, as Helm's --debug. */
  readonly debug?: boolean;
  /** Reads files that schemas refer to; absent, there are none. Not for the charts of others on a server. */
  readonly schemaFiles?: SchemaFiles;
  /** Compiled templates of earlier renders; see createTemplateCache. */
  readonly cache?: TemplateCache;
}

/** A file of crds/ as it is. */
export interface CrdFile {
  readonly source: string;
  readonly text: string;
}

export interface Rendered {
  /** In install order. */
  readonly manifests: readonly Manifest[];
  /** In install order of their kinds; who runs them sorts by weight. */
  readonly hooks: readonly Hook[];
  readonly notes: string;
  /** The objects of crds/, of the chart and then of its subcharts. Parsed when first asked for; then throws ChartError. */
  readonly crds: readonly Manifest[];
  readonly crdFiles: readonly CrdFile[];
  /** All values: the user's over the chart's. Made anew when asked for, and so not what templates may have set. */
  readonly values: Values;
}

/** The languages of templates, in the order in which a chart tree's are parsed. */
const engines: readonly TemplateEngine[] = [createGoTemplateEngine(functions), createHandlebarsEngine(functions)];

/** Renders a chart. Throws ChartError with Helm's text. */
export function renderChart(chart: Chart, options: RenderOptions): Rendered {
  checkReleaseName(options.release.name);
  checkInstallable(chart);
  const given: Values = options.values ?? new Map();
  const { root, templates, files } = renderTree(chart, given, options);
  const notes = takeNotes(files, templates, { chart: root.metadata.name, subNotes: options.subNotes ?? false });
  const { manifests, hooks } = sortManifests(options.postRender?.(files) ?? files, options.warn);
  const crdFiles = listCrdFiles(root);
  return {
    manifests,
    hooks,
    notes,
    crdFiles,
    get crds() {
      return crdFiles.flatMap(({ source, text }) => readManifests(source, text));
    },
    get values() {
      return coalesceTree(root, given, silent);
    },
  };
}

/**
 * The texts that the templates of a chart and its subcharts render to, by file, before they are taken for manifests or
 * notes: what Helm's engine gives. Throws ChartError.
 */
export function renderFiles(chart: Chart, options: RenderOptions): ReadonlyMap<string, string> {
  return renderTree(chart, options.values ?? new Map(), options).files;
}

interface RenderedTree {
  readonly root: ChartNode;
  readonly templates: readonly Renderable[];
  readonly files: Map<string, string>;
}

function renderTree(chart: Chart, given: Values, options: RenderOptions): RenderedTree {
  const warn = options.warn ?? silent;
  const root = prepareTree(chart, given, warn);
  const values = coalesceTree(root, given, warn);
  if (options.skipSchemaValidation !== true) {
    checkSchemas(root, values, { debug: options.debug === true ? warn : undefined, files: options.schemaFiles });
  }
  const capabilities = options.capabilities ?? defaultCapabilities;
  checkKubeVersion(root, capabilities);
  const templates = listTemplates(root, values, {
    release: releaseObject(options.release),
    capabilities: capabilitiesObject(capabilities),
  });
  return { root, templates, files: renderTemplates(templates, chart, options) };
}

/** All values of a chart with a user's over them, after conditions, tags and imports. Throws ChartError. */
export function coalesceValues(chart: Chart, overrides: Values): Values {
  return coalesceTree(prepareTree(chart, overrides, silent), overrides, silent);
}

function prepareTree(chart: Chart, given: Values, warn: Warn): ChartNode {
  const root = chartTree(chart);
  processDependencies(root, given, warn);
  return root;
}

const silent: Warn = () => {};

function checkInstallable(chart: Chart): void {
  const { name, type = '' } = chart.metadata;
  if (type !== '' && type !== 'application') {
    throw new ChartError('NotInstallable', `${type} charts are not installable`, { chart: name });
  }
  const missing = missingDependencies(chart);
  if (missing.length === 0) return;
  throw new ChartError(
    'MissingDependency',
    `an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
    { chart: name },
  );
}

function checkKubeVersion(root: ChartNode, capabilities: Capabilities): void {
  const { name, kubeVersion: wanted = '' } = root.metadata;
  if (wanted === '' || isCompatible(wanted, normalizedKubeVersion(capabilities.kubeVersion))) return;
  const message = `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${capabilities.kubeVersion.version}`;
  throw new ChartError('NotInstallable', message, { chart: name });
}

/** The texts of templates that are listed already, by name: for lint, which comes to them by another way. Throws ChartError. */
export function renderTemplates(
  templates: readonly Renderable[],
  chart: Chart,
  options: RenderOptions,
): Map<string, string> {
  const env: RenderEnvironment = {
    lookup: options.lookup ?? (() => new Map()),
    now: options.now ?? Date.now(),
    random: options.random ?? systemRandom,
    limits: options.limits ?? defaultLimits,
    usage: { steps: 0, outputBytes: 0 },
    ...(options.resolveHost === undefined ? {} : { resolveHost: options.resolveHost }),
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.lintMode === undefined ? {} : { lintMode: options.lintMode }),
    ...(options.warn === undefined ? {} : { log: options.warn }),
  };
  const files = new Map<string, string>();
  try {
    const compiled = compileAll(templates, options.cache);
    for (const { name, context, basePath, engine } of templates) {
      if (isPartial(name)) continue;
      const template = new Map<string, GoValue>([
        ['Name', name],
        ['BasePath', basePath],
      ]);
      context.set('Template', namedValues(template));
      const text = compiled.get(engine)?.render(name, namedValues(context), env);
      if (text !== undefined) files.set(name, text);
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { file, line, column } = error;
    throw new ChartError('RenderFailed', error.message, { chart: chart.metadata.name, file, line, column }, error);
  }
  return files;
}

/** Compiles the templates of each engine that a chart tree has any of. */
function compileAll(
  templates: readonly Renderable[],
  cache: TemplateCache | undefined,
): ReadonlyMap<TemplateEngine['name'], CompiledTemplates> {
  const compiled = new Map<TemplateEngine['name'], CompiledTemplates>();
  for (const engine of engines) {
    const own = templates.filter((template) => template.engine === engine.name);
    if (own.length > 0) compiled.set(engine.name, cache?.compile(engine, own) ?? compileTemplates(engine, own));
  }
  return compiled;
}

function listCrdFiles(node: ChartNode): CrdFile[] {
  const path = fullPath(node);
  const own = node.chart.files
    .filter(isCrdFile)
    .map((file) => ({ source: `${path}/${file.name}`, text: goString(file.data) }));
  return [...own, ...node.dependencies.flatMap(listCrdFiles)];
}
