/**
 * Writes YAML as sigs.k8s.io/yaml 1.6 does (go.yaml.in/yaml 2.4): keys in go-yaml's order, lists level with their
 * key, two spaces for maps, lines folded at the first space beyond column 80, quotes only where text would be read as
 * something else.
 */
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { isBreak } from './characters.ts';
import { YamlError } from './error.ts';
import type { RawValue } from './go-syntax.ts';
import { encodeJson } from './json-text.ts';
import { compareKeys } from './key-order.ts';
import { parseRaw } from './parse.ts';
import { chooseStyle, isMultiline } from './scalar-style.ts';
import { jsonShape, type MapShape, NEEDS_JSON_TEXT, rawShape, type Shape } from './shape.ts';
import { writeDoubleQuoted, writeLiteral, writePlain, writeSingleQuoted } from './write-scalar.ts';

/** A dialect of go-yaml's writer. */
export interface Dialect<V> {
  readonly shape: (value: V) => Shape<V>;
  readonly compareKeys: (a: string, b: string) => number;
  /** Lists are indented below their key. */
  readonly indentLists: boolean;
  readonly width: number;
  readonly tabsInBlocks: boolean;
}

const SIGS: Dialect<GoValue> = { shape: jsonShape, compareKeys, indentLists: false, width: 80, tabsInBlocks: false };

const RAW: Dialect<RawValue> = { ...SIGS, shape: rawShape };

/** A value as a YAML document that ends in a line break. Throws YamlError for what cannot be written. */
export function emitYaml(value: GoValue): string {
  try {
    return emitDialect(value, SIGS);
  } catch (error) {
    if (error !== NEEDS_JSON_TEXT) throw error;
    return emitDialect(parseRaw(encodeJson(value)), RAW);
  }
}

const STEP = 2;
const MAX_DEPTH = 1000;
/** Longer keys, in bytes, are written as `? key`. */
const SIMPLE_KEY_BYTES = 128;

export function emitDialect<V>(value: V, dialect: Dialect<V>): string {
  const state: Writer<V> = { dialect, out: '', lineStart: 0, path: [] };
  writeNode(state, value, { indent: -1, place: 'root' });
  endLine(state);
  return state.out;
}

interface Writer<V> {
  readonly dialect: Dialect<V>;
  out: string;
  /** Where in `out` the current line begins. */
  lineStart: number;
  /** The collections that are being written, outermost first. */
  readonly path: V[];
}

interface Place {
  /** Of the collection that holds the value; -1 for none. */
  readonly indent: number;
  /** `key` and `value` are those of a mapping; an `item`, or the value of a `? key`, may begin on the same line. */
  readonly place: 'root' | 'item' | 'value' | 'long-key' | 'long-value';
}

function writeNode<V>(writer: Writer<V>, value: V, place: Place): void {
  const node = writer.dialect.shape(value);
  switch (node.kind) {
    case 'literal':
      writeScalar(writer, node.text, place);
      return;
    case 'text':
      writeText(writer, node.text, place);
      return;
    case 'binary':
      writeScalar(writer, '!!binary', place);
      writeText(writer, node.text, { indent: place.indent, place: 'item' });
      return;
    case 'list':
      if (node.items.length === 0) writeScalar(writer, '[]', place);
      else nested(writer, value, () => writeList(writer, node.items, place));
      return;
    case 'map':
      if (node.entries.length === 0) writeScalar(writer, '{}', place);
      else nested(writer, value, () => writeMap(writer, node, place));
  }
}

function nested<V>(writer: Writer<V>, value: V, write: () => void): void {
  const { path } = writer;
  if (path.length >= MAX_DEPTH) {
    const cyclic = path.includes(value);
    const type = Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
    throw new YamlError(
      cyclic
        ? `error marshaling into JSON: json: unsupported value: encountered a cycle via ${type}`
        : `yaml: exceeded max depth of ${MAX_DEPTH}`,
    );
  }
  path.push(value);
  write();
  path.pop();
}

