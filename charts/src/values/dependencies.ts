/**
 * What the `dependencies` of Chart.yaml do to a chart tree: aliases, conditions, tags and import-values. Follows Helm
 * v4's pkg/chart/v2/util/dependencies.go, step by step, since the order of its steps shows in the outcome: conditions
 * of a subchart are looked up in values that have that subchart's defaults at their top.
 */
import type { ChartDependency, ImportValue } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import { isCompatible } from '../chart/version.ts';
import { type ChartNode, copyForDependency, setDependencies, setDependencyEntries } from './chart-tree.ts';
import { coalesceTree, mergeTables, mergeTree, type Warn, type Warning } from './coalesce.ts';
import { copyValues, scalarAt, tableAt, type Values } from './values.ts';

/** Applies the dependencies of a tree to it, with the values that a user gave. Throws ChartError. */
export function processDependencies(root: ChartNode, values: Values, warn: Warn): void {
  try {
    selectDependencies(root, { values, path: '', warn });
    importFromDependencies(root, warn);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const message = `chart dependencies processing failed: ${error.message}`;
    throw new ChartError(error.code, message, error.details, error);
  }
}

interface Selection {
  readonly values: Values;
  /** Names of the charts on the way down, each with a dot behind it. */
  readonly path: string;
  readonly warn: Warn;
}

/** Takes out what conditions and tags disable, and gives aliased charts their names. */
function selectDependencies(node: ChartNode, given: Selection): void {
  const declared = node.metadata.dependencies;
  if (declared === undefined) return;
  setDependencies(node, [...undeclaredCharts(node, declared), ...declaredCharts(node, declared)]);
  const values = coalesceTree(node, given.values, given.warn);
  const entries = declared.map((entry): ChartDependency => {
    const named = entry.alias ? { ...entry, name: entry.alias } : entry;
    return { ...named, enabled: isEnabled(named, { ...given, values }) };
  });
  const disabled = new Set(entries.filter((entry) => entry.enabled !== true).map(({ name }) => name));
  const kept = node.dependencies.filter((subchart) => !disabled.has(subchart.metadata.name));
  for (const subchart of kept) {
    selectDependencies(subchart, { ...given, values, path: `${given.path}${subchart.metadata.name}.` });
  }
  setDependencyEntries(
    node,
    entries.filter(({ name }) => !disabled.has(name)),
  );
  setDependencies(node, kept);
}

/** Charts in charts/ that no entry of Chart.yaml speaks of: they are always on. */
function undeclaredCharts(node: ChartNode, declared: readonly ChartDependency[]): ChartNode[] {
  return node.dependencies.filter((subchart) => !declared.some((entry) => isFor(entry, subchart)));
}

function declaredCharts(node: ChartNode, declared: readonly ChartDependency[]): ChartNode[] {
  return declared.flatMap((entry) => {
    const subchart = node.dependencies.find((candidate) => isFor(entry, candidate));
    return subchart === undefined ? [] : [copyForDependency(subchart, entry.alias)];
  });
}

function isFor(entry: ChartDependency, subchart: ChartNode): boolean {
  return entry.name === subchart.metadata.name && isCompatible(entry.version ?? '', subchart.metadata.version);
}

/** Tags first; a condition that is there overrules them. */
function isEnabled(entry: ChartDependency, given: Selection): boolean {
  return byCondition(entry, given) ?? byTags(entry, given);
}

function byTags(entry: ChartDependency, given: Selection): boolean {
  const tags = tableAt(given.values, 'tags');
  let off = false;
  for (const tag of entry.tags ?? []) {
    const value = tags?.get(tag);
    if (value === true) return true;
    if (value === false) off = true;
    else if (tags?.has(tag)) {
      given.warn(nonBool({ tag, chart: entry.name }));
    }
  }
  return !off;
}

function byCondition(entry: ChartDependency, given: Selection): boolean | undefined {
  for (const condition of (entry.condition ?? '').trim().split(',')) {
    if (condition === '') continue;
    const found = scalarAt(given.values, given.path + condition);
    if (found === undefined) continue;
    if (typeof found.value === 'boolean') return found.value;
    given.warn(nonBool({ path: condition, chart: entry.name }));
  }
  return undefined;
}

function nonBool(attributes: Readonly<Record<string, string>>): Warning {
  return { level: 'WARN', message: 'returned non-bool value', attributes };
}

/** Copies values that subcharts export into the defaults of the charts above, from the bottom up. */
function importFromDependencies(node: ChartNode, warn: Warn): void {
  for (const subchart of node.dependencies) importFromDependencies(subchart, warn);
  const entries = node.metadata.dependencies;
  if (entries === undefined || entries.length === 0) return;
  const merged = mergeTree(node, new Map(), warn);
  let imported: Values = new Map();
  const processed = entries.map((entry) => {
    if (entry.importValues === undefined) return entry;
    const pairs = entry.importValues.map(asPair);
    for (const [index, { child, parent }] of pairs.entries()) {
      const item = entry.importValues[index];
      const table = tableAt(merged, `${entry.name}.${child}`);
      if (table === undefined) warn(missingTable(merged, { entry, child, isNamed: typeof item === 'string' }));
      else imported = mergeTables(imported, parent === '.' ? table : nested(parent, table), warn);
    }
    return { ...entry, importValues: pairs };
  });
  setDependencyEntries(node, processed);
  // The chart's own values win over what it imports.
  node.values = mergeTables(copyValues(merged), imported, warn);
}

interface Missing {
  readonly entry: ChartDependency;
  readonly child: string;
  /** Written as the name of an export, and not as two paths. */
  readonly isNamed: boolean;
}

/** Names the first part of the path that is no table. */
function missingTable(values: Values, { entry, child, isNamed }: Missing): Warning {
  const parts = `${entry.name}.${child}`.split('.');
  const at = parts.findIndex((_, index) => tableAt(values, parts.slice(0, index + 1).join('.')) === undefined);
  const error = `${JSON.stringify(parts[at] ?? '')} is not a table`;
  if (!isNamed)
    return {
      level: 'WARN',
      message: 'ImportValues missing table from chart',
      attributes: { chart: entry.name, error },
    };
  return { level: 'WARN', message: 'ImportValues missing table', attributes: { error } };
}

function asPair(item: ImportValue): { child: string; parent: string } {
  return typeof item === 'string' ? { child: `exports.${item}`, parent: '.' } : item;
}

function nested(path: string, table: Values): Values {
  return path.split('.').reduceRight<Values>((inner, part) => new Map([[part, inner]]), table);
}
