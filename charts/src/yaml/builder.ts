/**
 * What the composer makes values with. Three kinds: Maps for values (`MapBuilder`), plain objects for manifests
 * (`ObjectBuilder`), and go-yaml's own view, keys of any type, for errors and for strictness (`RawBuilder`).
 */
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { YamlError } from './error.ts';
import { formatFloat, isUnsigned } from './go-number.ts';
import { replaceInvalid } from './go-string.ts';
import { formatGoSyntax, RawMap, type RawValue, rawKey } from './go-syntax.ts';
import { resolvePlain, type Scalar } from './resolve.ts';

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

/** Value of JSON, as manifests hold it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** What the way through JSON refuses after all else went well: the first null or uint64 key, the first NaN or Inf. */
abstract class JsonBuilder {
  keyError: Error | undefined;
  valueError: Error | undefined;

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
        return formatFloat(scalar.value, 32);
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

/** Objects as Maps, numbers as float64 (`number`), or integers as `bigint` where asked for. */
export class MapBuilder extends JsonBuilder implements Builder<GoValue> {
  private readonly bigints: boolean;
  constructor(bigints: boolean) {
    super();
    this.bigints = bigints;
  }

  plain(text: string): GoValue {
    if (!this.bigints) {
      const small = smallInteger(text);
      if (small !== undefined) return small;
    }
    const scalar = resolvePlain(text);
    return scalar === undefined ? text : this.scalar(scalar);
  }

  plainKey(text: string): GoValue {
    const scalar = resolvePlain(text);
    return scalar === undefined ? text : this.keyText(scalar);
  }

  text(text: string): GoValue {
    return text;
  }

  scalar(scalar: Scalar | undefined): GoValue {
    if (scalar === undefined) return null;
    if (scalar.kind === 'int') return this.bigints ? scalar.value : Number(scalar.value);
    if (scalar.kind === 'float') return this.float(scalar.value);
    return scalar.kind === 'binary' ? replaceInvalid(scalar.value) : scalar.value;
  }

  scalarKey(scalar: Scalar | undefined): GoValue {
    return this.keyText(scalar);
  }

  valueKey(value: GoValue): GoValue {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : formatFloat(value, 32);
    if (value === null) return this.keyText(undefined);
    return typeof value === 'object' ? value : String(value);
  }

  mapping(): GoValue {
    return new Map<string, GoValue>();
  }

  sequence(): GoValue {
    return [];
  }

  append(sequence: GoValue, item: GoValue): void {
    (sequence as GoValue[]).push(item);
  }

  set(mapping: GoValue, key: GoValue, value: GoValue): void {
    (mapping as Map<string, GoValue>).set(key as string, value);
  }

  copy(value: GoValue): GoValue {
    if (Array.isArray(value)) return value.map((item) => this.copy(item));
    if (!(value instanceof Map)) return value;
    const out = new Map<string, GoValue>();
    for (const [key, item] of value) out.set(key, this.copy(item));
    return out;
  }

  isCollection(value: GoValue): boolean {
    return typeof value === 'object' && value !== null;
  }

  isMapping(value: GoValue): boolean {
    return value instanceof Map;
  }

  isSequence(value: GoValue): boolean {
    return Array.isArray(value);
  }

  items(sequence: GoValue): readonly GoValue[] {
    return sequence as GoValue[];
  }

  merge(into: GoValue, from: GoValue): void {
    for (const [key, value] of from as Map<string, GoValue>) this.set(into, key, value);
  }

  invalidKey(): Error {
    return NEEDS_RAW_VIEW;
  }
}

/** Plain objects; a key such as `__proto__` is an own property like any other. */
export class ObjectBuilder extends JsonBuilder implements Builder<JsonValue> {
  plain(text: string): JsonValue {
    const small = smallInteger(text);
    if (small !== undefined) return small;
    const scalar = resolvePlain(text);
    return scalar === undefined ? text : this.scalar(scalar);
  }

  plainKey(text: string): JsonValue {
    const scalar = resolvePlain(text);
    return scalar === undefined ? text : this.keyText(scalar);
  }

  text(text: string): JsonValue {
    return text;
  }

