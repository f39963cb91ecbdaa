/** What the parts of the compiler share while they compile one template. */
import type { TemplateFunction } from '../../functions/function.ts';
import type { Node, Operand, PipeNode } from '../node.ts';
import type { Eval } from './program.ts';
import type { RenderState } from './render-state.ts';
import type { Scope } from './scope.ts';

export interface Compiler {
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly scope: Scope;
  /** The slot that tells if dot is an element of an interface type (in a `range`); -1 where it is not. */
  dotFlag: number;
  /** A pipeline's value, which may be a nil interface; declares its variables. */
  readonly pipeline: (compiler: Compiler, pipe: PipeNode) => Eval;
  /** An operand that is not a literal, without a check of its type. */
  readonly operand: (compiler: Compiler, node: Operand) => Eval;
}

/** An expression that always fails, at its place in the order of evaluation. */
export function failing(node: Node, message: string): Eval {
  return (state) => {
    state.node = node;
    throw state.error(message);
  };
}

/** The same, reported at the node evaluated last. */
export function failingHere(message: string): Eval {
  return (state: RenderState) => {
    throw state.error(message);
  };
}
