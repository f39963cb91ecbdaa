/** What the lexer makes of a template's text. Follows the items of text/template/parse/lex.go of Go 1.26. */
import { byteLength } from './bytes.ts';
import { quote } from './quote.ts';

export type TokenType =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'EOF'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | Keyword;

type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'dot'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with';

/** A token as a part of its source: its text is cut out when it is asked for, its line counted. */
export class Token {
  readonly type: TokenType;
  /** Where it starts and ends, in UTF-16 units. */
  readonly position: number;
  readonly end: number;
  private readonly source: string;
  /** The message of an error, or the text where it is known already. */
  private readonly value: string;

  constructor(type: TokenType, source: string, position: number, end: number, value = '') {
    this.type = type;
    this.position = position;
    this.end = end;
    this.source = source;
    this.value = value;
  }

  get text(): string {
    if (this.type === 'EOF') return 'EOF';
    return this.value === '' ? this.source.slice(this.position, this.end) : this.value;
  }

  /** The line on which it starts, from 1. */
  get line(): number {
    let line = 1;
    for (let at = this.source.indexOf('\n'); at >= 0 && at < this.position; at = this.source.indexOf('\n', at + 1))
      line++;
    return line;
  }
}

/** The words with a meaning of their own in actions. */
export const keywords: ReadonlyMap<string, Keyword> = new Map([
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
]);

const keywordTypes: ReadonlySet<TokenType> = new Set<TokenType>([...keywords.values(), 'dot']);

/** A token as error messages show it. */
export function describeToken(token: Token): string {
  if (token.type === 'EOF') return 'EOF';
  if (token.type === 'error') return token.text;
  if (keywordTypes.has(token.type)) return `<${token.text}>`;
  // Go looks at the length in bytes and then cuts in runes.
  if (byteLength(token.text) > 10) return `${quote([...token.text].slice(0, 10).join(''))}...`;
  return quote(token.text);
}
