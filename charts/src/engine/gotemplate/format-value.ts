/**
 * One value by one verb: what Go's fmt does for an operand of Printf. Follows fmt of Go 1.26 (print.go, format.go)
 * for all the values of go-value.ts. Addresses, which Go prints for pointers inside and functions, are one constant.
 */
import { goBytes, sortedKeys } from './bytes.ts';
import { type Directive, formatComplex, formatInteger, formatReal, pad } from './format-number.ts';
import { isSignedKind, typeName, uint8 } from './go-types.ts';
import { type GoFunction, GoMap, GoNamedNumber, GoNumber, GoSlice, GoStruct, type GoValue } from './go-value.ts';
import { canBackquote, quote } from './quote.ts';

const ADDRESS = 0xc000010000n;

/** An operand by its verb, as `Printf("%<verb>", value)`. */
export function formatOperand(value: GoValue, verb: string, directive: Directive): string {
  if (value === null || value === undefined) {
    return verb === 'T' || verb === 'v' ? pad('<nil>', directive) : `%!${verb}(<nil>)`;
  }
  if (verb === 'T') return formatText(typeName(value), 's', directive) ?? '';
  if (verb === 'p') return formatPointer(value, verb, directive);
  return formatAt(value, verb, { directive, depth: 0, isPlain: false });
}

interface Place {
  readonly directive: Directive;
  readonly depth: number;
  /** Inside the report of a bad verb, where String methods are not called. */
  readonly isPlain: boolean;
}

function formatAt(value: GoValue, verb: string, place: Place): string {
  const { directive } = place;
  if (value === null || value === undefined) {
    return directive.sharpV ? 'interface {}(nil)' : '<nil>';
  }
  // Only Errorf has %w. Go looks at the elements of bytes before it sees that.
  if (verb === 'w' && !(value instanceof Uint8Array && place.depth === 0)) return badVerb(value, verb, place);
  switch (typeof value) {
    case 'string':
      return formatText(value, verb, directive) ?? badVerb(value, verb, place);
    case 'number':
      return formatReal(value, verb, { directive, bits: 64 }) ?? badVerb(value, verb, place);
    case 'bigint':
      return formatInteger(value, verb, { directive, isSigned: true }) ?? badVerb(value, verb, place);
    case 'boolean':
      return verb === 't' || verb === 'v' ? pad(String(value), directive) : badVerb(value, verb, place);
    default:
      return formatComposite(value, verb, place);
  }
}

function formatComposite(value: object, verb: string, place: Place): string {
  if (value instanceof GoNumber) return formatGoNumber(value, verb, place);
  if (value instanceof Map) return formatMap(value, 'map[string]interface {}', verb, place);
  if (value instanceof GoMap) return formatMap(value.entries, value.type, verb, place);
  if (value instanceof Uint8Array) return formatByteSlice(value, verb, place);
  if (value instanceof GoSlice) return formatList(value.items, value.type, verb, place);
  if (Array.isArray(value)) return formatList(value, '[]interface {}', verb, place);
  if (value instanceof GoStruct) return formatStruct(value, verb, place);
  return formatPointer(value as GoFunction, verb, place.directive);
}

function badVerb(value: GoValue, verb: string, place: Place): string {
  return `%!${verb}(${typeName(value)}=${formatAt(value, 'v', { ...place, depth: 0, isPlain: true })})`;
}

function formatGoNumber(number: GoNumber, verb: string, place: Place): string {
  const { directive } = place;
  const bad = () => badVerb(number, verb, place);
  if (!place.isPlain && !directive.sharpV && isTextVerb(verb)) {
    if (number instanceof GoNamedNumber) return formatText(number.named.format(number), verb, directive) ?? bad();
  }
  if (number.kind === 'complex128') return formatComplex(number, verb, directive) ?? bad();
  const bits = number.kind === 'float32' ? 32 : 64;
  if (typeof number.value === 'number') return formatReal(number.value, verb, { directive, bits }) ?? bad();
  return formatInteger(number.value, verb, { directive, isSigned: isSignedKind(number.kind) }) ?? bad();
}

function isTextVerb(verb: string): boolean {
  return verb === 'v' || verb === 's' || verb === 'x' || verb === 'X' || verb === 'q';
}

function formatMap(entries: ReadonlyMap<string, GoValue>, type: string, verb: string, place: Place): string {
  const { directive } = place;
  const inner = { ...place, depth: place.depth + 1 };
  const items = sortedKeys(entries).map(
    (key) => `${formatAt(key, verb, inner)}:${formatAt(entries.get(key), verb, inner)}`,
  );
  return directive.sharpV ? `${type}{${items.join(', ')}}` : `map[${items.join(' ')}]`;
}

function formatList(items: readonly GoValue[], type: string, verb: string, place: Place): string {
  const inner = { ...place, depth: place.depth + 1 };
  const texts = items.map((item) => formatAt(item, verb, inner));
  return place.directive.sharpV ? `${type}{${texts.join(', ')}}` : `[${texts.join(' ')}]`;
}

