/** Cuts a shell's script into words and operators. */
import { NotUnderstood, type Token, type Word, type WordPart } from './shell-syntax.ts';

const OPERATORS = ['&&', '||', ';;', '>>', '>&', '<&', '<<', ';', '&', '|', '(', ')', '<', '>', '\n'];
const MAX_SCRIPT = 10_000;

/** Throws NotUnderstood. */
export function tokenize(script: string): Token[] {
  if (script.length > MAX_SCRIPT) throw new NotUnderstood('a long script');
  const tokens: Token[] = [];
  let at = 0;
  while (at < script.length) {
    const rest = script.slice(at);
    const blank = /^(?:[ \t\r]|\\\n)+|^#[^\n]*/.exec(rest);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const digit = /^[012](?=[<>])/.exec(rest);
    if (digit !== null) {
      tokens.push({ operator: digit[0] });
      at += 1;
      continue;
    }
    const operator = OPERATORS.find((each) => rest.startsWith(each));
    if (operator !== undefined) {
      tokens.push({ operator });
      at += operator.length;
      continue;
    }
    const { word, end } = readWord(script, at);
    tokens.push({ word });
    at = end;
  }
  return tokens;
}

interface Read<T> {
  readonly value: T;
  readonly end: number;
}

function readWord(script: string, start: number): { readonly word: Word; readonly end: number } {
  const parts: WordPart[] = [];
  let at = start;
  const add = (text: string, isQuoted: boolean) => parts.push({ kind: 'text', text, isQuoted });
  while (at < script.length && !/[\s;&|()<>]/.test(script.charAt(at))) {
    const character = script.charAt(at);
    if (character === "'") {
      const end = closing(script, at + 1, "'");
      add(script.slice(at + 1, end), true);
      at = end + 1;
    } else if (character === '"') {
      const { value, end } = readQuoted(script, at + 1);
      parts.push(...value);
      at = end;
    } else if (character === '\\') {
      add(script.charAt(at + 1), true);
      at += 2;
    } else if (character === '$' || character === '`') {
      const { value, end } = readExpansion(script, at, false);
      parts.push(value);
      at = end;
    } else {
      const text = /^[^\s;&|()<>'"\\$`]+/.exec(script.slice(at))?.[0] ?? character;
      add(text, false);
      at += text.length;
    }
  }
  return { word: parts, end: at };
}

function closing(script: string, from: number, mark: string): number {
  const end = script.indexOf(mark, from);
  if (end < 0) throw new NotUnderstood(`no closing ${mark}`);
  return end;
}

function readQuoted(script: string, start: number): Read<WordPart[]> {
  const parts: WordPart[] = [{ kind: 'text', text: '', isQuoted: true }];
  let at = start;
  while (script.charAt(at) !== '"') {
    if (at >= script.length) throw new NotUnderstood('no closing "');
    const character = script.charAt(at);
    if (character === '\\') {
      const next = script.charAt(at + 1);
      parts.push({ kind: 'text', text: /[$`"\\\n]/.test(next) ? next : `\\${next}`, isQuoted: true });
      at += 2;
    } else if (character === '$' || character === '`') {
      const { value, end } = readExpansion(script, at, true);
      parts.push(value);
      at = end;
    } else {
      parts.push({ kind: 'text', text: character, isQuoted: true });
      at += 1;
    }
  }
  return { value: parts, end: at + 1 };
}

function readExpansion(script: string, start: number, isQuoted: boolean): Read<WordPart> {
  if (script.charAt(start) === '`') {
    const end = closing(script, start + 1, '`');
    return { value: { kind: 'command', script: script.slice(start + 1, end), isQuoted }, end: end + 1 };
  }
  const rest = script.slice(start);
  if (rest.startsWith('$((')) {
    const end = balanced(script, start + 1);
    return { value: { kind: 'arithmetic', text: script.slice(start + 3, end - 2), isQuoted }, end };
  }
  if (rest.startsWith('$(')) {
    const end = balanced(script, start + 1);
    return { value: { kind: 'command', script: script.slice(start + 2, end - 1), isQuoted }, end };
  }
  const plain = /^\$([A-Za-z_]\w*|[?#@*$!0-9])/.exec(rest);
  if (plain !== null) {
    return {
      value: { kind: 'variable', name: plain[1] ?? '', operator: '', isQuoted },
      end: start + plain[0].length,
    };
  }
  const braced = /^\$\{([A-Za-z_]\w*|[?#@*0-9])((?::?[-?]|%|#)[^{}]*)?\}/.exec(rest);
  if (braced !== null) {
    const [whole, name = '', operator = ''] = braced;
    return { value: { kind: 'variable', name, operator, isQuoted }, end: start + whole.length };
  }
  if (rest.startsWith('${')) throw new NotUnderstood('an expansion');
  return { value: { kind: 'text', text: '$', isQuoted }, end: start + 1 };
}

/** Where the bracket that opens at a place is closed, and one further. */
function balanced(script: string, open: number): number {
  let depth = 0;
  for (let at = open; at < script.length; at++) {
    if (script.charAt(at) === '(') depth++;
    else if (script.charAt(at) === ')' && --depth === 0) return at + 1;
    else if (script.charAt(at) === "'") at = closing(script, at + 1, "'");
  }
  throw new NotUnderstood('no closing )');
}
