/**
 * What the composer makes values with. Three kinds: Maps for values (`MapBuilder`), plain objects for manifests
 * (`ObjectBuilder`), and go-yaml's own view, keys of any type, for errors and for strictness (`RawBuilder`).
 */
import { YamlError } from './error.ts';
import { formatYamlFloat, isUnsigned } from './go-number.ts';
import { replaceInvalid } from './json-string.ts';
import type { Scalar } from './resolve.ts';

/** `line` is always where the value begins, from 0. */
export interface Builder<V> {
  /** An unquoted scalar without a tag. */
  plain(text: string): V;
  /** The same in the place of a key. */
  plainKey(text: string): V;
  /** A quoted scalar. */
  text(text: string): V;
  /** A tagged scalar; nothing for null. */
  scalar(scalar: Scalar | undefined): V;
  scalarKey(scalar: Scalar | undefined): V;
  /** What an alias in the place of a key stands for. */
  valueKey(value: V): V;
  mapping(): V;
  sequence(): V;
  append(sequence: V, item: V): void;
  set(mapping: V, key: V, value: V, line: number): void;
  copy(value: V): V;
  isCollection(value: V): boolean;
  isMapping(value: V): boolean;
  isSequence(value: V): boolean;
  items(sequence: V): readonly V[];
  merge(into: V, from: V, line: number): void;
  invalidKey(key: V): Error;
}

/** Thrown in place of an error whose text needs go-yaml's own view of the document. */
export const NEEDS_RAW_VIEW = new Error('the text of this error needs the raw view of the document');

/** What the way through JSON refuses after all else went well: the first null or uint64 key, the first NaN or Inf. */
export abstract class JsonBuilder {
  keyError: Error | undefined;
  valueError: Error | undefined;

  /** A key of any type as the text that JSON needs. */
  protected keyText(scalar: Scalar | undefined): string {
    if (scalar === undefined || scalar.kind === 'null') {
      this.keyError ??= NEEDS_RAW_VIEW;
      return '';
    }
    switch (scalar.kind) {
      case 'int':
        if (isUnsigned(scalar.value)) this.keyError ??= NEEDS_RAW_VIEW;
        return scalar.value.toString();
      case 'float':
        return formatYamlFloat(scalar.value, 32);
      case 'bool':
        return String(scalar.value);
      default:
        return replaceInvalid(scalar.value);
    }
  }

  protected float(value: number): number {
    if (!Number.isFinite(value)) {
      const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
      this.valueError ??= new YamlError(`json: unsupported value: ${name}`);
    }
    return value;
  }
}

/** Decimal integers that need no further thought: the bulk of all numbers. */
export function smallInteger(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 15) return undefined;
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57 || (first === 48 && length > 1)) return undefined;
  let value = first - 48;
  for (let i = 1; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
