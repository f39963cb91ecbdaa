/**
 * Text to tokens, as libyaml's scanner does it: indentation becomes BLOCK-…-START and BLOCK-END tokens, and a scalar
 * that turns out to be the key of a mapping gets its KEY token inserted before it. So the queue holds tokens back
 * while its head may still become a key: on the same line, within 1024 characters.
 */
import { isBlankOrEnd, TAB } from './characters.ts';
import { skipToToken } from './scan-blanks.ts';
import { scanBlockScalar } from './scan-block.ts';
import { atDocumentIndicator, scanPlainScalar } from './scan-plain.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { scanQuotedScalar } from './scan-quoted.ts';
import { type SimpleKey, SimpleKeys } from './simple-keys.ts';
import type { Source } from './source.ts';
import * as T from './token.ts';
import { TokenQueue } from './token-queue.ts';

const NO_TOKEN = 'found character that cannot start any token';

export class Scanner {
  private readonly source: Source;
  private readonly maxDepth: number;
  private readonly queue: TokenQueue = new TokenQueue();
  private headReady = false;
  /** The column of the innermost block collection; -1 at the root. */
  private indent = -1;
  private readonly indents: number[] = [];
  private keyAllowed = true;
  private readonly keys: SimpleKeys;

  constructor(source: Source, maxDepth: number) {
    this.source = source;
    this.maxDepth = maxDepth;
    this.keys = new SimpleKeys(source);
  }

  /** The next token, left in the queue. Throws YamlError. */
  peek(): T.Token {
    if (!this.headReady) {
      while (this.needsMore()) this.fetch();
      this.headReady = true;
    }
    const token = this.queue.first();
    if (token === undefined) throw this.source.error('unexpected end of tokens');
    return token;
  }

  /** Drops the token that `peek` returned. */
  skip(): void {
    this.headReady = false;
    this.queue.dropFirst();
  }

  private needsMore(): boolean {
    const token = this.queue.first();
    if (token === undefined) return true;
    const { key } = token;
    return key?.pending === true && key.tokenNumber === this.queue.taken && this.keys.isValid(key);
  }

