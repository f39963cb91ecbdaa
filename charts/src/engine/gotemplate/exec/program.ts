/**
 * What a template compiles to: closures over nothing but constants, so that one compiled template serves any number
 * of renders.
 */
import type { GoValue } from '../go-value.ts';
import type { RenderState } from './render-state.ts';

/** Evaluates an expression. `null` is a nil interface, `undefined` no value: see go-value.ts. */
export type Eval = (state: RenderState, dot: GoValue) => GoValue;

/** How a node ended: NEXT, or on the way out of a `range` body. */
export type Flow = 0 | 1 | 2;
export const NEXT: Flow = 0;
export const BREAK: Flow = 1;
export const CONTINUE: Flow = 2;

/** Executes a node, writing to the state's output. */
export type Walk = (state: RenderState, dot: GoValue) => Flow;

export interface Program {
  readonly walk: Walk;
  /** Number of variable slots that an execution needs, as far as it is compiled. Slot 0 is `$`. */
  readonly slots: number;
}
