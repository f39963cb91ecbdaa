/**
 * Ranges of sizes and costs. All end at 2^64, where upstream's numbers do.
 */
import type { Expr } from './ast.ts';
import type { CelType } from './types.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const LIMIT = 2 ** 64;
const cap = (value: number): number => Math.min(value, LIMIT);
export const fixed = (value: number): Range => ({ min: value, max: value });
export const UNKNOWN: Range = { min: 0, max: LIMIT };
export const NOTHING = fixed(0);
export const addRanges = (a: Range, b: Range): Range => ({ min: cap(a.min + b.min), max: cap(a.max + b.max) });
export const multiplyRanges = (a: Range, b: Range): Range => ({ min: cap(a.min * b.min), max: cap(a.max * b.max) });
export const scaleRange = ({ min, max }: Range, factor: number): Range => ({
  min: cap(Math.ceil(min * factor)),
  max: cap(Math.ceil(max * factor)),
});
export const uniteRanges = (a: Range, b: Range): Range => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/** What a node is to the estimates of calls. */
export interface EstimateNode {
  readonly expr: Expr | undefined;
  readonly type: CelType;
  /** From a variable down: fields, `@items`, `@keys`, `@values`; undefined where it comes from none. */
  readonly path: readonly string[] | undefined;
  readonly size: Range | undefined;
}

/** The size of what is at a path, by the types of variables; undefined where nothing is known. */
export type SizeOf = (path: readonly string[]) => Range | undefined;
