/**
 * A JSON parser that reports keys that stand twice in an object, which JSON.parse hides (sigs.k8s.io/json's strict mode):
 * the last one counts, `duplicate field "spec.replicas"` is reported.
 */
export interface ParsedJson {
  readonly value: unknown;
  readonly duplicates: readonly string[];
  /** Where a field stands first, by what would be said of it; there where something stands twice. */
  readonly order?: ReadonlyMap<string, number>;
}

/** Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): ParsedJson {
  // Malformed text gets the engine's own error; what follows may then trust the text.
  const value: unknown = JSON.parse(text);
  const scanner = new DuplicateScanner(text, false);
  scanner.scan();
  if (scanner.duplicates.length === 0) return { value, duplicates: [] };
  const placed = new DuplicateScanner(text, true);
  placed.scan();
  return { value, duplicates: placed.duplicates, order: placed.order };
}

/** Walks valid JSON and looks at the keys only. */
class DuplicateScanner {
  readonly #text: string;
  #at = 0;
  readonly duplicates: string[] = [];
  /** With `isPlaced`, where the fields are. */
  readonly order = new Map<string, number>();
  readonly #path: string[] = [];
  readonly #isPlaced: boolean;

  constructor(text: string, isPlaced: boolean) {
    this.#text = text;
    this.#isPlaced = isPlaced;
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
    this.#at += 1;
    let seen: Set<string> | undefined;
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#at) === 0x7d) break;
      const start = this.#at;
      this.#skipString();
      const key = JSON.parse(this.#text.slice(start, this.#at)) as string;
      seen ??= new Set();
      if (seen.has(key)) this.#report('duplicate', key, start);
      else if (this.#isPlaced) this.#note(`unknown field "${this.#pathTo(key)}"`, start);
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

  #pathTo(key: string): string {
    return [...this.#path, this.#path.length === 0 ? key : `.${key}`].join('');
  }

  #report(what: string, key: string, place: number): void {
    const text = `${what} field "${this.#pathTo(key)}"`;
    this.duplicates.push(text);
    this.#note(text, place);
  }

  #note(text: string, place: number): void {
    if (this.#isPlaced && !this.order.has(text)) this.order.set(text, place);
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
