/**
 * Texts to nodes, by the parser of Handlebars 4.7, of which nothing else is loaded: templates are walked (evaluate.ts),
 * never compiled to JavaScript, so that a hostile chart has no code generator to aim at. The parser is loaded with the
 * first text that needs it: other charts don't pay for it.
 */
import { TemplateError } from '../engine.ts';
import { handlebarsParserModule } from '../functions/lazy-modules.ts';
import type { Position, ProgramNode } from './node.ts';

/** The parser's time grows with the square of the nesting, and the evaluator's stack with it. */
const MAX_NESTING = 200;

interface Lexer {
  lex(): unknown;
  /** Of the last token: lines from 1, columns from 0. */
  readonly yylloc?: { readonly first_line: number; readonly first_column: number };
}

/** Tokens by name. */
interface Symbols {
  readonly [name: string]: number;
  readonly OPEN_INVERSE_CHAIN: number;
}

interface ParserModule {
  parse(text: string): ProgramNode;
  readonly parser: { lexer: Lexer; readonly symbols_: Symbols };
}

/** The nodes of a text. Throws TemplateError with Helm's words around the parser's own. */
export function parseHandlebars(file: string, text: string): ProgramNode {
  // The module is what this version of the package is: package.json names it exactly.
  const module = handlebarsParserModule() as ParserModule;
  const { parser } = module;
  const { lexer } = parser;
  const counting = countingLexer(lexer, parser.symbols_);
  // Parsing is synchronous: the lexer is back in its place before anyone else can parse.
  parser.lexer = counting;
  try {
    return module.parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { line, column } = placeOf(error, counting);
    throw new TemplateError(
      `parse error at (${file}:${line}:${column}): ${reasonOf(error)}`,
      { file, line, column, frame: [file] },
      error,
    );
  } finally {
    parser.lexer = lexer;
  }
}

const opening = ['OPEN_BLOCK', 'OPEN_INVERSE', 'OPEN_PARTIAL_BLOCK', 'OPEN_RAW_BLOCK', 'OPEN_SEXPR'];
const closing = ['OPEN_ENDBLOCK', 'END_RAW_BLOCK', 'CLOSE_SEXPR'];

/** The lexer, which also refuses what is nested too deeply. Each `else if` of a block is a level, too. */
function countingLexer(lexer: Lexer, symbols: Symbols): Lexer {
  const opens = new Set(opening.map((name) => symbols[name]));
  const closes = new Set(closing.map((name) => symbols[name]));
  const chain = symbols.OPEN_INVERSE_CHAIN;
  const levels: number[] = [];
  let depth = 0;
  const counting: Lexer = Object.create(lexer);
  counting.lex = function lex(this: Lexer) {
    const token = lexer.lex.call(this);
    if (typeof token !== 'number') return token;
    if (opens.has(token)) {
      levels.push(1);
      depth++;
    } else if (token === chain) {
      levels.push((levels.pop() ?? 0) + 1);
      depth++;
    } else if (closes.has(token)) {
      depth -= levels.pop() ?? 0;
    }
    if (depth > MAX_NESTING) throw new Error(`blocks are nested more than ${MAX_NESTING} deep`);
    return token;
  };
  return counting;
}

/** Errors of the grammar say where in `lineNumber` and `column`; those of the parser are at the last token. */
function placeOf(error: Error & { lineNumber?: unknown; column?: unknown }, lexer: Lexer): Position {
  if (typeof error.lineNumber === 'number') {
    return { line: error.lineNumber, column: typeof error.column === 'number' ? error.column : 0 };
  }
  return { line: lexer.yylloc?.first_line ?? 1, column: lexer.yylloc?.first_column ?? 0 };
}

/** The reason on one line, without the place, which the message around it has. */
function reasonOf({ message }: Error): string {
  const lines = message.split('\n');
  const last = lines.at(-1) ?? '';
  const expected = /^Expecting (.*), got '(\w+)'$/.exec(last);
  if (expected !== null) return `unexpected ${shown(expected[2] ?? '')}, expecting ${expectedNames(expected[1] ?? '')}`;
  if (message.startsWith('Lexical error')) return 'unrecognized text';
  return (lines[0] ?? '').replace(/ - \d+:\d+$/, '');
}

const tokenTexts: ReadonlyMap<string, string> = new Map([
  ['CLOSE', '}}'],
  ['CLOSE_RAW_BLOCK', '}}}}'],
  ['CLOSE_SEXPR', ')'],
  ['CLOSE_UNESCAPED', '}}}'],
  ['DATA', '@'],
  ['EOF', 'end of file'],
  ['EQUALS', '='],
  ['INVALID', 'character'],
  ['INVERSE', '{{else}}'],
  ['OPEN', '{{'],
  ['OPEN_BLOCK', '{{#'],
  ['OPEN_ENDBLOCK', '{{/'],
  ['OPEN_INVERSE', '{{^'],
  ['OPEN_INVERSE_CHAIN', '{{else'],
  ['OPEN_PARTIAL', '{{>'],
  ['OPEN_PARTIAL_BLOCK', '{{#>'],
  ['OPEN_RAW_BLOCK', '{{{{'],
  ['OPEN_SEXPR', '('],
  ['OPEN_UNESCAPED', '{{{'],
]);

function shown(token: string): string {
  return tokenTexts.get(token) ?? token.toLowerCase();
}

function expectedNames(list: string): string {
  return [...list.matchAll(/'(\w+)'/g)].map(([, token]) => shown(token ?? '')).join(' ');
}
