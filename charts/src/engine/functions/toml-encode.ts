/**
 * TOML as BurntSushi/toml 1.6.0 writes it: keys in order of their bytes, tables after plain keys, two spaces for each
 * level, lists of tables as `[[table]]`, other nested tables inline. nil values are left out, in lists an error.
 */
import { sortedKeys } from '../gotemplate/bytes.ts';
import { formatFloat } from '../gotemplate/format-float.ts';
import { elementCount, kindOf, mapEntries, sliceItems, typeName } from '../gotemplate/go-types.ts';
import { GoMap, GoNamedNumber, GoNumber, GoSlice, GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { type CallContext, FunctionError } from './function.ts';
import { formatMoment, isTime, momentOf } from './go-time.ts';

const MAX_DEPTH = 500;

/** A value as a TOML document. Throws FunctionError with BurntSushi's text for what TOML cannot hold. */
export function encodeToml(value: GoValue, context: CallContext): string {
  if (value === null || value === undefined) {
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  }
  const writer = new Writer(context);
  writer.encode([], value);
  return writer.out;
}

/** A key in a dotted path: bare, or quoted where it must be. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoteToml(key);
}

type Key = readonly string[];
type TomlKind = 'table' | 'tables' | 'plain' | undefined;

class Writer {
  out = '';
  private depth = 0;
  private readonly context: CallContext;

  constructor(context: CallContext) {
    this.context = context;
  }

  encode(key: Key, value: GoValue): void {
    this.nested(() => {
      const kind = kindOf(value);
      if (isMarshaler(value)) this.writePair(key, value, { isInline: false });
      else if (kind === 'slice') {
        if (tomlKind(value, 0) === 'tables') this.writeTables(key, sliceItems(value) ?? []);
        else this.writePair(key, value, { isInline: false });
      } else if (kind === 'map' || value instanceof GoStruct) {
        if (!(value instanceof GoMap && value.isNil)) this.writeTable(key, value);
      } else if (kind === 'func' || kind === 'complex128') {
        throw new FunctionError(`unsupported type for key '${key.map(tomlKey).join('.')}': ${kind}`);
      } else this.writePair(key, value, { isInline: false });
    });
  }

  private writeTable(key: Key, value: GoValue): void {
    if (key.length === 1) this.newline();
    if (key.length > 0) {
      this.write(`${indentation(key)}[${key.map(tomlKey).join('.')}]`);
      this.newline();
    }
    this.writeEntries(key, value, { isInline: false });
  }

  private writeTables(key: Key, items: readonly GoValue[]): void {
    if (key.length === 0) throw new FunctionError('toml: top-level values must be Go maps or structs');
    for (const item of items) {
      if (item instanceof GoMap && item.isNil) continue;
      this.newline();
      this.write(`${indentation(key)}[[${key.map(tomlKey).join('.')}]]`);
      this.newline();
      this.writeEntries(key, item, { isInline: false });
    }
  }

  /** Plain keys first, since what follows the header of a table belongs to it. */
  private writeEntries(key: Key, value: GoValue, options: { readonly isInline: boolean }): void {
    const entries = entriesOf(value).map(([name, item]) => ({ name, item, kind: tomlKind(item, this.depth) }));
    const plain = entries.filter(({ kind }) => kind !== 'table' && kind !== 'tables');
    const tables = entries.filter(({ kind }) => kind === 'table' || kind === 'tables');
    if (options.isInline) this.write('{');
    for (const group of [plain, tables]) {
      for (const [i, { name, item }] of group.entries()) {
        if (isNothing(item)) continue;
        if (!options.isInline) {
          this.encode([...key, name], item);
          continue;
        }
        this.writePair([name], item, options);
        const hasMore = i < group.length - 1 || (group === plain && tables.length > 0);
        if (hasMore) this.write(', ');
      }
    }
    if (options.isInline) this.write('}');
  }

  private writePair(key: Key, value: GoValue, options: { readonly isInline: boolean }): void {
    if (key.length === 0) {
      this.writeElement(value);
      return;
    }
    this.write(`${indentation(key)}${tomlKey(key.at(-1) ?? '')} = `);
    this.writeElement(value);
    if (!options.isInline) this.newline();
  }

  private writeElement(value: GoValue): void {
    const scalar = scalarText(value);
    const items = sliceItems(value);
    if (scalar !== undefined) this.write(scalar);
    else if (items !== undefined) this.nested(() => this.writeItems(items));
    else if (elementCount(value) !== undefined || value instanceof GoStruct) {
      this.nested(() => this.writeEntries([], value, { isInline: true }));
    } else throw new FunctionError(`unexpected type: ${typeName(value)}`);
  }

  private writeItems(items: readonly GoValue[]): void {
    this.write('[');
    for (const [i, item] of items.entries()) {
      if (i > 0) this.write(', ');
      this.writeElement(item);
    }
    this.write(']');
  }

  private nested(write: () => void): void {
    if (this.depth >= MAX_DEPTH) throw new FunctionError('toml: values are nested too deep');
    this.depth++;
    write();
    this.depth--;
  }

  private newline(): void {
    if (this.out !== '') this.write('\n');
  }

  private write(text: string): void {
    this.context.spend(text.length);
    this.out += text;
  }
}

