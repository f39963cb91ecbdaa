/**
 * Compiled patterns and matching as Go's regexp does it: all matches one after the other, an empty one not right after
 * another, templates with $1 and ${name}. Patterns are compiled by re2js, which is loaded when a template first needs
 * it: not for small patterns on small texts. A bounded number of patterns is kept.
 */
import type { Matcher, RE2JS } from 're2js';
import { canBackquote, quote } from '../gotemplate/quote.ts';
import { type CallContext, FunctionError } from './function.ts';
import { re2Module } from './lazy-modules.ts';
import { MeteredText, READS_A_CHARGE } from './metered-text.ts';
import { compileSmall, isSmallText, type SmallPattern } from './regex-small.ts';
import { toRe2 } from './regex-syntax.ts';

/** A compiled pattern with the names of its groups, by index, '' for those without. */
export interface Pattern {
  readonly source: string;
  /** How much work it is to compile, and to match a character. */
  readonly states: number;
  readonly names: readonly string[];
  /** The pattern for small texts, if it is a small one. */
  readonly small?: SmallPattern;
  /** The pattern for all texts. */
  expression(): RE2JS;
}

/** Where a match is, in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group, the whole match being 0; undefined if it took no part. Only until the next match. */
  group(index: number): string | undefined;
  readonly pattern: Pattern;
}

/** States of the patterns that are kept. */
const KEPT_STATES = 50_000;
/** Steps to compile a state, and to read a character of a pattern. */
const STEPS_A_STATE = 50;
let keptStates = 0;
const compiled = new Map<string, Pattern>();
let engine: typeof RE2JS | undefined;

/**
 * The compiled pattern. Throws FunctionError with Go's text: of a panic for `plain`, of an error for `must`. A context
 * is charged for a pattern that was not known.
 */
export function patternOf(source: string, form: 'plain' | 'must', context?: CallContext): Pattern {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  context?.work?.(source.length * STEPS_A_STATE);
  let pattern: Pattern;
  try {
    pattern = compile(source);
  } catch (error) {
    const message = goMessage(error);
    if (form === 'must') throw new FunctionError(message);
    const shown = canBackquote(source) ? `\`${source}\`` : quote(source);
    throw new FunctionError(`regexp: Compile(${shown}): ${message}`);
  }
  context?.work?.(pattern.states * STEPS_A_STATE);
  keep(pattern);
  return pattern;
}

function keep(pattern: Pattern): void {
  compiled.set(pattern.source, pattern);
  keptStates += weightOf(pattern);
  for (const [source, oldest] of compiled) {
    if (keptStates <= KEPT_STATES) break;
    compiled.delete(source);
    keptStates -= weightOf(oldest);
  }
}

function weightOf({ states, source }: Pattern): number {
  return 100 + states + source.length;
}

/** Texts up to this length are matched as they are, and charged for as if each match went through all of them. */
const SHORT = 64;

/** Tries of a state at a character for a step; a match looks at a character up to three times. */
const STATES_PER_STEP = 8;

/** What RE2's program has beside the states of a small pattern: the start, the match, and a way to be anywhere. */
const STATES_AROUND = 3;

/** Steps of a match that finds nothing to do. */
const STEPS_A_MATCH = 16;

/** Tries of a state at a character that a match passes without a look at it, as `$` does, for a step. */
const PASSES_PER_STEP = 16;

/** Goes through the matches of a pattern in a text. */
interface Finder {
  /** Looks for the first match from a position on. */
  find(position: number): boolean;
  start(): number;
  end(): number;
  group(index: number): string | undefined;
}

/** A finder whose work counts as steps. */
function finderOf(pattern: Pattern, value: string, { work }: { readonly work: (steps: number) => void }): Finder {
  const { small, states } = pattern;
  if (small !== undefined && isSmallText(value)) return smallFinder(small, value, { work });
  if (value.length <= SHORT) {
    const matcher = pattern.expression().matcher(value);
    const perFind = STEPS_A_MATCH + Math.ceil(((value.length + 1) * states) / STATES_PER_STEP);
    const find = (position: number): boolean => {
      work(perFind);
      return matcher.find(position);
    };
    return { find, ...placesOf(matcher) };
  }
  const text = new MeteredText(value, () => work(Math.ceil((READS_A_CHARGE * states) / STATES_PER_STEP)));
  // It has all that a matcher asks of a text.
  const matcher = pattern.expression().matcher(text as unknown as string);
  const perFind = STEPS_A_MATCH + Math.ceil(states / STATES_PER_STEP);
  return {
    find: (position: number) => {
      work(perFind);
      const found = matcher.find(position);
      const passed = (found ? matcher.end() : value.length) - position;
      work(Math.ceil((text.takeReads() * states) / STATES_PER_STEP + (passed * states) / PASSES_PER_STEP));
      return found;
    },
    ...placesOf(matcher),
  };
}

