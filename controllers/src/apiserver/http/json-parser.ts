/**
 * A JSON parser that reports keys that stand twice in an object, which JSON.parse hides (sigs.k8s.io/json's strict mode):
 * the last one counts, `duplicate field "spec.replicas"` is reported.
 */
export interface ParsedJson {
  readonly value: unknown;
  readonly duplicates: readonly string[];
}

const MAX_DEPTH = 10_000;

/** Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): ParsedJson {
  // Malformed text gets the engine's own error; what follows may then trust the text.
  const value: unknown = JSON.parse(text);
  const scanner = new DuplicateScanner(text);
  scanner.scan();
  return { value, duplicates: scanner.duplicates };
}

/** Walks valid JSON and looks at the keys only. */
class DuplicateScanner {
  readonly #text: string;
  #at = 0;
  readonly duplicates: string[] = [];
  readonly #path: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    this.#value();
  }

  #value(): void {
    this.#space();
    const char = this.#text.charCodeAt(this.#at);
    if (char === 0x7b) this.#object();
    else if (char === 0x5b) this.#array();
    else if (char === 0x22) this.#skipString();
    else while (this.#at < this.#text.length && !/[,\]}\s]/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #object(): void {
    if (this.#path.length > MAX_DEPTH) throw new SyntaxError('exceeded max depth');
    this.#at += 1;
    let seen: Set<string> | undefined;
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#at) === 0x7d) break;
      const start = this.#at;
      this.#skipString();
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string;
      seen ??= new Set();
      if (seen.has(key))
        this.duplicates.push(
          `duplicate field "${[...this.#path, this.#path.length === 0 ? key : `.${key}`].join('')}"`,
        );
      seen.add(key);
      this.#space();
      this.#at += 1;
      this.#path.push(this.#path.length === 0 ? key : `.${key}`);
      this.#value();
      this.#path.pop();
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x2c) break;
      this.#at += 1;
    }
    this.#at += 1;
  }

  #array(): void {
    this.#at += 1;
    for (let index = 0; ; index += 1) {
      this.#space();
      if (this.#text.charCodeAt(this.#at) === 0x5d) break;
      this.#path.push(`[${index}]`);
      this.#value();
      this.#path.pop();
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x2c) break;
      this.#at += 1;
    }
    this.#at += 1;
  }

  #skipString(): void {
    this.#at += 1;
    for (;;) {
      const char = this.#text.charCodeAt(this.#at);
      if (char === 0x5c) this.#at += 2;
      else {
        this.#at += 1;
        if (char === 0x22) return;
      }
    }
  }

  #space(): void {
    for (;;) {
      const char = this.#text.charCodeAt(this.#at);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
      this.#at += 1;
    }
  }
}
