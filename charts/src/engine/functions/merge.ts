/**
 * Merging dictionaries as dario.cat/mergo 1.0.1 does for map[string]interface {}: in place, the target's values winning
 * unless they are empty or overwriting is asked for; nested dictionaries are merged, lists are taken whole.
 */
import { isTruthy, kindOf, mapEntries } from '../gotemplate/go-types.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { type CallContext, FunctionError } from './function.ts';

const MAX_DEPTH = 2000;

const STEPS_A_MERGE = 16;
const STEPS_AN_ENTRY = 12;

/** How to merge: `overwrite` lets the source win, empty values of it too. */
export interface MergeOptions {
  readonly overwrite: boolean;
  readonly context: CallContext;
}

/** Merges the source into the target. Throws FunctionError for what is nested too deep, as what holds itself. */
export function mergeInto(
  target: Map<string, GoValue>,
  source: ReadonlyMap<string, GoValue>,
  options: MergeOptions,
): void {
  mergeAt(target, source, { ...options, depth: 0 });
}

function mergeAt(
  target: Map<string, GoValue>,
  source: ReadonlyMap<string, GoValue>,
  options: MergeOptions & { readonly depth: number },
): void {
  const { overwrite, context, depth } = options;
  if (depth > MAX_DEPTH) throw new FunctionError('dictionaries are nested too deep to merge');
  context.work?.(STEPS_A_MERGE + STEPS_AN_ENTRY * source.size);
  // A copy, since a dictionary can be merged into itself.
  for (const [key, value] of [...source]) {
    if (value === null || value === undefined) {
      if (overwrite) target.set(key, null);
      continue;
    }
    const previous = target.get(key);
    const [from, into] = [mapEntries(value), mapEntries(previous)];
    if (from !== undefined && into !== undefined) mergeAt(into, from, { ...options, depth: depth + 1 });
    // Seen after the merge: an empty dictionary has been filled then, and stays.
    if (previous !== null && previous !== undefined && !isEmpty(previous)) {
      if (kindOf(value) === 'slice') {
        if (overwrite) target.set(key, value);
        continue;
      }
      if (from !== undefined && into !== undefined) continue;
    }
    if (overwrite || isEmpty(previous)) target.set(key, value);
  }
}

/** mergo's isEmptyValue: as Go's truth, but that a struct behind a pointer is never empty. */
function isEmpty(value: GoValue): boolean {
  return !isTruthy(value);
}