  private fetch(): void {
    const { source } = this;
    const inFlow = this.keys.level > 0;
    const tabs = inFlow ? 'all' : this.keyAllowed ? 'none' : 'first-line';
    if (skipToToken(source, tabs) && !inFlow) this.keyAllowed = true;
    this.unrollIndent(source.column);
    const { pos, text } = source;
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
      case 123: // {
        this.fetchFlowStart(code === 91 ? T.FLOW_SEQUENCE_START : T.FLOW_MAPPING_START);
        return;
      case 93: // ]
      case 125: // }
        this.fetchFlowEnd(code === 93 ? T.FLOW_SEQUENCE_END : T.FLOW_MAPPING_END);
        return;
      case 44: // ,
        this.keys.remove();
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
        if (this.keys.level > 0 || isBlankOrEnd(text.charCodeAt(pos + 1))) {
          this.fetchKey();
          return;
        }
        break;
      case 58: // :
        if (this.keys.level > 0 || isBlankOrEnd(text.charCodeAt(pos + 1))) {
          this.fetchValue();
          return;
        }
        break;
      case 42: // *
      case 38: // &
        this.fetchAnchor(code === 42 ? T.ALIAS : T.ANCHOR);
        return;
      case 33: // !
        this.fetchTag();
        return;
      case 124: // |
      case 62: // >
        if (this.keys.level > 0) throw source.error(NO_TOKEN);
        this.fetchBlockScalar();
        return;
      case 39: // '
      case 34: // "
        this.fetchQuoted();
        return;
      case TAB:
      case 35: // #
      case 37: // %
      case 64: // @
      case 96: // `
        throw source.error(NO_TOKEN);
    }
    this.fetchPlain();
  }

  /** Notes that the token about to be pushed may be a key. */
  private saveKey(): SimpleKey | undefined {
    if (!this.keyAllowed) return undefined;
    const required = this.keys.level === 0 && this.indent === this.source.column;
    return this.keys.save(this.queue.nextNumber, required);
  }

  /** Opens a block collection at `column` if it is deeper than the current one; `at` is its place in the queue. */
  private rollIndent(column: number, type: T.TokenType, at: SimpleKey | undefined): void {
    if (this.keys.level > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > this.maxDepth) throw this.source.error(`exceeded max depth of ${this.maxDepth}`);
    if (at === undefined) this.push(type);
    else this.queue.insert(new T.Token(type, at.line, at.column, '', '', false), at.tokenNumber);
  }

  private unrollIndent(column: number): void {
    if (this.keys.level > 0) return;
    while (this.indent > column) {
      this.push(T.BLOCK_END);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  private push(type: T.TokenType): void {
    this.queue.push(new T.Token(type, this.source.line, this.source.column, '', '', false));
  }

  private pushIndicator(type: T.TokenType): void {
    this.push(type);
    this.source.pos++;
  }

  private resetForDocument(): void {
    this.unrollIndent(-1);
    this.keys.remove();
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
  }

  private fetchDirective(): void {
    this.resetForDocument();
    this.queue.push(scanDirective(this.source));
  }

  private fetchFlowStart(type: T.TokenType): void {
    const key = this.saveKey();
    const { source } = this;
    const token = new T.Token(type, source.line, source.column, '', '', false);
    token.key = key;
    this.keys.descend(this.queue.nextNumber);
    if (this.keys.level > this.maxDepth) throw source.error(`exceeded max depth of ${this.maxDepth}`);
    this.keyAllowed = true;
    source.pos++;
    this.queue.push(token);
  }

  private fetchFlowEnd(type: T.TokenType): void {
    this.keys.remove();
    this.keys.ascend();
    this.keyAllowed = false;
    this.pushIndicator(type);
  }

  /** An indicator may open a block collection at its own column. */
  private openBlock(type: T.TokenType, problem: string): void {
    if (this.keys.level > 0) return;
    if (!this.keyAllowed) throw this.source.error(problem);
    this.rollIndent(this.source.column, type, undefined);
  }

  private fetchBlockEntry(): void {
    this.openBlock(T.BLOCK_SEQUENCE_START, 'block sequence entries are not allowed in this context');
    this.keys.remove();
    this.keyAllowed = true;
    this.pushIndicator(T.BLOCK_ENTRY);
  }

  private fetchKey(): void {
    this.openBlock(T.BLOCK_MAPPING_START, 'mapping keys are not allowed in this context');
    this.keys.remove();
    this.keyAllowed = this.keys.level === 0;
    this.pushIndicator(T.KEY);
  }

  private fetchValue(): void {
    const key = this.keys.top();
    if (this.keys.isValid(key)) {
      this.queue.insert(new T.Token(T.KEY, key.line, key.column, '', '', false), key.tokenNumber);
      this.rollIndent(key.column, T.BLOCK_MAPPING_START, key);
      key.possible = false;
      this.keyAllowed = false;
    } else {
      this.openBlock(T.BLOCK_MAPPING_START, 'mapping values are not allowed in this context');
      this.keyAllowed = this.keys.level === 0;
    }
    this.pushIndicator(T.VALUE);
  }

  private fetchAnchor(type: T.TokenType): void {
    const { line, column } = this.source;
    const key = this.takeKey();
    this.pushKeyed(new T.Token(type, line, column, scanAnchor(this.source), '', false), key);
  }

  private fetchTag(): void {
    const key = this.takeKey();
    this.pushKeyed(scanTag(this.source), key);
  }

  private fetchBlockScalar(): void {
    this.keys.remove();
    this.keyAllowed = true;
    const { line, column } = this.source;
    const value = scanBlockScalar(this.source, this.indent);
    this.queue.push(new T.Token(T.SCALAR, line, column, value, '', false));
  }

  private fetchQuoted(): void {
    const { line, column } = this.source;
    const key = this.takeKey();
    this.pushKeyed(new T.Token(T.SCALAR, line, column, scanQuotedScalar(this.source), '', false), key);
  }

  private fetchPlain(): void {
    const { source } = this;
    const { line, column } = source;
    const key = this.takeKey();
    const { value, multiline } = scanPlainScalar(source, { indent: this.indent + 1, flow: this.keys.level > 0 });
    this.pushKeyed(new T.Token(T.SCALAR, line, column, value, '', true), key);
    if (multiline) this.keyAllowed = true;
  }

  /** A key may begin here, but none right after. */
  private takeKey(): SimpleKey | undefined {
    const key = this.saveKey();
    this.keyAllowed = false;
    return key;
  }

  private pushKeyed(token: T.Token, key: SimpleKey | undefined): void {
    token.key = key;
    this.queue.push(token);
  }
}
