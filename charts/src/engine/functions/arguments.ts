/**
 * Arguments as the template functions read them. The evaluator has checked and converted them to the Go types that a
 * function states, so what does not fit here is a defect of a table, not of a template.
 */
import { GoMap, GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { FunctionError } from './function.ts';

/** What Go prints for a nil that was followed. */
export const NIL_DEREFERENCE = 'runtime error: invalid memory address or nil pointer dereference';

/** An argument of type string. */
export function text(value: GoValue): string {
  if (typeof value === 'string') return value;
  throw mismatch('string');
}

/** An argument of type int. */
export function integer(value: GoValue): bigint {
  if (typeof value === 'bigint') return value;
  throw mismatch('int');
}

/** An argument of type int as a JavaScript number; beyond 2^53 the nearest one. */
export function count(value: GoValue): number {
  return Number(integer(value));
}

/** An argument of type float64. */
export function float(value: GoValue): number {
  if (typeof value === 'number') return value;
  throw mismatch('float64');
}

/** An argument of type bool. */
export function flag(value: GoValue): boolean {
  if (typeof value === 'boolean') return value;
  throw mismatch('bool');
}

/** An argument of type map[string]interface {}; undefined for a nil map. Changes to it are seen by the template. */
export function dictionary(value: GoValue): Map<string, GoValue> | undefined {
  if (value instanceof Map) return value;
  if (value instanceof GoMap) return value.isNil ? undefined : value.entries;
  if (value === null || value === undefined) return undefined;
  throw mismatch('map[string]interface {}');
}

/** An argument of a struct type. */
export function struct(value: GoValue): GoStruct {
  if (value instanceof GoStruct) return value;
  throw mismatch('struct');
}

/** An argument of type interface {}: what is missing is nil. */
export function anything(value: GoValue): GoValue {
  return value === undefined ? null : value;
}

function mismatch(expected: string): FunctionError {
  return new FunctionError(`an argument of type ${expected} was expected`);
}
