/**
 * The lexer: template text to tokens, one at a time. Follows text/template/parse/lex.go of Go 1.26, with its error
 * texts. Positions are UTF-16 units; they become bytes only where an error is reported.
 */

import { isSpace, isWordAt, wordEnd } from './characters.ts';
import { plainDirective } from './format-number.ts';
import { formatOperand } from './format-value.ts';
import { quote } from './quote.ts';
import { keywords, Token, type TokenType } from './token.ts';

const LEFT_DELIM = '{{';
const RIGHT_DELIM = '}}';

const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

/** Tokens of one text; after an error or the end there are only ends. */
export class Lexer {
  private input: string;
  private position = 0;
  private start = 0;
  /** The number of tokens so far. */
  count = 0;
  private isInsideAction = false;
  private parenDepth = 0;

  constructor(input: string) {
    this.input = input;
  }

  next(): Token {
    for (;;) {
      const token = this.isInsideAction ? this.insideAction() : this.text();
      if (token !== undefined) return token;
    }
  }

  private token(type: TokenType, value = ''): Token {
    this.count++;
    const token = new Token(type, this.input, this.start, this.position, value);
    this.start = this.position;
    return token;
  }

  private error(message: string): Token {
    const token = new Token('error', this.input, this.start, this.position, message);
    this.input = '';
    this.start = 0;
    this.position = 0;
    this.isInsideAction = false;
    return token;
  }

  /** Text up to the next action, or a comment, which gives no token. */
  private text(): Token | undefined {
    const { input } = this;
    const delim = input.indexOf(LEFT_DELIM, this.position);
    if (delim < 0) {
      this.position = input.length;
      return this.position > this.start ? this.token('text') : this.token('EOF');
    }
    if (delim > this.start) {
      const isTrimmed = this.isLeftTrim(delim + 2);
      this.position = delim;
      if (isTrimmed) while (this.position > this.start && isSpace(input.charCodeAt(this.position - 1))) this.position--;
      if (this.position > this.start) {
        const token = this.token('text');
        this.start = delim;
        this.position = delim;
        return token;
      }
      this.start = delim;
      this.position = delim;
    }
    const afterMarker = this.isLeftTrim(delim + 2) ? delim + 4 : delim + 2;
    if (input.startsWith('/*', afterMarker)) {
      this.start = afterMarker;
      return this.comment(afterMarker);
    }
    this.position = delim + 2;
    const token = this.token('leftDelim');
    this.isInsideAction = true;
    this.parenDepth = 0;
    this.start = afterMarker;
    this.position = afterMarker;
    return token;
  }

  private comment(from: number): Token | undefined {
    const close = this.input.indexOf('*/', from + 2);
    if (close < 0) return this.error('unclosed comment');
    this.position = close + 2;
    const delim = this.rightDelim();
    if (delim === 0) return this.error('comment ends before closing delimiter');
    this.position += delim;
    if (delim > 2) this.skipSpaces();
    this.start = this.position;
    return undefined;
  }

  /** Length of the right delimiter here: 2, 4 with a trim marker, or 0 for none. */
  private rightDelim(): number {
    const { input, position } = this;
    const code = input.charCodeAt(position);
    if (code === 0x7d) return input.charCodeAt(position + 1) === 0x7d ? 2 : 0;
    if (isSpace(code) && input.charCodeAt(position + 1) === 0x2d && input.startsWith(RIGHT_DELIM, position + 2))
      return 4;
    return 0;
  }

  private isLeftTrim(position: number): boolean {
    return this.input.charCodeAt(position) === 0x2d && isSpace(this.input.charCodeAt(position + 1));
  }

  private skipSpaces(): void {
    while (isSpace(this.input.charCodeAt(this.position))) this.position++;
  }

  private insideAction(): Token {
    const { input } = this;
    const delim = this.rightDelim();
    if (delim > 0) {
      if (this.parenDepth > 0) return this.error('unclosed left paren');
      return this.closeAction(delim);
    }
    if (this.position >= input.length) return this.error('unclosed action');
    const code = input.charCodeAt(this.position);
    if (isSpace(code)) return this.space();
    this.position++;
    switch (code) {
      case 0x3d: // =
        return this.token('assign');
      case 0x3a: // :
        if (input.charCodeAt(this.position) !== 0x3d) return this.error('expected :=');
        this.position++;
        return this.token('declare');
      case 0x7c: // |
        return this.token('pipe');
      case 0x22: // "
        return this.quoted('"', 'string', 'unterminated quoted string');
      case 0x27: // '
        return this.quoted("'", 'charConstant', 'unterminated character constant');
      case 0x60: // `
        return this.rawString();
      case 0x24: // $
        return this.fieldOrVariable('variable');
      case 0x2e: // .
        return this.isDigitNext() ? this.number() : this.fieldOrVariable('field');
      case 0x2b: // +
      case 0x2d: // -
        return this.number();
      case 0x28: // (
        this.parenDepth++;
        return this.token('leftParen');
      case 0x29: // )
        this.parenDepth--;
        return this.parenDepth < 0 ? this.error('unexpected right paren') : this.token('rightParen');
      default:
        return this.other(code);
    }
  }

