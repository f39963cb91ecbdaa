/**
 * Puts a chart's defaults under the values that a user gave, subchart by subchart, with globals handed down and null
 * taking keys out. Follows Helm v4's pkg/chart/common/util/coalesce.go, in its two modes: coalescing drops nulls,
 * merging (for imports) keeps them.
 */
import { ChartError } from '../chart/chart-error.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { formatValue, sprintf } from '../engine/gotemplate/printf.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import type { ChartNode } from './chart-tree.ts';
import { copyValues, isTable, type Values } from './values.ts';

/** What Helm would log, e.g. `warning: skipped value for a.b: Not a table.` */
export interface Warning {
  /** DEBUG is only called with where it is asked for. */
  readonly level: 'DEBUG' | 'INFO' | 'WARN';
  readonly message: string;
  /** What the log line has besides, by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Called with each warning as it comes. */
export type Warn = (warning: Warning) => void;

interface Mode {
  /** Keep nulls. */
  readonly merge: boolean;
  readonly warn: (message: string) => void;
}

function modeOf(merge: boolean, warn: Warn): Mode {
  return { merge, warn: (message) => warn({ level: 'INFO', message }) };
}

/** All values of a chart and its subcharts. `values` is not changed. Throws ChartError InvalidValues. */
export function coalesceTree(node: ChartNode, values: Values, warn: Warn): Values {
  const out = copyValues(values);
  coalesce(node, { dest: out, prefix: '' }, modeOf(false, warn));
  return out;
}

/** As coalesceTree, but nulls stay, so that a later coalescing can act on them. */
export function mergeTree(node: ChartNode, values: Values, warn: Warn): Values {
  const out = copyValues(values);
  coalesce(node, { dest: out, prefix: '' }, modeOf(true, warn));
  return out;
}

/** Merges `src` under `dst`, which it changes and gives back; nulls of `dst` take keys out. */
export function coalesceTables(dst: Values, src: Values, warn: Warn): Values {
  return mergeUnder({ dst, src, prefix: '' }, modeOf(false, warn));
}

/** Merges `src` under `dst`, which it changes and gives back; nulls stay. */
export function mergeTables(dst: Values, src: Values, warn: Warn): Values {
  return mergeUnder({ dst, src, prefix: '' }, modeOf(true, warn));
}

interface Place {
  readonly dest: Values;
  /** Names of the charts above, joined by dots: for warnings. */
  readonly prefix: string;
}

function coalesce(node: ChartNode, place: Place, mode: Mode): void {
  coalesceDefaults(node, place, mode);
  const { dest } = place;
  for (const subchart of node.dependencies) {
    const { name } = subchart.metadata;
    const given = dest.get(name);
    if (dest.has(name) && !isTable(given)) {
      const shown = sprintf('%t', [given]);
      throw new ChartError('InvalidValues', `type mismatch on ${name}: ${shown}`, { chart: node.metadata.name });
    }
    const own: Values = isTable(given) ? given : new Map();
    dest.set(name, own);
    const prefix = join(place.prefix, node.metadata.name);
    handDownGlobals({ dest: own, src: dest, prefix }, mode);
    coalesce(subchart, { dest: own, prefix }, mode);
  }
}

function handDownGlobals(place: Place & { src: Values }, mode: Mode): void {
  const { dest, src } = place;
  const destination = dest.get('global');
  if (dest.has('global') && !isTable(destination)) {
    mode.warn('warning: skipping globals because destination global is not a table.');
    return;
  }
  const source = src.get('global');
  if (src.has('global') && !isTable(source)) {
    mode.warn('warning: skipping globals because source global is not a table.');
    return;
  }
  const own: Values = isTable(destination) ? destination : new Map();
  for (const [key, value] of isTable(source) ? source : []) {
    const mine = own.get(key);
    if (isTable(value)) {
      const copy: Values = new Map(value);
      if (!own.has(key)) own.set(key, copy);
      else if (!isTable(mine)) mode.warn(`Conflict: cannot merge map onto non-map for ${quote(key)}. Skipping.`);
      else {
        // From the top down: the parent's global wins. Nulls stay until the chart itself is coalesced.
        mergeUnder({ dst: copy, src: mine, prefix: join(place.prefix, key) }, { ...mode, merge: true });
        own.set(key, copy);
      }
    } else if (own.has(key) && isTable(mine)) mode.warn(`key ${key} is table. Skipping`);
    else own.set(key, value);
  }
  dest.set('global', own);
}

function coalesceDefaults(node: ChartNode, place: Place, mode: Mode): void {
  const { dest } = place;
  const prefix = join(place.prefix, node.metadata.name);
  for (const [key, value] of copyValues(node.values)) {
    if (!dest.has(key)) {
      // A default that is null must not hide a global, and prints as nothing.
      if (!mode.merge && (value === null || value === undefined)) continue;
      if (!mode.merge && isTable(value)) dropNulls(value);
      dest.set(key, value);
      continue;
    }
    const given = dest.get(key);
    if (isNull(given) && !mode.merge) dest.delete(key);
    else if (isTable(given)) {
      if (isTable(value)) {
        // Values of a subchart keep their nulls until that chart is coalesced.
        const merge = mode.merge || node.dependencies.some((subchart) => subchart.metadata.name === key);
        if (!merge) dropNulls(value);
        mergeUnder({ dst: given, src: value, prefix: join(prefix, key) }, { ...mode, merge });
      } else if (!isNull(value)) {
        mode.warn(`warning: skipped value for ${prefix}.${key}: Not a table.`);
      }
    }
  }
}

/** Merges src under dst. Both are changed. */
function mergeUnder(tables: { dst: Values; src: Values; prefix: string }, mode: Mode): Values {
  const { dst, src } = tables;
  const nonNull = new Set<string>();
  for (const [key, value] of src) if (!isNull(value)) nonNull.add(key);
  for (const [key, value] of dst) if (isNull(value)) src.set(key, null);
  for (const [key, value] of src) {
    const mine = dst.get(key);
    const there = dst.has(key);
    if (there && !mode.merge && isNull(mine) && nonNull.has(key)) dst.delete(key);
    else if (!there) dst.set(key, value);
    else if (isTable(value)) {
      const prefix = join(tables.prefix, key);
      if (isTable(mine)) mergeUnder({ dst: mine, src: value, prefix }, mode);
      else mode.warn(`warning: cannot overwrite table with non table for ${prefix} (${formatValue(value)})`);
    } else if (isTable(mine) && !isNull(value)) {
      const prefix = join(tables.prefix, key);
      mode.warn(`warning: destination for ${prefix} is a table. Ignoring non-table value (${formatValue(value)})`);
    }
  }
  return dst;
}

function dropNulls(table: Values): void {
  for (const [key, value] of table) {
    if (isNull(value)) table.delete(key);
    else if (isTable(value)) dropNulls(value);
  }
}

function isNull(value: GoValue): value is null | undefined {
  return value === null || value === undefined;
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
