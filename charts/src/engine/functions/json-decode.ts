/**
 * JSON as Go's encoding/json reads it into interface {}: numbers are float64, the last of equal keys wins, bad UTF-8 and
 * lone surrogates are U+FFFD, errors have Go's texts. Follows encoding/json of Go 1.26 (scanner.go, decode.go).
 */
import type { GoValue } from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { FunctionError } from './function.ts';
import { parsePlainJson } from './json-plain.ts';

/** What was read, and the first number that is out of range (it is read as null), as Go's error. */
export interface Decoded {
  readonly value: GoValue;
  readonly problem: string | undefined;
}

const MAX_DEPTH = 10_000;

/** Reads a text that is one JSON value. Throws FunctionError with Go's text for one that is not. */
export function decodeJson(text: string): Decoded {
  const plain = parsePlainJson(text);
  if (plain !== undefined) return { value: plain, problem: undefined };
  const reader = new Reader(text);
  const value = reader.document();
  return { value, problem: reader.problem };
}

/** What Go's errors call a JSON value. */
export function jsonKind(value: GoValue): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

type Container = GoValue[] | { readonly map: Map<string, GoValue>; key: string };

class Reader {
  problem: string | undefined;
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** One value with nothing but space around it. Nesting is kept in a list, so that depth needs no stack. */
  document(): GoValue {
    const stack: Container[] = [];
    for (;;) {
      let value = this.opening(stack);
      if (value === OPENED) continue;
      for (;;) {
        const container = stack.at(-1);
        if (container === undefined) {
          this.skipSpace();
          if (this.at < this.text.length) this.fail('after top-level value');
          return value as GoValue;
        }
        if (Array.isArray(container)) container.push(value as GoValue);
        else container.map.set(container.key, value as GoValue);
        if (this.goesOn(container)) break;
        stack.pop();
        value = Array.isArray(container) ? container : container.map;
      }
    }
  }

  /** Reads a scalar or an empty collection, or opens a collection. */
  private opening(stack: Container[]): GoValue | typeof OPENED {
    this.skipSpace();
    const char = this.text[this.at];
    if (char === '{' || char === '[') {
      if (stack.length >= MAX_DEPTH) throw new FunctionError('exceeded max depth');
      this.at++;
      this.skipSpace();
      if (char === '[') {
        if (this.text[this.at] === ']') {
          this.at++;
          return [];
        }
        stack.push([]);
        return OPENED;
      }
      if (this.text[this.at] === '}') {
        this.at++;
        return new Map();
      }
      stack.push({ map: new Map(), key: this.key() });
      return OPENED;
    }
    if (char === '"') return this.string();
    if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return this.number();
    if (char === 't') return this.literal('true', true);
    if (char === 'f') return this.literal('false', false);
    if (char === 'n') return this.literal('null', null);
    return this.fail('looking for beginning of value');
  }

  /** After an item: true if another follows, false at the end of the collection. */
  private goesOn(container: Container): boolean {
    this.skipSpace();
    const char = this.text[this.at];
    const isList = Array.isArray(container);
    if (char === ',') {
      this.at++;
      if (!isList) {
        this.skipSpace();
        container.key = this.key();
      }
      return true;
    }
    if (char === (isList ? ']' : '}')) {
      this.at++;
      return false;
    }
    return this.fail(isList ? 'after array element' : 'after object key:value pair');
  }

  private key(): string {
    if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
    const key = this.string();
    this.skipSpace();
    if (this.text[this.at] !== ':') this.fail('after object key');
    this.at++;
    return key;
  }

  private literal(word: string, value: boolean | null): boolean | null {
    for (let i = 1; i < word.length; i++) {
      this.at++;
      if (this.text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting ${quoteByte(word.charAt(i))})`);
    }
    this.at++;
    return value;
  }

  private number(): number | null {
    const start = this.at;
    if (this.text[this.at] === '-') {
      this.at++;
      if (!this.isDigit()) this.fail('in numeric literal');
    }
    if (this.text[this.at] === '0') this.at++;
    else this.digits();
    if (this.text[this.at] === '.') {
      this.at++;
      if (!this.isDigit()) this.fail('after decimal point in numeric literal');
      this.digits();
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++;
      if (!this.isDigit()) this.fail('in exponent of numeric literal');
      this.digits();
    }
    const literal = this.text.slice(start, this.at);
    const value = Number(literal);
    if (Number.isFinite(value)) return value;
    this.problem ??= `json: cannot unmarshal number ${literal} into Go value of type float64`;
    return null;
  }

  private string(): string {
    this.at++;
    let out = '';
    let start = this.at;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) this.fail('in string literal');
      if (char === '"') break;
      if (char === '\\') {
        out += this.text.slice(start, this.at) + this.escape();
        start = this.at;
      } else if (char < ' ') this.fail('in string literal');
      else this.at++;
    }
    out += this.text.slice(start, this.at);
    this.at++;
    // Bytes that are no UTF-8 and halves of surrogate pairs alike.
    return /[\ud800-\udfff]/.test(out) ? out.replace(/\p{Surrogate}/gu, '\ufffd') : out;
  }

  private escape(): string {
    this.at++;
    const char = this.text[this.at];
    const plain = char === undefined ? undefined : escapes.get(char);
    if (plain !== undefined) {
      this.at++;
      return plain;
    }
    if (char !== 'u') this.fail('in string escape code');
    this.at++;
    for (let i = 0; i < 4; i++, this.at++) {
      if (!/^[0-9a-fA-F]$/.test(this.text[this.at] ?? '')) this.fail('in \\u hexadecimal character escape');
    }
    return String.fromCharCode(Number.parseInt(this.text.slice(this.at - 4, this.at), 16));
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0x0a) return;
      this.at++;
    }
  }

  private isDigit(): boolean {
    const char = this.text[this.at];
    return char !== undefined && char >= '0' && char <= '9';
  }

  private digits(): void {
    while (this.isDigit()) this.at++;
  }

  private fail(where: string): never {
    const char = this.text[this.at];
    if (char === undefined) {
      // Go tries whether a space would end the value.
      const isOpen = where.startsWith('in ') && where !== 'in string literal';
      if (!isOpen && !where.startsWith('after decimal')) throw new FunctionError('unexpected end of JSON input');
      throw new FunctionError(`invalid character ' ' ${where}`);
    }
    throw new FunctionError(`invalid character ${quoteByte(firstByte(char, this.text.codePointAt(this.at)))} ${where}`);
  }
}

const OPENED = Symbol('opened');

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Go names the byte that it met, as the character of that number. */
function firstByte(char: string, point: number | undefined): string {
  if (char < '\x80' || point === undefined) return char;
  if (point >= 0xdc80 && point <= 0xdcff) return String.fromCharCode(point & 0xff);
  return String.fromCharCode(new TextEncoder().encode(String.fromCodePoint(point))[0] ?? 0);
}

function quoteByte(char: string): string {
  if (char === "'") return `'\\''`;
  return char === '"' ? `'"'` : `'${quote(char).slice(1, -1)}'`;
}