function writeList<V>(writer: Writer<V>, items: readonly V[], { indent, place }: Place): void {
  const level = place === 'value' && !writer.dialect.indentLists;
  const column = indent < 0 ? 0 : level ? indent : indent + STEP;
  let first = place !== 'value';
  for (const item of items) {
    startEntry(writer, column, first);
    first = false;
    writer.out += '-';
    writeNode(writer, item, { indent: column, place: 'item' });
  }
}

function writeMap<V>(writer: Writer<V>, node: MapShape<V>, { indent, place }: Place): void {
  const column = indent < 0 ? 0 : indent + STEP;
  let first = place !== 'value';
  for (const [key, value] of sortEntries(writer, node)) {
    startEntry(writer, column, first);
    first = false;
    if (isSimpleKey(key)) {
      writeKey(writer, key, column);
      writer.out += ':';
      writeNode(writer, value, { indent: column, place: 'value' });
    } else {
      writer.out += '?';
      writeText(writer, key, { indent: column, place: 'long-key' });
      startEntry(writer, column, false);
      writer.out += ':';
      writeNode(writer, value, { indent: column, place: 'long-value' });
    }
  }
}

function sortEntries<V>(writer: Writer<V>, node: MapShape<V>): MapShape<V>['entries'] {
  if (node.sorted || node.entries.length < 2) return node.entries;
  const { compareKeys: compare } = writer.dialect;
  return [...node.entries].sort((a, b) => compare(a[0], b[0]));
}

/** Goes to `column`: on a new line, or, for the first entry of a collection in a list, on the current one. */
function startEntry<V>(writer: Writer<V>, column: number, inline: boolean): void {
  if (!inline) endLine(writer);
  const current = writer.out.length - writer.lineStart;
  if (current < column) writer.out += ' '.repeat(column - current);
}

function endLine<V>(writer: Writer<V>): void {
  if (writer.out.length === writer.lineStart) return;
  writer.out += '\n';
  writer.lineStart = writer.out.length;
}

function isSimpleKey(key: string): boolean {
  if (key.length > SIMPLE_KEY_BYTES || isMultiline(key)) return false;
  return key.length * 3 <= SIMPLE_KEY_BYTES || Buffer.byteLength(key) <= SIMPLE_KEY_BYTES;
}

function writeKey<V>(writer: Writer<V>, key: string, indent: number): void {
  const place = { column: indent, indent: indent + STEP, width: Infinity };
  switch (chooseStyle(key, { simpleKey: true, tabsInBlocks: writer.dialect.tabsInBlocks })) {
    case 'plain':
      writer.out += key;
      return;
    case 'single':
      writer.out += writeSingleQuoted(key, place);
      return;
    default:
      writer.out += writeDoubleQuoted(key, place);
  }
}

/** Numbers, booleans, null and empty collections. */
function writeScalar<V>(writer: Writer<V>, text: string, { place }: Place): void {
  writer.out += place === 'root' ? text : ` ${text}`;
}

function writeText<V>(writer: Writer<V>, text: string, { indent, place }: Place): void {
  const { dialect } = writer;
  if (place !== 'root') writer.out += ' ';
  const column = writer.out.length - writer.lineStart;
  const at = { column, indent: indent < 0 ? STEP : indent + STEP, width: dialect.width };
  switch (chooseStyle(text, { simpleKey: false, tabsInBlocks: dialect.tabsInBlocks })) {
    case 'plain':
      writer.out += writePlain(text, at);
      return;
    case 'single':
      writer.out += writeSingleQuoted(text, at);
      return;
    case 'double':
      writer.out += writeDoubleQuoted(text, at);
      return;
    case 'literal':
      writer.out += writeLiteral(text, at.indent, STEP);
      if (isBreak(text.charCodeAt(text.length - 1))) writer.lineStart = writer.out.length;
  }
}
