/**
 * TOML as BurntSushi/toml 1.6.0 reads it into map[string]interface {}: integers are int64, local dates and times have
 * zones of their own, lists of tables are `[]map[string]interface {}`; errors have its texts.
 */

import { GoSlice, type GoValue } from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { madeWithRoom } from './capacity.ts';
import { FunctionError } from './function.ts';
import { type Token, TomlFault } from './toml-cursor.ts';
import { tomlKey } from './toml-encode.ts';
import { lexToml } from './toml-lexer.ts';
import {
  readFloat,
  readInteger,
  readTime,
  replaceEscapes,
  stripEscapedBreaks,
  stripFirstBreak,
} from './toml-scalar.ts';

type Table = Map<string, GoValue>;
/** The capacities that BurntSushi's parser makes arrays and lists of tables with. */
const ARRAY_ROOM = 2;
const TABLES_ROOM = 4;

type Key = readonly string[];

const TABLE_TYPE = 'map[string]interface {}';

/** Reads a document. Throws FunctionError with BurntSushi's text for what is no TOML. */
export function decodeToml(source: string): Table {
  const reader = new Reader(source.replace(/^(?:\ufeff|\udcff\udcfe|\udcfe\udcff)/, ''));
  try {
    return reader.document();
  } catch (error) {
    if (!(error instanceof TomlFault)) throw error;
    const lastKey = reader.lastKey();
    const after = lastKey === '' ? '' : ` (last key ${quote(lastKey)})`;
    throw new FunctionError(`toml: line ${error.line}${after}: ${error.message}`);
  }
}

class Reader {
  private readonly source: string;
  private readonly tokens: Generator<Token, undefined>;
  private readonly root: Table = new Map();
  /** The path of the table that is being filled. */
  private context: Key = [];
  private currentKey = '';
  private line = 1;
  /** Tables that are there only since a deeper one is; and keys whose value is a list. By dotted path. */
  private readonly implicit = new Set<string>();
  private readonly lists = new Set<string>();

  constructor(source: string) {
    this.source = source;
    this.tokens = lexToml(source);
  }

  document(): Table {
    if (this.source.slice(0, 6).includes('\0')) {
      throw new TomlFault('files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8', 1);
    }
    for (let token = this.next(); token.kind !== 'eof'; token = this.next()) this.topLevel(token);
    return this.root;
  }

  /** What errors call the last key. */
  lastKey(): string {
    if (this.currentKey === '') return dotted(this.context);
    return this.context.length === 0 ? this.currentKey : `${dotted(this.context)}.${this.currentKey}`;
  }

  private next(): Token {
    const result = this.tokens.next();
    return result.done === true ? { kind: 'eof', text: '', line: this.line } : result.value;
  }

  private topLevel(token: Token): void {
    if (token.kind === 'comment') this.next();
    else if (token.kind === 'table' || token.kind === 'tables') {
      const key = this.keyUntil(token.kind === 'table' ? 'table-end' : 'tables-end');
      this.enter(key, { isList: token.kind === 'tables' });
      this.mark('', false);
    } else {
      const outer = this.context;
      this.pair((value) => this.setValue(this.currentKey, value));
      this.context = outer;
      this.currentKey = '';
    }
  }

  private keyUntil(end: Token['kind']): string[] {
    const key: string[] = [];
    let token = this.next();
    this.line = token.line;
    for (; token.kind !== end && token.kind !== 'eof'; token = this.next()) {
      key.push(token.kind === 'text' ? token.text : String(this.value(token, { isInArray: false })));
    }
    return key;
  }

  /** A key and its value, after the token of the key's start; tables of a dotted key are made on the way. */
  private pair(set: (value: GoValue, path: Key) => void): void {
    const key = this.keyUntil('key-end');
    this.currentKey = key.at(-1) ?? '';
    const path = key.slice(0, -1);
    for (const part of path) {
      const context = [...this.context, part];
      this.implicit.add(dotted(context));
      this.enter(context, { isList: false });
    }
    const token = this.next();
    const value = this.value(token, { isInArray: false });
    set(value, path);
    this.mark(this.currentKey, token.kind === 'array');
  }

