/** Values as Helm holds them: Maps, arrays, and float64 for every number. */
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { type Builder, JsonBuilder, NEEDS_RAW_VIEW, smallInteger } from './builder.ts';
import { formatYamlFloat } from './go-number.ts';
import { replaceInvalid } from './json-string.ts';
import { resolvePlain, type Scalar } from './resolve.ts';

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
    if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : formatYamlFloat(value, 32);
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
