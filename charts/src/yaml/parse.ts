/**
 * Reads YAML as sigs.k8s.io/yaml 1.6 does (over go.yaml.in/yaml 2.4): the first document, through JSON. Objects have
 * text keys (`1: a` and `true: b` too), every number is a float64, timestamps are text. Errors are Go's, word for
 * word: `error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context`.
 */
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { BlockReader, NOT_PLAIN } from './block-reader.ts';
import { type Builder, NEEDS_RAW_VIEW } from './builder.ts';
import { Composer } from './composer.ts';
import { splitYamlDocuments } from './documents.ts';
import { YamlError } from './error.ts';
import { isUnsigned } from './go-number.ts';
import { formatGoSyntax, RawMap, type RawValue } from './go-syntax.ts';
import { MapBuilder } from './map-builder.ts';
import { type JsonValue, ObjectBuilder } from './object-builder.ts';
import { Parser } from './parser.ts';
import { isPlainText } from './plain-lines.ts';
import { RawBuilder } from './raw-builder.ts';
import { Scanner } from './scanner.ts';
import { Source } from './source.ts';
import { STREAM_END } from './token.ts';
import { ValueChecker } from './value-checker.ts';

export interface ParseOptions {
  /** A key that is there twice is an error (sigs' UnmarshalStrict); else the last one wins. */
  readonly strict?: boolean;
  /** Integers as `bigint`, so that they can be told from floats; by default all numbers are float64. */
  readonly ints?: 'number' | 'bigint';
  /** Nesting of collections; 1000. go-yaml's own limit is 10000, but all that handles values later recurses. */
  readonly maxDepth?: number;
  /** UTF-16 units of text; 64 Mi. */
  readonly maxLength?: number;
}

const MAX_DEPTH = 1000;
const MAX_LENGTH = 64 * 1024 * 1024;

/** Reads the first document of a text into Maps, arrays, strings, numbers, booleans and null. Throws YamlError. */
export function parseYaml(text: string, options: ParseOptions = {}): GoValue {
  return parseWith(() => new MapBuilder(options.ints === 'bigint'), text, options) ?? null;
}

/**
 * As parseYaml, where only some keys of an object are asked for: what its other keys hold may be missing. Throws
 * YamlError wherever parseYaml does.
 */
export function parseYamlHead(text: string, wanted: (key: string) => boolean, options: ParseOptions = {}): GoValue {
  return parseWith(() => new MapBuilder(options.ints === 'bigint'), text, { ...options, wanted }) ?? null;
}

/** As parseYaml, by libyaml's grammar alone: what the quick way must never differ from. Throws YamlError. */
export function parseYamlByGrammar(text: string, options: ParseOptions = {}): GoValue {
  return parseWith(() => new MapBuilder(options.ints === 'bigint'), text, { ...options, grammarOnly: true }) ?? null;
}

/** The same into plain objects. */
export function parseYamlJson(text: string, options: ParseOptions = {}): JsonValue {
  return parseWith(() => new ObjectBuilder(), text, options) ?? null;
}

/**
 * Reads all documents of a text, split as kubectl splits it, into plain objects; empty documents are left out.
 * Throws YamlError, with the line within the whole text.
 */
export function parseYamlDocuments(text: string, options: ParseOptions = {}): JsonValue[] {
  const values: JsonValue[] = [];
  for (const document of splitYamlDocuments(text)) {
    let value: JsonValue;
    try {
      value = parseYamlJson(document.text, options);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      throw new YamlError(error.message, error.line === 0 ? 0 : error.line + document.line, error.column);
    }
    if (value !== null) values.push(value);
  }
  return values;
}

/**
 * Reads a text whose value must be an object: an absent or null document is an empty one. `goType` is what Go's error
 * calls the type, e.g. `common.Values`. Throws YamlError.
 */
export function parseYamlMap(
  text: string,
  options: ParseOptions & { readonly goType?: string } = {},
): Map<string, GoValue> {
  const value = parseYaml(text, options);
  if (value instanceof Map) return value;
  if (value === null) return new Map();
  throw mismatch(value, options.goType ?? 'map[string]interface {}');
}

/** Reads a text whose value must be a list: an absent or null document is an empty one. Throws YamlError. */
export function parseYamlArray(text: string, options: ParseOptions = {}): GoValue[] {
  const value = parseYaml(text, options);
  if (Array.isArray(value)) return value;
  if (value === null) return [];
  throw mismatch(value, '[]interface {}');
}

/** go-yaml's own view of the first document, by default options. Throws YamlError. */
export function parseRaw(text: string): RawValue {
  return compose(new RawBuilder({ strict: false }), text, { maxDepth: RAW_DEPTH }) ?? null;
}

/** go-yaml's own limit. */
const RAW_DEPTH = 10000;

