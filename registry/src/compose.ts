/**
 * A new chart out of stored ones, as caicloud/helm-registry v1 composes them: each node of a tree takes a chart from the
 * registry, or a subchart of its parent's own package, and has exactly the subcharts that it names, under the names that it
 * gives. Values of the charts used are cleared, their schemas with them; the configs of the nodes become the values.yaml.
 * Charts of apiVersion v1 become v2, whose dependencies stand in Chart.yaml.
 */
import { type Chart, ChartError, type ChartFile, chartFromFiles, packageChart } from '@drydock/charts';
import { RegistryError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { checkChartName, checkVersion, type VersionRef } from './names.ts';
import { metadataJson } from './package.ts';

export interface Composition {
  readonly chart: string;
  readonly version: string;
  readonly description?: string;
  /** Configs as Helm reads values, each child's under its name; or as they stand in the tree, under `_config`. */
  readonly layout: 'values' | '_config';
  readonly root: CompositionNode;
}

export interface CompositionNode {
  readonly source: ChartSource;
  readonly config: JsonObject;
  readonly children: ReadonlyMap<string, CompositionNode>;
}

/** A version of the registry, or a subchart of the parent's package by its name. */
export type ChartSource = { readonly version: VersionRef } | { readonly subchart: string };

export interface ComposeContext {
  /** Throws as a pull does. */
  open(ref: VersionRef): Promise<Chart>;
}

/** Files of a chart that composing writes anew, or leaves out. */
const ownFiles: ReadonlySet<string> = new Set([
  'Chart.yaml',
  'Chart.lock',
  'requirements.yaml',
  'requirements.lock',
  'values.yaml',
  'values.schema.json',
]);

/** Charts of one composition. */
const maxNodes = 200;
/** Bytes of the files of all of them together, subcharts that are left out included. */
const maxBytes = 100 * 1024 * 1024;

/** The package. Throws InvalidComposition, InvalidChartName, InvalidVersion, and as `open`. */
export async function composePackage(composition: Composition, context: ComposeContext): Promise<Uint8Array> {
  const { chart, version, description, root, layout } = composition;
  checkChartName(chart);
  checkVersion(version, chart);
  const files: ChartFile[] = [];
  const metadata = { version, ...(description === undefined ? {} : { description }) };
  const budget = { nodes: maxNodes, bytes: maxBytes };
  await collectNode({ node: root, name: chart, metadata, context, budget, prefix: '', parent: undefined }, files);
  const values = layout === '_config' ? configTree(root) : valuesTree(root);
  files.push({ name: 'values.yaml', data: jsonFile(values) });
  try {
    return packageChart(chartFromFiles(files));
  } catch (error) {
    if (!(error instanceof ChartError)) {
      throw error;
    }
    throw new RegistryError('InvalidComposition', `chart ${chart}: ${error.message}`, { cause: error });
  }
}

interface NodeToCollect {
  readonly node: CompositionNode;
  readonly name: string;
  /** Fields of Chart.yaml that differ from the source's. */
  readonly metadata: JsonObject;
  readonly context: ComposeContext;
  /** What may still be added. */
  readonly budget: { nodes: number; bytes: number };
  /** Where the chart's files stand in the package. */
  readonly prefix: string;
  readonly parent: Chart | undefined;
}

/** Adds the files of the node and of what is below it; gives its version. */
async function collectNode(what: NodeToCollect, files: ChartFile[]): Promise<string> {
  const { node, name, metadata, context, budget, prefix } = what;
  budget.nodes -= 1;
  if (budget.nodes < 0) {
    throw new RegistryError('InvalidComposition', `a composition has at most ${maxNodes} charts`);
  }
  const source = await openSource(what);
  budget.bytes -= source.raw.reduce((sum, { data }) => sum + data.length, 0);
  if (budget.bytes < 0) {
    throw new RegistryError(
      'InvalidComposition',
      `the charts of the composition have more than ${maxBytes} bytes of files`,
    );
  }
  const dependencies: JsonObject[] = [];
  for (const [childName, child] of node.children) {
    checkChartName(childName);
    const childPrefix = `${prefix}charts/${childName}/`;
    const below = { node: child, name: childName, metadata: {}, context, budget, prefix: childPrefix, parent: source };
    dependencies.push({ name: childName, version: await collectNode(below, files), repository: '' });
  }
  const { dependencies: _dependencies, ...kept } = metadataJson(source.metadata);
  const own: JsonObject = {
    ...kept,
    apiVersion: 'v2',
    ...metadata,
    name,
    ...(dependencies.length === 0 ? {} : { dependencies }),
  };
  files.push({ name: `${prefix}Chart.yaml`, data: jsonFile(own) });
  if (prefix !== '') {
    files.push({ name: `${prefix}values.yaml`, data: jsonFile({}) });
  }
  for (const file of source.raw) {
    if (!ownFiles.has(file.name) && !file.name.startsWith('charts/')) {
      files.push({ name: `${prefix}${file.name}`, data: file.data });
    }
  }
  return source.metadata.version;
}

async function openSource({ node, name, context, parent }: NodeToCollect): Promise<Chart> {
  if ('version' in node.source) {
    return context.open(node.source.version);
  }
  const { subchart } = node.source;
  if (parent === undefined) {
    throw new RegistryError('InvalidComposition', `chart ${name}: the root must be independent: it has no parent`);
  }
  const found = parent.dependencies.find((dependency) => dependency.metadata.name === subchart);
  if (found === undefined) {
    const { name: parentName, version } = parent.metadata;
    throw new RegistryError('ChartNotFound', `chart ${name}: ${parentName} ${version} has no subchart ${subchart}`, {
      details: { chart: parentName, version, subchart },
    });
  }
  return found;
}

/** Each child's values under its name, over what the parent's config says there. */
function valuesTree(node: CompositionNode): JsonObject {
  const children = [...node.children].map(([name, child]): [string, JsonObject] => [name, valuesTree(child)]);
  const below = new Map(Object.entries(node.config));
  for (const [name, values] of children) {
    if (Object.keys(values).length > 0) {
      below.set(name, values);
    }
  }
  return Object.fromEntries(below);
}

function configTree(node: CompositionNode): JsonObject {
  const children = [...node.children].map(([name, child]): [string, unknown] => [name, configTree(child)]);
  return Object.fromEntries([['_config', node.config], ...children]);
}

/** JSON is YAML; packing writes Chart.yaml anew. */
function jsonFile(value: JsonObject): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