function placesOf(matcher: Matcher): Omit<Finder, 'find'> {
  return {
    start: () => matcher.start(),
    end: () => matcher.end(),
    group: (index) => matcher.group(index) ?? undefined,
  };
}

function smallFinder(small: SmallPattern, value: string, { work }: { readonly work: (steps: number) => void }): Finder {
  const perFind = STEPS_A_MATCH + Math.ceil((value.length * small.states) / STATES_PER_STEP);
  let places: readonly number[] = [];
  const place = (index: number): number => places[index] ?? -1;
  return {
    find: (position) => {
      work(perFind);
      const found = small.find(value, position);
      places = found ?? [];
      return found !== undefined;
    },
    start: () => place(0),
    end: () => place(1),
    group: (index) => (place(2 * index) < 0 ? undefined : value.slice(place(2 * index), place(2 * index + 1))),
  };
}

function workOf(context: CallContext): { readonly work: (steps: number) => void } {
  return { work: (steps) => context.work?.(steps) };
}

/** True if a pattern is somewhere in a text. */
export function isMatch(pattern: Pattern, value: string, context: CallContext): boolean {
  return finderOf(pattern, value, workOf(context)).find(0);
}

/** The matches of a pattern in a text, at most `limit`, one after the other. */
export function* findAll(
  pattern: Pattern,
  value: string,
  options: { readonly limit: number; readonly context: CallContext },
): Generator<Match, undefined> {
  const { limit, context } = options;
  const finder = finderOf(pattern, value, workOf(context));
  const group = (index: number) => (index < pattern.names.length ? finder.group(index) : undefined);
  let position = 0;
  let previousEnd = -1;
  let found = 0;
  while (found < limit && position <= value.length && finder.find(position)) {
    const [start, end] = [finder.start(), finder.end()];
    // An empty match right after a match is none.
    if (end > start || start !== previousEnd) {
      found++;
      yield { start, end, group, pattern };
    }
    previousEnd = end;
    position = end > position ? end : end + ((value.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
}

/** Regexp.Expand: `$1`, `$name`, `${name}` are groups, empty where there is none; `$$` is a dollar. */
export function expandTemplate(template: string, match: Match): string {
  if (!template.includes('$')) return template;
  let out = '';
  let rest = template;
  for (let dollar = rest.indexOf('$'); dollar >= 0; dollar = rest.indexOf('$')) {
    out += rest.slice(0, dollar);
    rest = rest.slice(dollar);
    if (rest[1] === '$') {
      out += '$';
      rest = rest.slice(2);
      continue;
    }
    const reference = /^\$(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(rest);
    if (reference === null) {
      out += '$';
      rest = rest.slice(1);
      continue;
    }
    out += groupText(reference[1] ?? reference[2] ?? '', match);
    rest = rest.slice(reference[0].length);
  }
  return out + rest;
}

/** regexp.QuoteMeta. */
export function quoteMeta(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function groupText(name: string, match: Match): string {
  if (/^[0-9]+$/.test(name) && !(name.length > 1 && name.startsWith('0')) && name.length < 9) {
    return match.group(Number(name)) ?? '';
  }
  const index = match.pattern.names.findIndex((each, i) => each === name && match.group(i) !== undefined);
  return index < 0 ? '' : (match.group(index) ?? '');
}

function compile(source: string): Pattern {
  const small = compileSmall(source);
  if (small === undefined) return compileRe2(source);
  const names: string[] = Array.from({ length: small.groups + 1 }, () => '');
  let whole: Pattern | undefined;
  const expression = (): RE2JS => {
    whole ??= compileRe2(source);
    return whole.expression();
  };
  return { source, states: small.states + STATES_AROUND, names, small, expression };
}

function compileRe2(source: string): Pattern {
  const invalid = /[\udc80-\udcff]/u.exec(source);
  if (invalid !== null) {
    throw new FunctionError(`error parsing regexp: invalid UTF-8: \`${source.slice(invalid.index)}\``);
  }
  engine ??= re2Module().RE2JS;
  const { text, aliases, properties } = toRe2(source);
  let expression: RE2JS;
  try {
    expression = engine.compile(text);
  } catch (error) {
    if (text === source) throw error;
    // The message is to show what was written.
    engine.compile(source);
    throw new FunctionError(`error parsing regexp: invalid character class range: \`${properties[0] ?? ''}\``);
  }
  const names: string[] = Array.from({ length: expression.groupCount() + 1 }, () => '');
  for (const [name, index] of Object.entries(expression.namedGroups())) names[index] = aliases.get(name) ?? name;
  return { source, states: expression.programSize(), names, expression: () => expression };
}

/** re2js has Go's messages but for these two. */
function goMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``;
  return message === 'error parsing regexp: invalid named capture: `(?P<`'
    ? 'error parsing regexp: invalid or unsupported Perl syntax: `(?P`'
    : message;
}
