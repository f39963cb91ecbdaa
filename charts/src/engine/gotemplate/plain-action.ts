/**
 * Actions of the plain kinds that charts are made of, recognized by a few regular expressions, without a tree. Only what
 * certainly parses is recognized, under the rules of text/template/parse/parse.go (Go 1.26); all else is left to the
 * parser, which is slower and says what is wrong.
 */

import { isSpace } from './characters.ts';
import { unquote } from './quote.ts';
import { keywords } from './token.ts';

export type PlainKind = 'action' | 'if' | 'with' | 'range' | 'else' | 'end' | 'define' | 'template';

/** What an action of a certain text is, wherever it stands. */
export interface PlainAction {
  readonly kind: PlainKind;
  readonly isLeftTrim: boolean;
  readonly isRightTrim: boolean;
  /** Where its pipeline starts, or the name of a template, from the start of the action. */
  readonly start: number;
  readonly hasPipeline: boolean;
  /** The name of a `define` or `template`. */
  readonly name: string;
  /** For `else if` and `else with`. */
  readonly elseKind: 'if' | 'with' | undefined;
  readonly uses: readonly string[];
  readonly declares: readonly string[];
  /** Where its pipeline starts, from the start of the action; of a `template` without one and the like, nowhere. */
  readonly pipeline: number;
  /** Where what is declared starts, and whether it is assigned to. */
  readonly places: readonly number[];
  readonly isAssign: boolean;
  /** Where the tokens of the pipeline start, behind its declarations, and those tokens with all that ends the action. */
  readonly rest: number;
  readonly tokens: readonly string[];
}

/** Parentheses nested deeper are the parser's. */
const MAX_DEPTH = 50;
/** Actions that are kept; those of one chart seldom are as many. */
const MAX_KNOWN = 5_000;

