/**
 * The tree of charts that one render works on: a copy that aliases, conditions and imports may change while the
 * loaded chart stays as it is. Parent links are what Helm's are (pkg/chart/v2/chart.go), also where an aliased chart's
 * grandchildren keep pointing at the original, since paths of templates are made from them.
 */
import type { Chart, ChartDependency, ChartMetadata } from '../chart/chart.ts';
import type { Values } from './values.ts';

export interface ChartNode {
  readonly chart: Chart;
  metadata: ChartMetadata;
  /** Defaults, with imported values once those are processed. Never changed in place. */
  values: Values;
  dependencies: ChartNode[];
  parent: ChartNode | undefined;
}

/** A tree of nodes over a chart. */
export function chartTree(chart: Chart, parent?: ChartNode): ChartNode {
  const node: ChartNode = { chart, metadata: chart.metadata, values: chart.values, dependencies: [], parent };
  node.dependencies = chart.dependencies.map((subchart) => chartTree(subchart, node));
  return node;
}

/** Sets the subcharts of a node and their parent. */
export function setDependencies(node: ChartNode, dependencies: ChartNode[]): void {
  node.dependencies = dependencies;
  for (const dependency of dependencies) dependency.parent = node;
}

/** A copy under another name (or its own), as Helm copies a chart for each entry of the dependencies. */
export function copyForDependency(node: ChartNode, alias: string | undefined): ChartNode {
  const metadata = alias ? { ...node.metadata, name: alias } : node.metadata;
  const copy: ChartNode = { ...node, metadata, dependencies: [], parent: undefined };
  setDependencies(
    copy,
    node.dependencies.map((dependency) => ({ ...dependency })),
  );
  return copy;
}

/** Replaces the dependency entries of a node's metadata. */
export function setDependencyEntries(node: ChartNode, entries: readonly ChartDependency[]): void {
  node.metadata = { ...node.metadata, dependencies: entries };
}

/** `NAME`, or `PARENT/charts/NAME`: where the chart's templates are shown to be. */
export function fullPath(node: ChartNode): string {
  return node.parent === undefined ? node.metadata.name : `${fullPath(node.parent)}/charts/${node.metadata.name}`;
}

/** Whether a chart is a library: only its partials count. */
export function isLibrary(node: ChartNode): boolean {
  return (node.metadata.type ?? '').toLowerCase() === 'library';
}
