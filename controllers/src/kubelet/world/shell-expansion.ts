/** What becomes of a shell's words: variables, the output of commands, arithmetic; what is not quoted is split at blanks. */
import { arithmetic } from './arithmetic.ts';
import { NotUnderstood, type Word, type WordPart } from './shell-syntax.ts';

/** What a shell knows that words ask for. */
export interface Expansion {
  valueOf(name: string): string | undefined;
  /** Of a script, without the line feeds at its end. */
  outputOf(script: string): string;
  /** Ends the shell with a complaint. */
  refuse(text: string): never;
}

const MAX_TEXT = 1_000_000;

/** The words that a word becomes. Throws NotUnderstood. */
export function expandWord(word: Word, expansion: Expansion): string[] {
  const out: string[] = [];
  let current: string | undefined;
  for (const part of word) {
    const text = bounded(partText(part, expansion));
    if (part.kind === 'text' || part.isQuoted) current = bounded((current ?? '') + text);
    else {
      const [first = '', ...others] = text.split(/[ \t\n]+/);
      if (others.length === 0 && first === '') continue;
      current = (current ?? '') + first;
      for (const piece of others) {
        if (current !== '') out.push(current);
        current = piece;
      }
    }
  }
  if (current !== undefined && (current !== '' || word.some((part) => part.isQuoted))) out.push(current);
  return out;
}

/** A word as one text. Throws NotUnderstood. */
export function wordText(word: Word, expansion: Expansion): string {
  let text = '';
  for (const part of word) text = bounded(text + partText(part, expansion));
  return text;
}

/** Throws NotUnderstood for what grows without end. */
function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw new NotUnderstood('a long text');
  return text;
}

function partText(part: WordPart, expansion: Expansion): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'variable':
      return variableText(part.name, part.operator, expansion);
    case 'arithmetic':
      return String(arithmetic(part.text, (name) => expansion.valueOf(name) ?? ''));
    default:
      return expansion.outputOf(part.script);
  }
}

/** `${NAME:-word}` and its like. */
function variableText(name: string, operator: string, expansion: Expansion): string {
  const value = expansion.valueOf(name);
  if (operator === '') return value ?? '';
  const [, test = '', word = ''] = /^(:?[-?]|%|#)(.*)$/s.exec(operator) ?? [];
  const isMissing = value === undefined || (test.startsWith(':') && value === '');
  if (test.endsWith('-')) return isMissing ? word : (value ?? '');
  if (test.endsWith('?')) {
    if (isMissing) expansion.refuse(`${name}: ${word === '' ? 'parameter not set or null' : word}`);
    return value ?? '';
  }
  if (/[*?[]/.test(word)) throw new NotUnderstood('a pattern');
  if (test === '%') return value?.endsWith(word) === true ? value.slice(0, value.length - word.length) : (value ?? '');
  return value?.startsWith(word) === true ? value.slice(word.length) : (value ?? '');
}
