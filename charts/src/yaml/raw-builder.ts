/** go-yaml's own view of a document: keys of any type, integers apart from floats, duplicate keys noted. */
import type { Builder } from './builder.ts';
import { YamlError } from './error.ts';
import { formatGoSyntax, RawMap, type RawValue, rawKey } from './go-syntax.ts';
import { resolvePlain, type Scalar } from './resolve.ts';

/** `problems` lists duplicate keys, as its strict decoder reports them. */
export class RawBuilder implements Builder<RawValue> {
  readonly problems: string[] = [];
  private readonly strict: boolean;

  /** `strict`: of a key that is there twice, the first stays. */
  constructor(options: { readonly strict: boolean }) {
    this.strict = options.strict;
  }

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
    if (this.strict && map.entries.has(id)) {
      this.problems.push(`line ${line + 1}: key ${formatGoSyntax(key)} already set in map`);
      return;
    }
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
