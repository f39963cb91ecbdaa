/** Values as plain JSON objects, for manifests. */
import { type Builder, JsonBuilder, NEEDS_RAW_VIEW, smallInteger } from './builder.ts';
import { formatYamlFloat } from './go-number.ts';
import { replaceInvalid } from './json-string.ts';
import { resolvePlain, type Scalar } from './resolve.ts';

/** Value of JSON, as manifests hold it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

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
    if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : formatYamlFloat(value, 32);
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
