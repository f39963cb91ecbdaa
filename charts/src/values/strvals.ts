/**
 * The grammar of `--set`, `--set-string`, `--set-json`, `--set-file` and `--set-literal`: `a.b[0].c=value`, pairs
 * separated by commas, `{a,b}` for a list, a backslash before what would mean something. Follows Helm v4.3's
 * pkg/strvals, whose texts the errors carry; where Go panics and recovers, the error says what Go says.
 */
import { typeName } from '../engine/gotemplate/go-types.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { quote, quoteRune } from '../engine/gotemplate/quote.ts';
import { replaceInvalid } from '../yaml/json-string.ts';
import {
  createSetBudget,
  fail,
  type Grammar,
  MAX_FILLING,
  type Reader,
  readIndex,
  readJson,
  readUntil,
  readValue,
  type SetBudget,
  typedValue,
} from './strvals-reader.ts';

type Target = Map<string, GoValue>;

/** Sets typed values: integers are int64, and true, false and null are what they say. Throws ChartError. */
export function parseInto(into: Target, text: string, budget = createSetBudget()): void {
  parse(into, text, { grammar: { escapes: true, value: typedValue }, budget });
}

/** Sets strings only. Throws ChartError. */
export function parseIntoString(into: Target, text: string, budget = createSetBudget()): void {
  parse(into, text, { grammar: { escapes: true, value: (written) => written }, budget });
}

/** Sets JSON values. Throws ChartError. */
export function parseJsonInto(into: Target, text: string, budget = createSetBudget()): void {
  parse(into, text, { grammar: { escapes: true }, budget });
}

/** Sets the text of files: what is written as value is a path. Throws ChartError, and what `read` throws. */
export function parseFileInto(
  into: Target,
  text: string,
  { read, budget = createSetBudget() }: { readonly read: (path: string) => string; readonly budget?: SetBudget },
): void {
  parse(into, text, { grammar: { escapes: true, value: read }, budget });
}

/** Sets one string, taken as it is: nothing in it is special. Throws ChartError. */
export function parseLiteralInto(into: Target, text: string, budget = createSetBudget()): void {
  parse(into, text, { grammar: { escapes: false, value: (written) => written }, budget });
}

const MAX_INDEX = 65536;
const MAX_NESTING = 30;
/** Keys and indices one within the other; Helm has no limit for indices, but what handles values later recurses. */
const MAX_DEPTH = 1000;
type Outcome = 'more' | 'end';

function parse(
  into: Target,
  text: string,
  { grammar, budget }: { readonly grammar: Grammar; readonly budget: SetBudget },
): void {
  const reader: Reader = { text: replaceInvalid(text), grammar, budget, pos: 0, depth: 0 };
  while (readKey(reader, into, 0) === 'more');
}

function readKey(reader: Reader, data: Target, nesting: number): Outcome {
  const { text: key, stop } = readUntil(reader, reader.grammar.escapes ? '=[,.' : '=[.');
  switch (stop) {
    case '':
      return key === '' ? 'end' : fail(`key ${quote(key)} has no value`);
    case '[':
      return readIndexed(reader, data, { key, nesting });
    case '=':
      return readAssigned(reader, data, key);
    case ',':
      return fail(`key ${quote(key)} has no value (cannot end with ,)`);
    default:
      return readNested(reader, data, { key, nesting: nesting + 1 });
  }
}

interface KeyPlace {
  readonly key: string;
  readonly nesting: number;
}

function readNested(reader: Reader, data: Target, { key, nesting }: KeyPlace): Outcome {
  if (nesting > MAX_NESTING) {
    fail(`value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`);
  }
  const inner = data.has(key) ? asMap(data.get(key)) : new Map<string, GoValue>();
  const outcome = readKey(reader, inner, nesting);
  if (inner.size > 0) set(data, key, inner);
  else if (outcome === 'more') fail(`key map ${quote(key)} has no value`);
  return outcome;
}

function readIndexed(reader: Reader, data: Target, { key, nesting }: KeyPlace): Outcome {
  const index = readIndex(reader);
  if (index === undefined) return 'end';
  const list = data.has(key) ? asList(data.get(key)) : [];
  const [items, outcome] = readItem(reader, { list, index, nesting });
  set(data, key, items);
  return outcome;
}

function readAssigned(reader: Reader, data: Target, key: string): Outcome {
  if (reader.grammar.value === undefined) {
    set(data, key, readJson(reader));
    return 'more';
  }
  if (reader.grammar.escapes && reader.pos === reader.text.length) {
    set(data, key, '');
    return 'end';
  }
  set(data, key, readValue(reader, reader.grammar.value));
  return 'more';
}

interface ItemPlace {
  readonly list: GoValue[];
  readonly index: number;
  readonly nesting: number;
}

/** What follows `[index]`. Returns the list with the item set. */
function readItem(reader: Reader, place: ItemPlace): [GoValue[], Outcome] {
  if (reader.depth >= MAX_DEPTH) fail(`value name is nested deeper than ${MAX_DEPTH} levels`);
  reader.depth++;
  const read = readItemValue(reader, place);
  reader.depth--;
  return read;
}

function readItemValue(reader: Reader, { list, index, nesting }: ItemPlace): [GoValue[], Outcome] {
  const { budget } = reader;
  if (index < 0) fail(`negative ${index} index not allowed`);
  const { text: rest, stop } = readUntil(reader, '[.=');
  if (rest !== '') fail(`unexpected data at end of array index: [${[...rest].map(quoteCharacter).join(' ')}]`);
  if (stop === '') return [list, 'end'];
  if (stop === '=') {
    const { value } = reader.grammar;
    return [
      setIndex(list, { index, budget }, value === undefined ? readJson(reader) : readValue(reader, value)),
      'more',
    ];
  }
  const current = list[index];
  if (stop === '[') {
    const next = readIndex(reader);
    if (next === undefined) return [list, 'end'];
    const inner = current === null || current === undefined ? [] : asList(current);
    const [items, outcome] = readItem(reader, { list: inner, index: next, nesting });
    return outcome === 'end' ? [list, 'end'] : [setIndex(list, { index, budget }, items), 'more'];
  }
  const inner = current instanceof Map ? current : new Map<string, GoValue>();
  if (index < list.length) list[index] = inner;
  return readKey(reader, inner, nesting) === 'end' ? [list, 'end'] : [setIndex(list, { index, budget }, inner), 'more'];
}

function quoteCharacter(char: string): string {
  return quoteRune(char.codePointAt(0) ?? 0);
}

function setIndex(
  list: GoValue[],
  { index, budget }: { readonly index: number; readonly budget: SetBudget },
  value: GoValue,
): GoValue[] {
  if (index > MAX_INDEX) fail(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
  budget.filling -= Math.max(0, index - list.length);
  if (budget.filling < 0) fail(`lists are filled up with more than ${MAX_FILLING} items`);
  while (list.length < index) list.push(null);
  list[index] = value;
  return list;
}

/** An empty key sets nothing. */
function set(data: Target, key: string, value: GoValue): void {
  if (key !== '') data.set(key, value);
}

function asMap(value: GoValue): Target {
  return value instanceof Map ? value : failConversion(value, 'map[string]interface {}');
}

function asList(value: GoValue): GoValue[] {
  return Array.isArray(value) ? value : failConversion(value, '[]interface {}');
}

function failConversion(value: GoValue, wanted: string): never {
  const type = value === null || value === undefined ? 'nil' : typeName(value);
  fail(`unable to parse key: interface conversion: interface {} is ${type}, not ${wanted}`);
}
