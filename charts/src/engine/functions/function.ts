/**
 * What a template function is to the evaluator. A function states the Go types of its parameters, and the evaluator
 * converts and checks arguments as text/template does (so that "wrong type for value; expected string; got float64"
 * is written once); the function itself then sees values of the stated types only.
 */
import type { RenderEnvironment } from '../engine.ts';
import type { GoValue } from '../gotemplate/go-value.ts';

/** Go types of parameters, by their Go names; `interface {}` takes anything, a final `...T` takes any number. */
export type ParameterType = string;

export interface TemplateFunction {
  readonly name: string;
  /** e.g. `['string', 'interface {}']`, `['...interface {}']`. */
  readonly parameters: readonly ParameterType[];
  /** The Go type of the (first) result, as `%T` and typed contexts see it; `interface {}` where it varies. */
  readonly result: string;
  /** Called with checked arguments. Throws FunctionError for what Go's function returns as its error. */
  readonly call: (args: readonly GoValue[], context: CallContext) => GoValue;
}

/** What a function may use beyond its arguments. */
export interface CallContext {
  readonly env: RenderEnvironment;
  /** Renders a named template: what `include` is made of. */
  include(name: string, data: GoValue): string;
  /** Parses and renders a text with the templates known so far: what `tpl` is made of. */
  tpl(text: string, data: GoValue): string;
  /** Counts bytes that are about to be made: at once against the limit of output, in all against that of steps. */
  spend(bytes: number): void;
  /** Counts work that no output shows against the limit of steps. */
  work?(steps: number): void;
  /** Counts the work of going through a value and all that is in it. */
  walk?(value: GoValue): void;
}

/** The error a Go function returned or panicked with; the evaluator adds `error calling NAME: `. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}