function mismatch(value: GoValue, goType: string): YamlError {
  let kind = 'object';
  if (Array.isArray(value)) kind = 'array';
  else if (typeof value === 'string') kind = 'string';
  else if (typeof value === 'boolean') kind = 'bool';
  else if (typeof value === 'number' || typeof value === 'bigint') kind = 'number';
  return new YamlError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type ${goType}`,
  );
}

type ValueBuilder<V> = Builder<V> & { readonly keyError: Error | undefined; readonly valueError: Error | undefined };

interface ReadOptions extends ParseOptions {
  readonly wanted?: (key: string) => boolean;
  readonly grammarOnly?: boolean;
}

function parseWith<V>(makeBuilder: () => ValueBuilder<V>, text: string, options: ReadOptions): V | undefined {
  try {
    const maxLength = options.maxLength ?? MAX_LENGTH;
    if (text.length > maxLength)
      throw new YamlError(`yaml: a text of ${text.length} characters is over the limit of ${maxLength}`);
    if (options.strict === true) checkStrict(text, options);
    const plain = options.grammarOnly === true ? undefined : readBlocks(makeBuilder(), text, options);
    if (plain !== undefined) return plain;
    const builder = makeBuilder();
    const value = compose(builder, text, options);
    const error = builder.keyError ?? builder.valueError;
    if (error !== undefined) throw error;
    return value;
  } catch (error) {
    const known = error === NEEDS_RAW_VIEW ? rawError(text, options) : error;
    if (!(known instanceof YamlError)) throw known;
    throw new YamlError(`error converting YAML to JSON: ${known.message}`, known.line, known.column);
  }
}

/** The value of a text that is plain and without fault; else undefined. */
function readBlocks<V>(builder: ValueBuilder<V>, text: string, options: ReadOptions): V | undefined {
  if (!isPlainText(text)) return undefined;
  const lineBreakAdded = !text.endsWith('\n');
  const source = new Source(lineBreakAdded ? `${text}\n` : text);
  if (!source.isWhole) return undefined;
  const { wanted } = options;
  const reader = new BlockReader(source, {
    builder,
    flow: (part, maxDepth) => composeAlone(builder, part, maxDepth),
    lineBreakAdded,
    maxDepth: options.maxDepth ?? MAX_DEPTH,
    ...(wanted === undefined ? {} : { wanted, checker: new ValueChecker(builder) }),
  });
  try {
    const value = reader.read();
    return builder.keyError === undefined && builder.valueError === undefined ? value : undefined;
  } catch (error) {
    // The whole parser tells what is wrong, if anything is.
    if (error === NOT_PLAIN || error === NEEDS_RAW_VIEW || error instanceof YamlError) return undefined;
    throw error;
  }
}

function compose<V>(builder: Builder<V>, text: string, options: ParseOptions): V | undefined {
  const maxDepth = options.maxDepth ?? MAX_DEPTH;
  const scanner = new Scanner(new Source(text), maxDepth);
  const composer = new Composer(builder, maxDepth);
  new Parser(scanner, composer).document();
  return composer.result();
}

/** The value of a text in which nothing follows it. */
function composeAlone<V>(builder: Builder<V>, text: string, maxDepth: number): V | undefined {
  const scanner = new Scanner(new Source(text), maxDepth);
  const composer = new Composer(builder, maxDepth);
  new Parser(scanner, composer).document();
  if (scanner.peek().type !== STREAM_END) throw NOT_PLAIN;
  return composer.result();
}

function checkStrict(text: string, options: ParseOptions): void {
  const builder = new RawBuilder({ strict: true });
  compose(builder, text, options);
  if (builder.problems.length > 0) throw new YamlError(`yaml: unmarshal errors:\n  ${builder.problems.join('\n  ')}`);
}

/** The error of a document with a key that no JSON object can have. */
function rawError(text: string, options: ParseOptions): unknown {
  try {
    const key = findBadKey(compose(new RawBuilder({ strict: options.strict === true }), text, options) ?? null);
    return key ?? new YamlError('unsupported map key');
  } catch (error) {
    return error;
  }
}

function findBadKey(value: RawValue): YamlError | undefined {
  if (Array.isArray(value)) return firstOf(value);
  if (!(value instanceof RawMap)) return undefined;
  for (const { key, value: item } of value.entries.values()) {
    const unsigned = typeof key === 'bigint' && isUnsigned(key);
    if (key === null || unsigned) {
      const type = unsigned ? 'uint64' : '%!s(<nil>)';
      return new YamlError(
        `unsupported map key of type: ${type}, key: ${formatGoSyntax(key)}, value: ${formatGoSyntax(item)}`,
      );
    }
  }
  return firstOf([...value.entries.values()].map((entry) => entry.value));
}

function firstOf(values: readonly RawValue[]): YamlError | undefined {
  for (const value of values) {
    const error = findBadKey(value);
    if (error !== undefined) return error;
  }
  return undefined;
}
