/** The command line of the render benchmark, and how its tables look. */
import { isAbsolute, join, resolve } from 'node:path';
import { REPOSITORY } from '../support/repository.ts';

export interface BenchArguments {
  /** Of each warm measurement. */
  readonly seconds: number;
  /** Of each whole process. */
  readonly runs: number;
  /** Renders of the memory measurement. */
  readonly renders: number;
  readonly charts: readonly string[];
}

/** Reads `[--seconds S] [--runs N] [--renders N] CHART...`; without charts, the bookshop. */
export function readArguments(args: readonly string[]): BenchArguments {
  const numbers = { seconds: 2, runs: 5, renders: 1000 };
  const charts: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const name = arg.slice(2);
    if (name === 'seconds' || name === 'runs' || name === 'renders') numbers[name] = Number(args[++i]);
    // npm runs scripts in the package's folder, and tells where it was called.
    else charts.push(isAbsolute(arg) ? arg : resolve(process.env.INIT_CWD ?? '.', arg));
  }
  return { ...numbers, charts: charts.length === 0 ? [join(REPOSITORY, 'charts/examples/bookshop')] : charts };
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
