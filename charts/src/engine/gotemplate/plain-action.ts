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
    const action = new Recognized(isLeftTrim, isRightTrim, behind);
    switch (word) {
      case 'end':
        action.kind = word;
        return isClose(source, behind) ? action : undefined;
      case 'else': {
        action.kind = word;
        if (isClose(source, behind)) return action;
        keyword.lastIndex = behind;
        const elseKind = keyword.exec(source)?.[1];
        if (elseKind !== 'if' && elseKind !== 'with') return undefined;
        action.elseKind = elseKind;
        return this.addPipeline(action, source, keyword.lastIndex) ? action : undefined;
      }
      case 'define':
      case 'template':
        action.kind = word;
        return this.addName(action, source) ? action : undefined;
      case 'if':
      case 'with':
      case 'range':
        action.kind = word;
        return this.addPipeline(action, source, behind) ? action : undefined;
      default:
        return this.addPipeline(action, source, from) ? action : undefined;
    }
  }

  private addName(action: Recognized, source: string): boolean {
    const quoted = /^[ \t\r\n]*("(?:[^"\\\n]|\\[abfnrtv\\"])*"|`[^`]*`)/.exec(source.slice(action.start));
    const name = quoted?.[1] === undefined ? undefined : unquote(quoted[1]);
    if (quoted?.[1] === undefined || name === undefined) return false;
    action.name = name;
    const behind = action.start + quoted[0].length;
    const start = behind - quoted[1].length;
    action.start = start;
    if (isClose(source, behind)) return true;
    if (action.kind === 'define' || !isSpace(source.charCodeAt(behind))) return false;
    const isPipeline = this.addPipeline(action, source, behind);
    action.start = start;
    return isPipeline;
  }

  /** Checks a pipeline to the end of its action; false if it is none for certain. */
  private addPipeline(action: Recognized, source: string, from: number): boolean {
    let rest = from;
    declaration.lastIndex = from;
    const declared = declaration.exec(source);
    if (declared?.[1] !== undefined) {
      if (declared[2] !== undefined && action.kind !== 'range') return false;
      action.declares = declared[2] === undefined ? [declared[1]] : [declared[1], declared[2]];
      rest = declaration.lastIndex;
      action.isAssign = source.charCodeAt(rest - 2) !== 0x3a;
      const first = source.indexOf('$', from);
      action.places = declared[2] === undefined ? [first] : [first, source.indexOf('$', first + 1)];
    }
    const tokens = source.slice(rest).match(token);
    if (tokens === null) return false;
    const uses: string[] = [];
    if (!this.isPipeline(tokens, source.length - rest, uses)) return false;
    let start = from;
    while (source.charCodeAt(start) <= 0x20) start++;
    action.hasPipeline = true;
    action.start = start;
    action.pipeline = start;
    action.rest = rest;
    if (uses.length > 0) action.uses = uses;
    action.tokens = tokens;
    return true;
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

/** A plain action in the making. */
class Recognized implements PlainAction {
  kind: PlainKind = 'action';
  readonly isLeftTrim: boolean;
  readonly isRightTrim: boolean;
  start: number;
  hasPipeline = false;
  name = '';
  elseKind: 'if' | 'with' | undefined = undefined;
  uses = NONE;
  declares = NONE;
  pipeline = 0;
  places = NOWHERE;
  isAssign = false;
  rest = 0;
  tokens = NONE;

  constructor(isLeftTrim: boolean, isRightTrim: boolean, start: number) {
    this.isLeftTrim = isLeftTrim;
    this.isRightTrim = isRightTrim;
    this.start = start;
  }
}

const REFUSED = 0;
const CONSTANT = 1;
const VALUE = 2;

function isClose(source: string, from: number): boolean {
  let at = from;
  while (isSpace(source.charCodeAt(at))) at++;
  const rest = source.length - at;
  return rest === 2 ? source.endsWith('}}') : rest === 3 && at > from && source.endsWith('-}}');
}