  private value(token: Token, place: { readonly isInArray: boolean }): GoValue {
    switch (token.kind) {
      case 'string':
      case 'raw':
        return token.text;
      case 'escaped':
        return replaceEscapes(token, token.text);
      case 'multiline':
        return replaceEscapes(token, stripEscapedBreaks(stripFirstBreak(token.text)));
      case 'raw-multiline':
        return stripFirstBreak(token.text);
      case 'bool':
        return token.text === 'true';
      case 'integer':
        return readInteger(token);
      case 'float':
        return readFloat(token);
      case 'datetime':
        return readTime(token);
      case 'array':
        return this.array();
      case 'inline':
        return this.inlineTable(place.isInArray);
      default:
        throw new FunctionError(`BUG: Unexpected value type: ${token.kind}`);
    }
  }

  private array(): GoValue[] {
    this.mark(this.currentKey, true);
    const items: GoValue[] = madeWithRoom(ARRAY_ROOM, []);
    for (let token = this.next(); token.kind !== 'array-end'; token = this.next()) {
      if (token.kind === 'comment') this.next();
      else items.push(this.value(token, { isInArray: true }));
    }
    return items;
  }

  private inlineTable(isInArray: boolean): Table {
    const table: Table = new Map();
    const [outerContext, outerKey] = [this.context, this.currentKey];
    this.context = [...this.context, this.currentKey];
    const own = this.context;
    this.currentKey = '';
    this.implicit.add(dotted(own));
    this.enter(own, { isList: isInArray });
    for (let token = this.next(); token.kind !== 'inline-end'; token = this.next()) {
      if (token.kind === 'comment') {
        this.next();
        continue;
      }
      this.pair((value, path) => {
        this.setValue(this.currentKey, value);
        this.descend(table, path).set(this.currentKey, value);
      });
      this.context = own;
    }
    this.context = outerContext;
    this.currentKey = outerKey;
    return table;
  }

  private descend(table: Table, path: Key): Table {
    let inner = table;
    for (const part of path) {
      const next = inner.get(part);
      if (next instanceof Map) inner = next;
      else if (next === undefined) {
        const made: Table = new Map();
        inner.set(part, made);
        inner = made;
      } else throw this.fault(`${quote(dotted(this.context))} is not a table`);
    }
    return inner;
  }

  /** Makes a table, or one more of a list of tables, and what is missing on the way to it, the current one. */
  private enter(key: Key, options: { readonly isList: boolean }): void {
    let table = this.root;
    const parents = key.slice(0, -1);
    for (const [i, part] of parents.entries()) {
      const path = parents.slice(0, i + 1);
      if (!table.has(part)) {
        this.implicit.add(dotted(path));
        table.set(part, new Map());
      }
      const next = tableAt(table.get(part));
      if (next === undefined) throw this.fault(`Key '${dotted(path)}' was already created as a hash.`);
      table = next;
    }
    this.context = parents;
    const last = key.at(-1) ?? '';
    if (options.isList) {
      const list = table.get(last) ?? madeWithRoom(TABLES_ROOM, new GoSlice(TABLE_TYPE, []));
      if (!isTableList(list)) {
        throw this.fault(`Key '${dotted(key)}' was already created and cannot be used as an array.`);
      }
      list.items.push(new Map());
      table.set(last, list);
    } else this.setValue(last, new Map());
    this.context = [...this.context, last];
  }

  private setValue(key: string, value: GoValue): void {
    let table = this.root;
    for (const [i, part] of this.context.entries()) {
      const next = tableAt(table.get(part));
      if (next === undefined)
        throw this.fault(`Key '${dotted(this.context.slice(0, i + 1))}' has already been defined.`);
      table = next;
    }
    const path = dotted([...this.context, key]);
    if (table.has(key)) {
      // What is there only by implication may be defined once.
      if (!this.implicit.delete(path)) throw this.fault(`Key '${path}' has already been defined.`);
      if (!this.lists.has(path)) return;
    }
    table.set(key, value);
  }

  private mark(key: string, isList: boolean): void {
    const path = dotted(key === '' ? this.context : [...this.context, key]) || '""';
    if (isList) this.lists.add(path);
    else this.lists.delete(path);
  }

  private fault(message: string): TomlFault {
    return new TomlFault(message, this.line);
  }
}

function dotted(key: Key): string {
  return key.map(tomlKey).join('.');
}

function isTableList(value: GoValue): value is GoSlice {
  return value instanceof GoSlice && value.elem === TABLE_TYPE;
}

/** A table, or the last of a list of tables. */
function tableAt(value: GoValue): Table | undefined {
  const table = isTableList(value) ? value.items.at(-1) : value;
  return table instanceof Map ? table : undefined;
}
