/**
 * Go values as a Handlebars template sees them: fields by name (never a property of JavaScript's own objects),
 * emptiness, items, and the printed form, which is Go's, so that a number reads the same in both engines.
 */
import { FunctionError } from '../functions/function.ts';
import { compareStrings } from '../gotemplate/bytes.ts';
import { argumentCountError, type BoundMethod, methodOf } from '../gotemplate/exec/field.ts';
import { elementCount, integerOf, mapEntries, sliceItems, uint8 } from '../gotemplate/go-types.ts';
import { GoFunction, GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { sprint } from '../gotemplate/printf.ts';

/** A field of a value; undefined where it has none. A method without arguments is called. */
export function fieldOf(value: GoValue, name: string): GoValue {
  const method = boundMethod(value, name);
  if (method !== undefined) {
    const wrongCount = argumentCountError(name, method.parameters, 0);
    if (wrongCount !== undefined) throw new FunctionError(wrongCount);
    return method.call([]);
  }
  const entries = mapEntries(value);
  if (entries !== undefined) return entries.get(name);
  if (value instanceof GoStruct) return /^\p{Lu}/u.test(name) ? value.fields.get(name) : undefined;
  const count = typeof value === 'string' ? value.length : elementCount(value);
  if (name === 'length') return count === undefined ? undefined : BigInt(count);
  if (!/^(?:0|[1-9]\d{0,9})$/.test(name)) return undefined;
  if (value instanceof Uint8Array) {
    const byte = value[Number(name)];
    return byte === undefined ? undefined : uint8(byte);
  }
  return sliceItems(value)?.[Number(name)];
}

/** True for a list of any type. */
export function isList(value: GoValue): boolean {
  return mapEntries(value) === undefined && elementCount(value) !== undefined;
}

/** The method of that name, if the value has one. */
export function boundMethod(value: GoValue, name: string): BoundMethod | undefined {
  return value === null || value === undefined ? undefined : methodOf(value, name);
}

/** True if a field of that name is there, be it empty. */
export function hasField(value: GoValue, name: string): boolean {
  return mapEntries(value)?.has(name) ?? fieldOf(value, name) !== undefined;
}

/**
 * What `with` and `each` pass over: nothing, false, "" and an empty list, as in Handlebars, and an empty map, since that
 * is what the defaults of charts are full of.
 */
export function isEmpty(value: GoValue): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return elementCount(value) === 0;
}

/** True for a zero of any type of number. */
export function isZero(value: GoValue): boolean {
  return value === 0 || Number.isNaN(value) || integerOf(value) === 0n;
}

/** Keys and values of a list, or of a map in the order of its keys; undefined for what has none. */
export function itemsOf(value: GoValue): readonly (readonly [key: GoValue, value: GoValue])[] | undefined {
  const entries = mapEntries(value);
  if (entries !== undefined) return [...entries].sort(([a], [b]) => compareStrings(a, b));
  return sliceItems(value)?.map((item, index) => [BigInt(index), item]);
}

/** A value as `{{x}}` writes it. */
export function printed(value: GoValue): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || value instanceof GoFunction) return '';
  if (value instanceof GoStruct) return value.type.formatInPlace?.(value) ?? printedStruct(value);
  return sprint([value]);
}

/** A pointer to a struct is printed as the struct. */
function printedStruct(value: GoStruct): string {
  const text = sprint([value]);
  return value.type.pointer && value.type.format === undefined ? text.slice(1) : text;
}
