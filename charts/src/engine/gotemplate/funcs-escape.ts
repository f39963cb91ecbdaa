/** html, js and urlquery: the escapers of text/template's funcs.go (Go 1.26). */
import { goBytes } from './bytes.ts';
import { GoStruct, type GoValue } from './go-value.ts';
import { formatValue, sprint } from './printf.ts';
import { isPrint } from './quote.ts';

/** The arguments as one text, as print has it, but pointers as what they point to and nil as `<no value>`. */
export function escaperText(args: readonly GoValue[]): string {
  return sprint(args.map(printable));
}

function printable(value: GoValue): GoValue {
  if (value === null || value === undefined) return '<no value>';
  if (value instanceof GoStruct && value.type.pointer && value.type.format === undefined) {
    return formatValue(value).slice(1);
  }
  return value;
}

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** HTMLEscapeString. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => htmlEscapes.get(char) ?? char);
}

const jsEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

/** JSEscapeString. */
export function escapeJs(text: string): string {
  let out = '';
  for (const char of text) {
    const known = jsEscapes.get(char);
    const point = char.codePointAt(0) ?? 0;
    if (known !== undefined) out += known;
    else if (point < 0x20) out += `\\u00${hex(point, 2)}`;
    else if (point < 0x80) out += char;
    else if (point >= 0xd800 && point <= 0xdfff) out += isPrint(0xfffd) ? char : '\\uFFFD';
    else out += isPrint(point) ? char : `\\u${hex(point, 4)}`;
  }
  return out;
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, '0');
}

/** url.QueryEscape. */
export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of goBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) out += char;
    else out += char === ' ' ? '+' : `%${hex(byte, 2)}`;
  }
  return out;
}
