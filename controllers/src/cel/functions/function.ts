/**
 * What a function of the environment is.
 */
import type { Value } from '../values.ts';

/** Computes the result; undefined where no overload takes such arguments. Arguments are never errors. */
export type Implementation = (args: readonly Value[]) => Value | undefined;

/** How it is said that no overload takes the arguments: bare, with the name, or with the types too. */
export type OverloadComplaint = 'bare' | 'name' | 'signature';

export interface CelFunction {
  readonly name: string;
  readonly call: Implementation;
  /** Default `signature`. */
  readonly complaint?: OverloadComplaint;
}
