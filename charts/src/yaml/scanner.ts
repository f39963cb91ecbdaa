/**
 * Text to tokens, as libyaml's scanner does it: indentation becomes BLOCK-…-START and BLOCK-END tokens, and a scalar
 * that turns out to be the key of a mapping gets its KEY token inserted before it. So the queue holds tokens back
 * while its head may still become a key: on the same line, within 1024 characters.
 */
import { isBlankOrEnd, isBreak, isBreakOrEnd, SPACE, TAB } from './characters.ts';
import { scanBlockScalar } from './scan-block.ts';
import { atDocumentIndicator, scanPlainScalar } from './scan-plain.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { scanQuotedScalar } from './scan-quoted.ts';
import type { Source } from './source.ts';
import * as T from './token.ts';

const KEY_REACH = 1024;

export class Scanner {
  private readonly source: Source;
  private readonly maxDepth: number;
  private readonly queue: T.Token[] = [];
  private head = 0;
  private headReady = false;
  /** Tokens that have left the queue. */
  private parsed = 0;
  private streamEnded = false;
  /** The column of the innermost block collection; -1 at the root. */
  private indent = -1;
  private readonly indents: number[] = [];
  private flowLevel = 0;
  private keyAllowed = true;
  private readonly keys: T.SimpleKey[] = [newSimpleKey()];

  constructor(source: Source, maxDepth: number) {
    this.source = source;
    this.maxDepth = maxDepth;
  }

  /** The next token, left in the queue. Throws YamlError. */
  peek(): T.Token {
    if (!this.headReady) {
      while (this.needsMore()) this.fetch();
      this.headReady = true;
    }
    const token = this.queue[this.head];
    if (token === undefined) throw this.source.error('unexpected end of tokens');
    return token;
  }