function scalarText(value: GoValue): string | undefined {
  if (typeof value === 'string') return quoteToml(value);
  if (typeof value === 'number') return tomlFloat(value, 64);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (isTime(value)) return tomlTime(value);
  if (isMarshaler(value)) return quoteToml(formatValue(value));
  return value instanceof GoNumber ? tomlNumber(value) : undefined;
}

/** The entries of a map by key, or of a struct in order. */
function entriesOf(value: GoValue): (readonly [string, GoValue])[] {
  const entries = mapEntries(value);
  if (entries !== undefined) return sortedKeys(entries).map((key) => [key, entries.get(key)]);
  if (!(value instanceof GoStruct)) return [];
  return value.type.fields
    .filter((field) => /^\p{Lu}/u.test(field.name))
    .map((field) => [field.name, value.fields.get(field.name)]);
}

/** True for what writes itself as a text: a time, a version. */
function isMarshaler(value: GoValue): boolean {
  return value instanceof GoStruct && value.type.toJson !== undefined && value.type.fields.length === 0;
}

function isNothing(value: GoValue): boolean {
  if (value === null || value === undefined) return true;
  return (value instanceof GoMap || value instanceof GoSlice) && value.isNil;
}

function tomlKind(value: GoValue, depth: number): TomlKind {
  if (depth > MAX_DEPTH) throw new FunctionError('toml: values are nested too deep');
  if (isNothing(value)) return undefined;
  if (isMarshaler(value)) return 'plain';
  const items = sliceItems(value);
  if (items !== undefined) {
    const kinds = items.map((item) => tomlKind(item, depth + 1));
    if (kinds.includes(undefined)) throw new FunctionError('toml: cannot encode array with nil element');
    return kinds.length > 0 && kinds.every((kind) => kind === 'table') ? 'tables' : 'plain';
  }
  if (mapEntries(value) !== undefined || value instanceof GoStruct) return 'table';
  const kind = kindOf(value);
  if (kind === 'func' || kind === 'complex128') throw new FunctionError(`unsupported type: ${kind}`);
  return 'plain';
}

function indentation(key: Key): string {
  return '  '.repeat(Math.max(0, key.length - 1));
}

function tomlNumber(number: GoNumber): string {
  if (number instanceof GoNamedNumber && number.type === 'time.Duration') {
    return quoteToml(number.named.format(number));
  }
  if (typeof number.value === 'bigint') return number.value.toString();
  return tomlFloat(number.value, number.kind === 'float32' ? 32 : 64);
}

function tomlFloat(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const text = formatFloat(value, 'g', -1, bits);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Layouts by the names of the zones that mark TOML's local times. */
const localLayouts: ReadonlyMap<string, string> = new Map([
  ['datetime-local', '2006-01-02T15:04:05.999999999'],
  ['date-local', '2006-01-02'],
  ['time-local', '15:04:05.999999999'],
]);

function tomlTime(value: GoStruct): string {
  const moment = momentOf(value);
  return formatMoment(moment, localLayouts.get(moment.zone.name) ?? '2006-01-02T15:04:05.999999999Z07:00');
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);

function quoteToml(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what TOML escapes.
  const escaped = value.replace(/["\\\u0000-\u001f\u007f]/g, (char) => {
    return shortEscapes.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
