/**
 * The places that may turn out to be the key of `key: value` once the colon is met: one for each flow level. A key
 * lies within one line and 1024 characters.
 */
import type { Source } from './source.ts';

export interface SimpleKey {
  possible: boolean;
  /** The token is held back until this is decided. */
  pending: boolean;
  /** In block context at the column of the mapping, it must become a key. */
  required: boolean;
  /** Of the token that begins it, counted from the beginning of the text. */
  tokenNumber: number;
  pos: number;
  line: number;
  column: number;
}

const REACH = 1024;

export class SimpleKeys {
  private readonly source: Source;
  private readonly keys: SimpleKey[] = [newKey()];
  /** How many flow collections are open. */
  level = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** The key of the current flow level. */
  top(): SimpleKey {
    const key = this.keys[this.level];
    if (key === undefined) throw new RangeError('flow level without a key');
    return key;
  }

  /** Whether a colon at the current place would make it a key. Throws YamlError if it must have become one before. */
  isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const { source } = this;
    if (key.line < source.line || source.distance(key.pos, source.pos) > REACH) {
      if (key.required) throw source.error("could not find expected ':'");
      key.possible = false;
      return false;
    }
    return true;
  }

  /** Makes the current place the key of its level. */
  save(tokenNumber: number, required: boolean): SimpleKey {
    const { source } = this;
    this.remove();
    const key = this.top();
    key.possible = true;
    key.pending = true;
    key.required = required;
    key.tokenNumber = tokenNumber;
    key.pos = source.pos;
    key.line = source.line;
    key.column = source.column;
    return key;
  }

  /** Gives up the key of the current level. Throws YamlError if it must be one. */
  remove(): void {
    const key = this.top();
    if (key.possible && key.required) throw this.source.error("could not find expected ':'");
    key.possible = false;
  }

  /** Opens a flow collection, whose token has the given number. */
  descend(tokenNumber: number): void {
    this.level++;
    if (this.keys.length === this.level) this.keys.push(newKey());
    const key = this.top();
    key.possible = false;
    key.tokenNumber = tokenNumber;
  }

  /** Closes a flow collection. One that had no possible key in it, such as `{}`, is no longer held back itself. */
  ascend(): void {
    if (this.level === 0) return;
    const { tokenNumber } = this.top();
    this.level--;
    const outer = this.top();
    if (outer.tokenNumber === tokenNumber) outer.pending = false;
  }
}

function newKey(): SimpleKey {
  return { possible: false, pending: false, required: false, tokenNumber: 0, pos: 0, line: 0, column: 0 };
}