  scalar(scalar: Scalar | undefined): JsonValue {
    if (scalar === undefined) return null;
    if (scalar.kind === 'int') return Number(scalar.value);
    if (scalar.kind === 'float') return this.float(scalar.value);
    return scalar.kind === 'binary' ? replaceInvalid(scalar.value) : scalar.value;
  }

  scalarKey(scalar: Scalar | undefined): JsonValue {
    return this.keyText(scalar);
  }

  valueKey(value: JsonValue): JsonValue {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : formatFloat(value, 32);
    if (value === null) return this.keyText(undefined);
    return typeof value === 'object' ? value : String(value);
  }

  mapping(): JsonValue {
    return {};
  }

  sequence(): JsonValue {
    return [];
  }

  append(sequence: JsonValue, item: JsonValue): void {
    (sequence as JsonValue[]).push(item);
  }

  set(mapping: JsonValue, key: JsonValue, value: JsonValue): void {
    const object = mapping as Record<string, JsonValue>;
    if (key === '__proto__') {
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    } else {
      object[key as string] = value;
    }
  }

  copy(value: JsonValue): JsonValue {
    if (Array.isArray(value)) return value.map((item) => this.copy(item));
    if (typeof value !== 'object' || value === null) return value;
    const out = this.mapping();
    for (const key of Object.keys(value)) this.set(out, key, this.copy(value[key] as JsonValue));
    return out;
  }

  isCollection(value: JsonValue): boolean {
    return typeof value === 'object' && value !== null;
  }

  isMapping(value: JsonValue): boolean {
    return this.isCollection(value) && !Array.isArray(value);
  }

  isSequence(value: JsonValue): boolean {
    return Array.isArray(value);
  }

  items(sequence: JsonValue): readonly JsonValue[] {
    return sequence as JsonValue[];
  }

  merge(into: JsonValue, from: JsonValue): void {
    const source = from as Record<string, JsonValue>;
    for (const key of Object.keys(source)) this.set(into, key, source[key] as JsonValue);
  }

  invalidKey(): Error {
    return NEEDS_RAW_VIEW;
  }
}

/** go-yaml's view. `problems` lists duplicate keys, as its strict decoder reports them. */
export class RawBuilder implements Builder<RawValue> {
  readonly problems: string[] = [];

  plain(text: string): RawValue {
    const scalar = resolvePlain(text);
    return scalar === undefined ? text : scalar.value;
  }

  plainKey(text: string): RawValue {
    return this.plain(text);
  }

  text(text: string): RawValue {
    return text;
  }

  scalar(scalar: Scalar | undefined): RawValue {
    return scalar === undefined ? null : scalar.value;
  }

  scalarKey(scalar: Scalar | undefined): RawValue {
    return this.scalar(scalar);
  }

  valueKey(value: RawValue): RawValue {
    return value;
  }

  mapping(): RawValue {
    return new RawMap();
  }

  sequence(): RawValue {
    return [];
  }

  append(sequence: RawValue, item: RawValue): void {
    (sequence as RawValue[]).push(item);
  }

  set(mapping: RawValue, key: RawValue, value: RawValue, line: number): void {
    const map = mapping as RawMap;
    const id = rawKey(key);
    if (map.entries.has(id)) this.problems.push(`line ${line + 1}: key ${formatGoSyntax(key)} already set in map`);
    map.entries.set(id, { key, value, line });
  }

  copy(value: RawValue): RawValue {
    return value;
  }

  isCollection(value: RawValue): boolean {
    return typeof value === 'object' && value !== null;
  }

  isMapping(value: RawValue): boolean {
    return value instanceof RawMap;
  }

  isSequence(value: RawValue): boolean {
    return Array.isArray(value);
  }

  items(sequence: RawValue): readonly RawValue[] {
    return sequence as RawValue[];
  }

  merge(into: RawValue, from: RawValue): void {
    for (const { key, value, line } of (from as RawMap).entries.values()) this.set(into, key, value, line);
  }

  invalidKey(key: RawValue): Error {
    return new YamlError(`yaml: invalid map key: ${formatGoSyntax(key)}`);
  }
}

/** Decimal integers that need no further thought: the bulk of all numbers. */
function smallInteger(text: string): number | undefined {
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