function formatByteSlice(bytes: Uint8Array, verb: string, place: Place): string {
  const { directive } = place;
  if (verb === 's' || verb === 'x' || verb === 'X' || verb === 'q') {
    return formatText(bytesText(bytes), verb, directive) ?? '';
  }
  const type = place.depth === 0 && (verb === 'v' || verb === 'd') ? '[]byte' : '[]uint8';
  const inner = { ...place, depth: place.depth + 1 };
  const known: (string | undefined)[] = [];
  const texts = Array.from(bytes, (byte) => (known[byte] ??= formatAt(uint8(byte), verb, inner)));
  return place.directive.sharpV ? `${type}{${texts.join(', ')}}` : `[${texts.join(' ')}]`;
}

function bytesText(bytes: Uint8Array): string {
  let out = '';
  // One escape or ASCII character a byte is enough here: goBytes and quoting join them.
  for (const byte of bytes) out += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 | byte);
  return out;
}

function formatStruct(value: GoStruct, verb: string, place: Place): string {
  const { directive } = place;
  const { type } = value;
  if (type.format !== undefined && !place.isPlain && !directive.sharpV && isTextVerb(verb)) {
    return formatText(type.format(value), verb, directive) ?? badVerb(value, verb, place);
  }
  if (directive.sharpV && type.goString !== undefined) return formatText(type.goString(value), 's', directive) ?? '';
  if (type.pointer && (place.depth > 0 || type.isNil === true)) return formatPointer(value, verb, directive);
  const inner = { ...place, depth: place.depth + 1 };
  const named = directive.plusV || directive.sharpV;
  const shown = type.shown?.(value) ?? new Map(type.fields.map(({ name }) => [name, value.fields.get(name)]));
  const fields = [...shown].map(([name, field]) => {
    const text = formatAt(field, verb, inner);
    return named ? `${name}:${text}` : text;
  });
  const name = type.pointer ? type.name.replace(/^\*/, '') : type.name;
  const body = directive.sharpV ? `${name}{${fields.join(', ')}}` : `{${fields.join(' ')}}`;
  return type.pointer ? `&${body}` : body;
}

function formatPointer(value: GoValue, verb: string, directive: Directive): string {
  const isPointer =
    (typeof value === 'object' && value !== null && !(value instanceof GoNumber) && !(value instanceof GoStruct)) ||
    (value instanceof GoStruct && value.type.pointer);
  if (!isPointer) return badVerb(value, verb, { directive, depth: 0, isPlain: true });
  const isNil = value instanceof GoStruct && value.type.isNil === true;
  if (isNil && verb === 'v') return directive.sharpV ? `(${typeName(value)})(nil)` : pad('<nil>', directive);
  const place = isNil ? 0n : ADDRESS;
  if (verb === 'v' || verb === 'p') {
    const address = formatInteger(place, 'x', {
      directive: { ...directive, sharp: !directive.sharp },
      isSigned: false,
    });
    return verb === 'v' && directive.sharpV ? `(${typeName(value)})(0x${place.toString(16)})` : (address ?? '');
  }
  const isNumberVerb = 'bodxX'.includes(verb);
  if (isNumberVerb) return formatInteger(place, verb, { directive, isSigned: false }) ?? '';
  return badVerb(value, verb, { directive, depth: 0, isPlain: true });
}

/** A string by s, v, q, x or X; undefined for another verb. */
function formatText(text: string, verb: string, directive: Directive): string | undefined {
  switch (verb) {
    case 's':
      return pad(truncate(text, directive), directive);
    case 'v':
      return directive.sharpV ? formatQuoted(text, directive) : pad(truncate(text, directive), directive);
    case 'q':
      return formatQuoted(text, directive);
    case 'x':
    case 'X':
      return formatHex(goBytes(text), verb, directive);
    default:
      return undefined;
  }
}

function truncate(text: string, directive: Directive): string {
  const { precision } = directive;
  if (precision < 0 || text.length <= precision) return text;
  let out = '';
  let count = 0;
  for (const char of text) {
    if (count++ >= precision) break;
    out += char;
  }
  return out;
}

function formatQuoted(text: string, directive: Directive): string {
  const cut = truncate(text, directive);
  if (directive.sharp && canBackquote(cut)) return pad(`\`${cut}\``, directive);
  return pad(quote(cut, { ascii: directive.plus }), directive);
}

function formatHex(bytes: Uint8Array, verb: 'x' | 'X', directive: Directive): string {
  const { precision, sharp, space } = directive;
  const taken = precision >= 0 && precision < bytes.length ? bytes.subarray(0, precision) : bytes;
  const pairs = Array.from(taken, (byte) => byte.toString(16).padStart(2, '0'));
  let out = space ? pairs.map((pair) => (sharp ? `0x${pair}` : pair)).join(' ') : pairs.join('');
  if (sharp && !space && out !== '') out = `0x${out}`;
  return pad(verb === 'X' ? out.toUpperCase() : out, directive);
}
