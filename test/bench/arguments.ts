/** The command line of the render benchmark, and how its tables look. */
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { hasShared, REPOSITORY, SHARED } from '../support/repository.ts';

/** How many charts are taken where none is named. */
const DEFAULT_CHARTS = 50;

export interface BenchArguments {
  /** Of each warm measurement. */
  readonly seconds: number;
  /** Of each whole process. */
  readonly runs: number;
  /** Renders of the memory measurement. */
  readonly renders: number;
  readonly charts: readonly string[];
}

/** Reads `[--seconds S] [--runs N] [--renders N] CHART...`; without charts, 50 of the recorded cases, or the bookshop. */
export function readArguments(args: readonly string[]): BenchArguments {
  const numbers = { seconds: 1, runs: 5, renders: 1000 };
  const charts: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const name = arg.slice(2);
    if (name === 'seconds' || name === 'runs' || name === 'renders') numbers[name] = Number(args[++i]);
    // npm runs scripts in the package's folder, and tells where it was called.
    else charts.push(isAbsolute(arg) ? arg : resolve(process.env.INIT_CWD ?? '.', arg));
  }
  return { ...numbers, charts: charts.length === 0 ? defaultCharts() : charts };
}

/** Packages of the recorded cases, from the smallest to the largest in even steps of rank; without them, the bookshop. */
function defaultCharts(): string[] {
  if (!hasShared('charts')) return [join(REPOSITORY, 'charts/examples/bookshop')];
  const packages = readdirSync(join(SHARED, 'charts'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(SHARED, 'charts', name))
    .map((path) => ({ path, size: statSync(path).size }))
    .sort((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1));
  const step = Math.max(1, (packages.length - 1) / (DEFAULT_CHARTS - 1));
  const count = Math.min(DEFAULT_CHARTS, packages.length);
  return Array.from({ length: count }, (_, i) => packages[Math.round(i * step)]?.path ?? '');
}

/** A line of a table: the first cell is text, the others are figures. */
export function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(48) : cell.padStart(12))).join('');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Of ratios; NaN for none. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
