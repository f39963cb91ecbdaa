/**
 * What is wrong with malformed JSON, in the words of Go's scanner (encoding/json), and how deep JSON is nested.
 */

const SPACE = new Set([' ', '\t', '\r', '\n']);
/** Go gives up beyond; so deep a value can be read and copied without running out of stack. */
export const MAX_DEPTH = 3000;

/** The first problem; undefined for well-formed JSON. */
export function jsonProblem(text: string): string | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

/** Whether a text may be nested more deeply than is read: counted without regard to strings first. */
export function isTooDeep(text: string): boolean {
  let openings = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) openings += 1;
  }
  if (openings <= MAX_DEPTH) return false;
  return jsonProblem(text) === 'exceeded max depth';
}

class SyntaxProblem extends Error {}

const END = 'unexpected end of JSON input';

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#space();
    // Nested values are kept on a list, not on the stack: the text may be of any depth.
    const open: ('{' | '[')[] = [];
    let state: 'value' | 'first' | 'key' | 'after' = 'value';
    for (;;) {
      this.#space();
      const char = this.#text.charAt(this.#at);
      if (state === 'after') {
        const inside = open.at(-1);
        if (inside === undefined) {
          if (char !== '') throw this.#bad('after top-level value');
          return;
        }
        if (char === '') throw new SyntaxProblem(END);
        if (char === ',') {
          this.#at += 1;
          state = inside === '{' ? 'key' : 'value';
        } else if (char === (inside === '{' ? '}' : ']')) {
          this.#at += 1;
          open.pop();
        } else throw this.#bad(inside === '{' ? 'after object key:value pair' : 'after array element');
        continue;
      }
      if (char === '') throw new SyntaxProblem(END);
      if (state === 'key' || (state === 'first' && open.at(-1) === '{')) {
        if (state === 'first' && char === '}') {
          this.#at += 1;
          open.pop();
          state = 'after';
          continue;
        }
        if (char !== '"') throw this.#bad('looking for beginning of object key string');
        this.#string();
        this.#space();
        if (this.#text.charAt(this.#at) !== ':') throw this.#bad('after object key');
        this.#at += 1;
        state = 'value';
        continue;
      }
      if (state === 'first' && char === ']') {
        this.#at += 1;
        open.pop();
        state = 'after';
        continue;
      }
      if (char === '{' || char === '[') {
        open.push(char);
        if (open.length > MAX_DEPTH) throw new SyntaxProblem('exceeded max depth');
        this.#at += 1;
        state = 'first';
        continue;
      }
      this.#scalar(char);
      state = 'after';
    }
  }

  #scalar(char: string): void {
    if (char === '"') this.#string();
    else if (char === '-' || isDigit(char)) this.#number();
    else if (char === 't') this.#literal('true');
    else if (char === 'f') this.#literal('false');
    else if (char === 'n') this.#literal('null');
    else throw this.#bad('looking for beginning of value');
  }

  #bad(context: string): SyntaxProblem {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return new SyntaxProblem(END);
    // Go looks at bytes: of a character beyond ASCII at its first.
    const byte = new TextEncoder().encode(String.fromCodePoint(code))[0] ?? 0;
    return new SyntaxProblem(`invalid character ${quoteChar(byte)} ${context}`);
  }

  #space(): void {
    while (SPACE.has(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === '') throw new SyntaxProblem(END);
      if (char === '"') {
        this.#at += 1;
        return;
      }
      if (char === '\\') {
        this.#at += 1;
        const escaped = this.#text.charAt(this.#at);
        if (escaped === '') throw new SyntaxProblem(END);
        if (escaped === 'u') {
          for (let digit = 0; digit < 4; digit += 1) {
            this.#at += 1;
            const hex = this.#text.charAt(this.#at);
            if (!/^[0-9a-fA-F]$/.test(hex)) throw this.#bad('in \\u hexadecimal character escape');
          }
        } else if (!'"\\/bfnrt'.includes(escaped)) throw this.#bad('in string escape code');
      } else if (char < ' ') throw this.#bad('in string literal');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#text.charAt(this.#at) === '-') this.#at += 1;
    if (this.#text.charAt(this.#at) === '0') this.#at += 1;
    else if (isDigit(this.#text.charAt(this.#at))) this.#digits();
    else throw this.#bad('in numeric literal');
    if (this.#text.charAt(this.#at) === '.') {
      this.#at += 1;
      if (!isDigit(this.#text.charAt(this.#at))) throw this.#bad('after decimal point in numeric literal');
      this.#digits();
    }
    if (/^[eE]$/.test(this.#text.charAt(this.#at))) {
      this.#at += 1;
      if (/^[+-]$/.test(this.#text.charAt(this.#at))) this.#at += 1;
      if (!isDigit(this.#text.charAt(this.#at))) throw this.#bad('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #literal(word: string): void {
    for (const [index, letter] of [...word].entries()) {
      const context = `in literal ${word} (expecting ${quoteChar(letter.charCodeAt(0))})`;
      if (index > 0 && this.#text.charAt(this.#at) !== letter) throw this.#bad(context);
      this.#at += 1;
    }
  }
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9' && char.length === 1;
}

/** A byte as Go's errors show it. */
function quoteChar(byte: number): string {
  if (byte === 0x27) return "'\\''";
  if (byte === 0x22) return `'"'`;
  const escapes: Readonly<Record<number, string>> = {
    7: '\\a',
    8: '\\b',
    9: '\\t',
    10: '\\n',
    11: '\\v',
    12: '\\f',
    13: '\\r',
    92: '\\\\',
  };
  const known = escapes[byte];
  if (known !== undefined) return `'${known}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `'${String.fromCharCode(byte)}'`;
}