const token =
  /[ \t\r\n]+-\}\}|[ \t\r\n]+|\}\}|[$.][\w.]*(?=[ \t\r\n|)}])|[A-Za-z_]\w*(?=[ \t\r\n|)}])|"(?:[^"\\\n]|\\[abfnrtv\\"])*"|`[^`]*`|[(|)]|[+-]?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?(?=[ \t\r\n|)}])/gy;
const declaration = /[ \t\r\n]*(\$\w*)(?:[ \t\r\n]*,[ \t\r\n]*(\$\w+))?(?:[ \t\r\n]*:=|[ \t\r\n]+=)/y;
const chain = /^(?:\$\w*)?(?:\.[A-Za-z_]\w*)*$/;
const keyword = /[ \t\r\n]*([a-z]+)(?=[ \t\r\n}])/y;

const NONE: readonly string[] = [];
const NOWHERE: readonly number[] = [];

/** The actions met so far, by their texts, which charts repeat. */
export class PlainActions {
  private readonly known = new Map<string, PlainAction | undefined>();
  private readonly hasFunction: (name: string) => boolean;

  constructor(hasFunction: (name: string) => boolean) {
    this.hasFunction = hasFunction;
  }

  /** What the whole text of an action is, from `{{` to `}}`; undefined if it is not certain. */
  read(source: string): PlainAction | undefined {
    const found = this.known.get(source);
    if (found !== undefined || this.known.has(source)) return found;
    if (this.known.size >= MAX_KNOWN) this.forget();
    const action = this.recognize(source);
    this.known.set(source, action);
    return action;
  }

  /** Lets go of the actions, and so of the texts that they are parts of. */
  forget(): void {
    this.known.clear();
  }

  private recognize(source: string): PlainAction | undefined {
    const isLeftTrim = source.charCodeAt(2) === 0x2d && isSpace(source.charCodeAt(3));
    const from = isLeftTrim ? 4 : 2;
    keyword.lastIndex = from;
    const word = keyword.exec(source)?.[1];
    const behind = word === undefined ? from : keyword.lastIndex;
    const isRightTrim = source.endsWith('-}}') && isSpace(source.charCodeAt(source.length - 4));
    const shape: Shape = {
      isLeftTrim,
      isRightTrim,
      start: behind,
      hasPipeline: false,
      name: '',
      uses: NONE,
      declares: NONE,
      places: NOWHERE,
      isAssign: false,
      pipeline: 0,
      rest: 0,
      tokens: NONE,
    };
    switch (word) {
      case 'end':
        return isClose(source, behind) ? { ...shape, kind: word, elseKind: undefined } : undefined;
      case 'else': {
        if (isClose(source, behind)) return { ...shape, kind: word, elseKind: undefined };
        keyword.lastIndex = behind;
        const elseKind = keyword.exec(source)?.[1];
        if (elseKind !== 'if' && elseKind !== 'with') return undefined;
        const pipe = this.pipeline(source, keyword.lastIndex, elseKind);
        return pipe && { ...shape, ...pipe, kind: word, elseKind };
      }
      case 'define':
      case 'template':
        return this.named(source, word, shape);
      case 'if':
      case 'with':
      case 'range': {
        const pipe = this.pipeline(source, behind, word);
        return pipe && { ...shape, ...pipe, kind: word, elseKind: undefined };
      }
      default: {
        const pipe = this.pipeline(source, from, 'action');
        return pipe && { ...shape, ...pipe, kind: 'action', elseKind: undefined };
      }
    }
  }

  private named(source: string, kind: 'define' | 'template', shape: Shape): PlainAction | undefined {
    const quoted = /^[ \t\r\n]*("(?:[^"\\\n]|\\[abfnrtv\\"])*"|`[^`]*`)/.exec(source.slice(shape.start));
    const name = quoted?.[1] === undefined ? undefined : unquote(quoted[1]);
    if (quoted?.[1] === undefined || name === undefined) return undefined;
    const behind = shape.start + quoted[0].length;
    const start = behind - quoted[1].length;
    if (isClose(source, behind)) return { ...shape, kind, start, name, elseKind: undefined };
    if (kind === 'define' || !isSpace(source.charCodeAt(behind))) return undefined;
    const pipe = this.pipeline(source, behind, kind);
    return pipe && { ...shape, ...pipe, kind, start, name, elseKind: undefined };
  }

  /** Checks a pipeline to the end of its action. */
  private pipeline(source: string, from: number, kind: PlainKind): Pipeline | undefined {
    let declares = NONE;
    let places = NOWHERE;
    let isAssign = false;
    let rest = from;
    declaration.lastIndex = from;
    const declared = declaration.exec(source);
    if (declared?.[1] !== undefined) {
      if (declared[2] !== undefined && kind !== 'range') return undefined;
      declares = declared[2] === undefined ? [declared[1]] : [declared[1], declared[2]];
      rest = declaration.lastIndex;
      isAssign = source.charCodeAt(rest - 2) !== 0x3a;
      const first = source.indexOf('$', from);
      places = declared[2] === undefined ? [first] : [first, source.indexOf('$', first + 1)];
    }
    const tokens = source.slice(rest).match(token);
    if (tokens === null) return undefined;
    const uses: string[] = [];
    if (!this.isPipeline(tokens, source.length - rest, uses)) return undefined;
    let start = from;
    while (source.charCodeAt(start) <= 0x20) start++;
    return {
      hasPipeline: true,
      start,
      pipeline: start,
      declares,
      places,
      isAssign,
      rest,
      uses: uses.length === 0 ? NONE : uses,
      tokens,
    };
  }

  /** True if tokens of a length in all are a pipeline and the end of its action; gathers the variables it uses. */
  private isPipeline(tokens: readonly string[], length: number, uses: string[]): boolean {
    let depth = 0;
    let operands = 0;
    /** Nothing is between here and the operand before; for one in parentheses a chain may follow. */
    let isBeside = false;
    let isBehindParenthesis = false;
    let isLaterCommand = false;
    const last = tokens.length - 1;
    let seen = 0;
    for (let i = 0; i < last; i++) {
      const text = tokens[i] as string;
      seen += text.length;
      const code = text.charCodeAt(0);
      if (code <= 0x20) {
        if (text.length > 3 && text.endsWith('}}')) return false;
        isBeside = false;
        isBehindParenthesis = false;
      } else if (code === 0x7d) return false;
      else if (code === 0x7c) {
        if (operands === 0) return false;
        operands = 0;
        isBeside = false;
        isBehindParenthesis = false;
        isLaterCommand = true;
      } else if (code === 0x28) {
        if (isBeside || ++depth > MAX_DEPTH) return false;
        operands = 0;
        isLaterCommand = false;
      } else if (code === 0x29) {
        if (operands === 0 || --depth < 0) return false;
        isBeside = true;
        isBehindParenthesis = true;
      } else {
        if (isBeside && !(isBehindParenthesis && code === 0x2e && text.length > 1)) return false;
        const sort = this.operand(text, code, uses);
        if (sort === REFUSED || (sort === CONSTANT && isLaterCommand && operands === 0)) return false;
        operands++;
        isBeside = true;
        isBehindParenthesis = false;
      }
    }
    const end = tokens[last] as string;
    return depth === 0 && operands > 0 && end.endsWith('}}') && seen + end.length === length;
  }

  private operand(text: string, code: number, uses: string[]): number {
    if (code === 0x2e || code === 0x24) {
      if (text === '.') return CONSTANT;
      if (!chain.test(text)) return REFUSED;
      if (code === 0x24 && text !== '$' && text.charCodeAt(1) !== 0x2e) {
        const dot = text.indexOf('.');
        uses.push(dot < 0 ? text : text.slice(0, dot));
      }
      return VALUE;
    }
    if (text === 'true' || text === 'false' || text === 'nil') return CONSTANT;
    const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
    if (!isWord) return CONSTANT;
    return keywords.has(text) || !this.hasFunction(text) ? REFUSED : VALUE;
  }
}

type Shape = Omit<PlainAction, 'kind' | 'elseKind'>;
type Pipeline = Omit<Shape, 'isLeftTrim' | 'isRightTrim' | 'name'>;

const REFUSED = 0;
const CONSTANT = 1;
const VALUE = 2;

function isClose(source: string, from: number): boolean {
  let at = from;
  while (isSpace(source.charCodeAt(at))) at++;
  const rest = source.length - at;
  return rest === 2 ? source.endsWith('}}') : rest === 3 && at > from && source.endsWith('-}}');
}