  private isDigitNext(): boolean {
    if (this.position >= this.input.length) return true;
    const code = this.input.charCodeAt(this.position);
    return code >= 0x30 && code <= 0x39;
  }

  private other(code: number): Token {
    if (code >= 0x30 && code <= 0x39) return this.number();
    if (isWordAt(this.input, this.position - 1)) return this.identifier();
    if (code > 0x20 && code < 0x7f) return this.token('char');
    return this.error(`unrecognized character in action: ${this.unicodeName(this.position - 1)}`);
  }

  private closeAction(delim: number): Token {
    if (delim > 2) {
      this.position += 2;
      this.start = this.position;
    }
    this.position += 2;
    const token = this.token('rightDelim');
    if (delim > 2) {
      this.skipSpaces();
      this.start = this.position;
    }
    this.isInsideAction = false;
    return token;
  }

  /** A run of spaces; the last belongs to the delimiter if a trim marker follows it. */
  private space(): Token {
    this.skipSpaces();
    const spaces = this.position - this.start;
    this.position--;
    if (this.rightDelim() > 0) {
      if (spaces === 1) return this.closeAction(4);
    } else this.position++;
    return this.token('space');
  }

  private quoted(mark: string, type: TokenType, message: string): Token {
    const { input } = this;
    const markCode = mark.charCodeAt(0);
    for (; this.position < input.length; this.position++) {
      const code = input.charCodeAt(this.position);
      if (code === markCode) {
        this.position++;
        return this.token(type);
      }
      if (code === 0x5c) this.position++;
      if (input.charCodeAt(this.position) === 0x0a) break;
    }
    return this.error(message);
  }

  private rawString(): Token {
    const close = this.input.indexOf('`', this.position);
    if (close < 0) return this.error('unterminated raw quoted string');
    this.position = close + 1;
    return this.token('rawString');
  }

  private identifier(): Token {
    this.position = this.start;
    this.position = wordEnd(this.input, this.position);
    const name = this.input.slice(this.start, this.position);
    if (!this.isAtTerminator()) return this.error(`bad character ${this.unicodeName(this.position)}`);
    if (name === 'true' || name === 'false') return this.token('bool');
    return this.token(keywords.get(name) ?? 'identifier', name);
  }

  private fieldOrVariable(type: 'field' | 'variable'): Token {
    if (this.isAtTerminator()) return this.token(type === 'variable' ? 'variable' : 'dot');
    this.position = wordEnd(this.input, this.position);
    if (!this.isAtTerminator()) return this.error(`bad character ${this.unicodeName(this.position)}`);
    return this.token(type);
  }

  private number(): Token {
    this.position = this.start;
    if (!this.scanNumber()) return this.badNumber();
    const code = this.input.charCodeAt(this.position);
    if (code !== 0x2b && code !== 0x2d) return this.token('number');
    // Complex: 1+2i, no spaces, must end in i.
    if (!this.scanNumber() || this.input[this.position - 1] !== 'i') return this.badNumber();
    return this.token('complex');
  }

  private scanNumber(): boolean {
    number.lastIndex = this.position;
    this.position += number.exec(this.input)?.[0].length ?? 0;
    if (!isWordAt(this.input, this.position)) return true;
    this.position += (this.input.codePointAt(this.position) ?? 0) > 0xffff ? 2 : 1;
    return false;
  }

  private badNumber(): Token {
    return this.error(`bad number syntax: ${quote(this.input.slice(this.start, this.position))}`);
  }

  /** True where an identifier, field or variable may end. */
  private isAtTerminator(): boolean {
    const { input, position } = this;
    if (position >= input.length) return true;
    const code = input.charCodeAt(position);
    switch (code) {
      case 0x2e: // .
      case 0x2c: // ,
      case 0x7c: // |
      case 0x3a: // :
      case 0x29: // )
      case 0x28: // (
        return true;
      default:
        return isSpace(code) || input.startsWith(RIGHT_DELIM, position);
    }
  }

  /** A character as Go's %#U: `U+0021 '!'`. */
  private unicodeName(position: number): string {
    const point = this.input.codePointAt(position) ?? 0xfffd;
    const rune = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    return formatOperand(BigInt(rune), 'U', { ...plainDirective, sharp: true });
  }
}