  /** Drops the token that `peek` returned. */
  skip(): void {
    this.headReady = false;
    this.parsed++;
    this.head++;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
    }
  }

  private needsMore(): boolean {
    const token = this.queue[this.head];
    if (token === undefined) return true;
    const { key } = token;
    return key !== undefined && key.tokenNumber === this.parsed && this.isValid(key);
  }

  private fetch(): void {
    if (this.streamEnded) {
      this.push(T.STREAM_END);
      return;
    }
    const { source } = this;
    const { text } = source;
    this.skipToToken();
    this.unrollIndent(source.column);
    const { pos } = source;
    const code = text.charCodeAt(pos);
    if (code === 0) {
      this.fetchStreamEnd();
      return;
    }
    if (source.column === 0) {
      if (code === 37) {
        this.fetchDirective();
        return;
      }
      if (atDocumentIndicator(text, pos)) {
        this.resetForDocument();
        this.push(code === 45 ? T.DOCUMENT_START : T.DOCUMENT_END);
        source.pos += 3;
        return;
      }
    }
    switch (code) {
      case 91: // [
        this.fetchFlowStart(T.FLOW_SEQUENCE_START);
        return;
      case 123: // {
        this.fetchFlowStart(T.FLOW_MAPPING_START);
        return;
      case 93: // ]
        this.fetchFlowEnd(T.FLOW_SEQUENCE_END);
        return;
      case 125: // }
        this.fetchFlowEnd(T.FLOW_MAPPING_END);
        return;
      case 44: // ,
        this.removeKey();
        this.keyAllowed = true;
        this.pushIndicator(T.FLOW_ENTRY);
        return;
      case 45: // -
        if (isBlankOrEnd(text.charCodeAt(pos + 1))) {
          this.fetchBlockEntry();
          return;
        }
        break;
      case 63: // ?
        if (this.flowLevel > 0 || isBlankOrEnd(text.charCodeAt(pos + 1))) {
          this.fetchKey();
          return;
        }
        break;
      case 58: // :
        if (this.flowLevel > 0 || isBlankOrEnd(text.charCodeAt(pos + 1))) {
          this.fetchValue();
          return;
        }
        break;
      case 42: // *
        this.fetchAnchor(T.ALIAS);
        return;
      case 38: // &
        this.fetchAnchor(T.ANCHOR);
        return;
      case 33: // !
        this.fetchTag();
        return;
      case 124: // |
      case 62: // >
        if (this.flowLevel === 0) {
          this.fetchBlockScalar();
          return;
        }
        throw source.error('found character that cannot start any token');
      case 39: // '
      case 34: // "
        this.fetchQuoted();
        return;
      case TAB:
      case 35: // #
      case 37: // %
      case 64: // @
      case 96: // `
        throw source.error('found character that cannot start any token');
    }
    this.fetchPlain();
  }

  /** Steps over blanks, comments and breaks. A tab is no blank where it would be indentation. */
  private skipToToken(): void {
    const { source } = this;
    const { text } = source;
    for (;;) {
      let { pos } = source;
      let code = text.charCodeAt(pos);
      const tabs = this.flowLevel > 0 || !this.keyAllowed;
      while (code === SPACE || (tabs && code === TAB)) code = text.charCodeAt(++pos);
      if (code === 35) while (!isBreakOrEnd(code)) code = text.charCodeAt(++pos);
      source.pos = pos;
      if (!isBreak(code)) return;
      source.skipBreak();
      if (this.flowLevel === 0) this.keyAllowed = true;
    }
  }

  // ── simple keys ────────────────────────────────────────────────────────────────────────────────────────────────

  private topKey(): T.SimpleKey {
    const key = this.keys[this.flowLevel];
    if (key === undefined) throw new RangeError('flow level without a key');
    return key;
  }

  private isValid(key: T.SimpleKey): boolean {
    if (!key.possible) return false;
    const { source } = this;
    if (key.line < source.line || source.distance(key.pos, source.pos) > KEY_REACH) {
      if (key.required) throw source.error("could not find expected ':'");
      key.possible = false;
      return false;
    }
    return true;
  }

  /** Notes that the token about to be pushed may be a key. */
  private saveKey(): T.SimpleKey | undefined {
    if (!this.keyAllowed) return undefined;
    const { source } = this;
    const key = this.topKey();
    const required = this.flowLevel === 0 && this.indent === source.column;
    this.removeKey();
    key.possible = true;
    key.required = required;
    key.tokenNumber = this.parsed + this.queue.length - this.head;
    key.pos = source.pos;
    key.line = source.line;
    key.column = source.column;
    return key;
  }

  private removeKey(): void {
    const key = this.topKey();
    if (key.possible && key.required) throw this.source.error("could not find expected ':'");
    key.possible = false;
  }

  // ── indentation ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens a block collection at `column` if it is deeper than the current one; `at` is its place in the queue. */
  private rollIndent(column: number, type: T.TokenType, at: T.SimpleKey | undefined): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > this.maxDepth) throw this.source.error(`exceeded max depth of ${this.maxDepth}`);
    if (at === undefined) this.push(type);
    else this.insert(new T.Token(type, at.line, at.column, '', '', false), at.tokenNumber);
  }

  private unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.push(T.BLOCK_END);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  // ── tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private push(type: T.TokenType): void {
    this.queue.push(new T.Token(type, this.source.line, this.source.column, '', '', false));
  }

  private pushIndicator(type: T.TokenType): void {
    this.push(type);
    this.source.pos++;
  }

  private insert(token: T.Token, number: number): void {
    this.queue.splice(this.head + number - this.parsed, 0, token);
  }

  private resetForDocument(): void {
    this.unrollIndent(-1);
    this.removeKey();
    this.keyAllowed = false;
  }

  private fetchStreamEnd(): void {
    const { source } = this;
    source.checkEnd();
    if (source.column !== 0) {
      source.line++;
      source.lineStart = source.pos;
    }
    this.resetForDocument();
    this.push(T.STREAM_END);
    this.streamEnded = true;
  }

  private fetchDirective(): void {
    this.resetForDocument();
    const { line, column } = this.source;
    const directive = scanDirective(this.source);
    const token =
      directive.name === 'YAML'
        ? new T.Token(T.VERSION_DIRECTIVE, line, column, `${directive.major}.${directive.minor}`, '', false)
        : new T.Token(T.TAG_DIRECTIVE, line, column, directive.handle, directive.prefix, false);
    this.queue.push(token);
  }

  private fetchFlowStart(type: T.TokenType): void {
    const key = this.saveKey();
    const { source } = this;
    const token = new T.Token(type, source.line, source.column, '', '', false);
    token.key = key;
    this.flowLevel++;
    const next = this.keys[this.flowLevel];
    if (next === undefined) this.keys.push(newSimpleKey());
    else next.possible = false;
    if (this.flowLevel > this.maxDepth) throw source.error(`exceeded max depth of ${this.maxDepth}`);
    this.keyAllowed = true;
    source.pos++;
    this.queue.push(token);
  }

  private fetchFlowEnd(type: T.TokenType): void {
    this.removeKey();
    if (this.flowLevel > 0) this.flowLevel--;
    this.keyAllowed = false;
    this.pushIndicator(type);
  }

  private fetchBlockEntry(): void {
    const { source } = this;
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) throw source.error('block sequence entries are not allowed in this context');
      this.rollIndent(source.column, T.BLOCK_SEQUENCE_START, undefined);
    }
    this.removeKey();
    this.keyAllowed = true;
    this.pushIndicator(T.BLOCK_ENTRY);
  }

  private fetchKey(): void {
    const { source } = this;
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) throw source.error('mapping keys are not allowed in this context');
      this.rollIndent(source.column, T.BLOCK_MAPPING_START, undefined);
    }
    this.removeKey();
    this.keyAllowed = this.flowLevel === 0;
    this.pushIndicator(T.KEY);
  }

  private fetchValue(): void {
    const { source } = this;
    const key = this.topKey();
    if (this.isValid(key)) {
      this.insert(new T.Token(T.KEY, key.line, key.column, '', '', false), key.tokenNumber);
      this.rollIndent(key.column, T.BLOCK_MAPPING_START, key);
      key.possible = false;
      this.keyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.keyAllowed) throw source.error('mapping values are not allowed in this context');
        this.rollIndent(source.column, T.BLOCK_MAPPING_START, undefined);
      }
      this.keyAllowed = this.flowLevel === 0;
    }
    this.pushIndicator(T.VALUE);
  }

  private fetchAnchor(type: T.TokenType): void {
    const key = this.saveKey();
    this.keyAllowed = false;
    const { line, column } = this.source;
    this.pushKeyed(new T.Token(type, line, column, scanAnchor(this.source), '', false), key);
  }

  private fetchTag(): void {
    const key = this.saveKey();
    this.keyAllowed = false;
    const { line, column } = this.source;
    const { handle, suffix } = scanTag(this.source);
    this.pushKeyed(new T.Token(T.TAG, line, column, handle, suffix, false), key);
  }

  private fetchBlockScalar(): void {
    this.removeKey();
    this.keyAllowed = true;
    const { line, column } = this.source;
    const value = scanBlockScalar(this.source, this.indent);
    this.queue.push(new T.Token(T.SCALAR, line, column, value, '', false));
  }

  private fetchQuoted(): void {
    const key = this.saveKey();
    this.keyAllowed = false;
    const { line, column } = this.source;
    this.pushKeyed(new T.Token(T.SCALAR, line, column, scanQuotedScalar(this.source), '', false), key);
  }

  private fetchPlain(): void {
    const key = this.saveKey();
    this.keyAllowed = false;
    const { source } = this;
    const { line, column } = source;
    const scalar = scanPlainScalar(source, { indent: this.indent + 1, flow: this.flowLevel > 0 });
    this.pushKeyed(new T.Token(T.SCALAR, line, column, scalar.value, '', true), key);
    if (scalar.multiline) this.keyAllowed = true;
  }

  private pushKeyed(token: T.Token, key: T.SimpleKey | undefined): void {
    token.key = key;
    this.queue.push(token);
  }
}

function newSimpleKey(): T.SimpleKey {
  return { possible: false, required: false, tokenNumber: 0, pos: 0, line: 0, column: 0 };
}
