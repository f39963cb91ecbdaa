/**
 * Writes YAML as Helm's `toYamlPretty` does: go.yaml.in/yaml 3 with an indentation of two. Lists are indented below
 * their key, lines are never folded, and values are written as their Go types are, not through JSON.
 */
import { goBytes, normalizeString } from '../engine/gotemplate/bytes.ts';
import {
  GoFunction,
  GoMap,
  GoNamedNumber,
  GoNumber,
  GoSlice,
  GoStruct,
  type GoValue,
} from '../engine/gotemplate/go-value.ts';
import { type Dialect, emitDialect } from './emit.ts';
import { YamlError } from './error.ts';
import { formatYamlFloat } from './go-number.ts';
import { compareKeysV3 } from './key-order.ts';
import type { Shape } from './shape.ts';

const PRETTY: Dialect<GoValue> = {
  shape: directShape,
  compareKeys: compareKeysV3,
  indentLists: true,
  width: Number.POSITIVE_INFINITY,
  tabsInBlocks: true,
};

/** A value as a YAML document that ends in a line break. Throws YamlError for what cannot be written. */
export function emitYamlPretty(value: GoValue): string {
  return emitDialect(value, PRETTY);
}

function directShape(value: GoValue): Shape<GoValue> {
  switch (typeof value) {
    case 'string':
      return textShape(value);
    case 'number':
      return { kind: 'literal', text: formatYamlFloat(value) };
    case 'boolean':
    case 'bigint':
      return { kind: 'literal', text: String(value) };
    case 'undefined':
      return { kind: 'literal', text: 'null' };
  }
  if (value === null) return { kind: 'literal', text: 'null' };
  if (value instanceof Map) return { kind: 'map', entries: [...value], sorted: false };
  if (Array.isArray(value)) return { kind: 'list', items: value };
  if (value instanceof GoNumber) return numberShape(value);
  if (value instanceof GoMap) return { kind: 'map', entries: [...value.entries], sorted: false };
  if (value instanceof GoSlice) return { kind: 'list', items: value.items };
  if (value instanceof Uint8Array) return { kind: 'list', items: [...value].map(BigInt) };
  if (value instanceof GoStruct) return structShape(value);
  if (value instanceof GoFunction) throw new YamlError(`cannot marshal type: ${value.type}`);
  return { kind: 'literal', text: 'null' };
}

const BASE64_LINE = 70;

function textShape(value: string): Shape<GoValue> {
  if (!/[\ud800-\udfff]/.test(value)) return { kind: 'text', text: value };
  const text = normalizeString(value);
  if (!/\p{Surrogate}/u.test(text)) return { kind: 'text', text };
  const packed = Buffer.from(goBytes(text)).toString('base64');
  if (packed.length < BASE64_LINE) return { kind: 'binary', text: packed };
  return { kind: 'binary', text: packed.replace(/.{1,70}/g, '$&\n') };
}

function numberShape(number: GoNumber): Shape<GoValue> {
  if (number.type === 'time.Duration' && number instanceof GoNamedNumber) return textShape(number.named.format(number));
  if (typeof number.value === 'bigint') return { kind: 'literal', text: number.value.toString() };
  if (number.kind === 'complex128') throw new YamlError(`cannot marshal type: ${number.type}`);
  return { kind: 'literal', text: formatYamlFloat(number.value, number.kind === 'float32' ? 32 : 64) };
}

/** go-yaml knows no json tags: a field that is exported is called by its name in lower case. */
function structShape(struct: GoStruct): Shape<GoValue> {
  const { type } = struct;
  if (type.toJson !== undefined && type.fields.length === 0) {
    const value = type.toJson(struct);
    // A time is a timestamp of YAML, all else a text.
    return type.name.endsWith('time.Time') ? { kind: 'literal', text: String(value) } : directShape(value);
  }
  const entries = type.fields
    .filter((field) => /^\p{Lu}/u.test(field.name))
    .map((field) => [field.name.toLowerCase(), struct.fields.get(field.name)] as const);
  return { kind: 'map', entries, sorted: true };
}
