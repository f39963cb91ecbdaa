/**
 * A stream of objects as Helm's lint reads it: JSON values one after the other where the text begins with a brace, else
 * YAML documents; a text that turns out to be no JSON is read as YAML from there on. Follows k8s.io/apimachinery v0.37,
 * pkg/util/yaml (YAMLOrJSONDecoder), errors included.
 */
import { type Decoded, decode, isBadYaml, listOf, mapOf, type Shape, string, structOf } from '../chart/go-decode.ts';
import { FunctionError } from '../engine/functions/function.ts';
import { decodeJson } from '../engine/functions/json-decode.ts';
import { byteLength } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { parseYaml } from '../yaml/parse.ts';

/** What lint reads of an object. Absent fields are empty. */
export interface ObjectHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Of the document in the text, from 1. */
  readonly line: number;
}

/** The first thing that is wrong with a stream: nothing behind it is read. */
export interface StreamProblem {
  readonly problem: string;
  readonly line: number;
}

const headShape = structOf('rules.k8sYamlStruct', {
  apiVersion: string,
  Kind: string,
  Metadata: structOf('rules.k8sYamlMetadata', { Namespace: string, Name: string }),
});

/** The heads of all objects of a text, empty documents left out, up to the first problem. */
export function* readHeads(text: string): Generator<ObjectHead | StreamProblem> {
  let at = 0;
  let jsonProblem: string | undefined;
  if (/^\s*\{/.test(text)) {
    for (let count = 0; ; count += 1) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      if (start >= text.length) return;
      const value = readJson(text, { at, start });
      if ('problem' in value) {
        jsonProblem = value.problem;
        if (count > 1) {
          yield { problem: value.plain, line: lineAt(text, start) };
          return;
        }
        break;
      }
      const head = toHead(value.value, lineAt(text, start));
      if (head !== undefined) yield head;
      at = value.end;
    }
    // The first line break is left out with the white space before it.
    at += /^(?:[^\S\n]*\n|\s*)/.exec(text.slice(at))?.[0].length ?? 0;
  }
  yield* readYaml(text.slice(at), { line: lineAt(text, at), jsonProblem });
}

function* readYaml(
  text: string,
  from: { readonly line: number; readonly jsonProblem: string | undefined },
): Generator<ObjectHead | StreamProblem> {
  for (const document of splitDocuments(text)) {
    const line = from.line + document.line;
    if ('problem' in document) {
      yield { problem: from.jsonProblem ?? document.problem, line };
      return;
    }
    let decoded: Decoded;
    try {
      decoded = decode(parseYaml(document.text, { ints: 'bigint' }), headShape, { integers: 'bigint' });
    } catch (error) {
      if (!isBadYaml(error)) throw error;
      const own = 'line' in error && error.line > 0 ? error.line - 1 : 0;
      yield { problem: from.jsonProblem ?? error.message, line: line + own };
      return;
    }
    const head = headOf(decoded, line + leadingLines(document.text));
    if (head !== undefined) yield head;
  }
}

type Piece = { readonly text: string; readonly line: number } | { readonly problem: string; readonly line: number };

/** Documents with the line, from 0, on which each begins; lines that begin with `---` separate. */
function* splitDocuments(text: string): Generator<Piece> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let current: string[] = [];
  let start = 0;
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim();
      if (rest !== '' && !rest.startsWith('#')) {
        yield { problem: `invalid Yaml document separator: ${rest}`, line: index };
        return;
      }
      if (current.length > 0) {
        yield { text: current.join(''), line: start };
        current = [];
        start = index + 1;
        continue;
      }
    }
    current.push(`${line}\n`);
  }
  if (current.length > 0) yield { text: current.join(''), line: start };
}

/** Lines before the first that is no comment and not blank. */
function leadingLines(text: string): number {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => !/^\s*(?:#.*|---.*)?$/.test(line));
  return Math.max(0, first);
}

type JsonValue =
  | { readonly value: GoValue; readonly end: number }
  /** `plain` is encoding/json's own text. */
  | { readonly problem: string; readonly plain: string };

/** One JSON value from a text. Its end, or the place of its first error, is the shortest text that shows it. */
function readJson(text: string, place: { readonly at: number; readonly start: number }): JsonValue {
  const rest = text.slice(place.start);
  let [low, high] = [0, rest.length + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (attempt(rest.slice(0, middle)) === 'cut off') low = middle;
    else high = middle;
  }
  if (high > rest.length) return { problem: 'unexpected EOF', plain: 'unexpected EOF' };
  const outcome = attempt(rest.slice(0, high));
  if (outcome === 'cut off') throw new Error('unreachable: a text that ends is no text that is cut off');
  if ('value' in outcome) {
    try {
      decode(outcome.value, headShape);
    } catch (error) {
      if (!isBadYaml(error)) throw error;
      const plain = error.message.replace('error unmarshaling JSON: while decoding JSON: ', '');
      return { problem: plain, plain };
    }
    return { value: outcome.value, end: place.start + high };
  }
  const offset = byteLength(text.slice(0, place.start + high - 1)) + 1;
  return { problem: `json: offset ${offset}: ${outcome.problem}`, plain: outcome.problem };
}

function attempt(text: string): 'cut off' | { readonly value: GoValue } | { readonly problem: string } {
  try {
    return { value: decodeJson(text).value };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return error.message === 'unexpected end of JSON input' ? 'cut off' : { problem: error.message };
  }
}

function toHead(value: GoValue, line: number): ObjectHead | undefined {
  return headOf(decode(value, headShape), line);
}

function headOf(decoded: Decoded, line: number): ObjectHead | undefined {
  if (!(decoded instanceof Map)) return undefined;
  const metadata = decoded.get('Metadata');
  return {
    apiVersion: textOf(decoded.get('apiVersion')),
    kind: textOf(decoded.get('Kind')),
    name: metadata instanceof Map ? textOf(metadata.get('Name')) : '',
    line,
  };
}

function textOf(value: Decoded | undefined): string {
  return typeof value === 'string' ? value : '';
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
}

const itemShape = structOf('struct { Metadata struct { Annotations map[string]string } }', {
  Metadata: structOf('struct { Annotations map[string]string }', { Annotations: mapOf(string) }),
});

/** A List whose items may have annotations. */
export const listShape: Shape = structOf('struct {}', { Items: listOf(itemShape) });
