/**
 * Compiled patterns and matching as Go's regexp does it: all matches one after the other, an empty one not right after
 * another, templates with $1 and ${name}. Patterns are compiled by re2js, which is loaded when a template first needs
 * it; a bounded number of them is kept.
 */
import type { RE2JS } from 're2js';
import { canBackquote, quote } from '../gotemplate/quote.ts';
import { type CallContext, FunctionError } from './function.ts';
import { re2Module } from './lazy-modules.ts';
import { toRe2 } from './regex-syntax.ts';

/** A compiled pattern with the names of its groups, by index, '' for those without. */
export interface Pattern {
  readonly source: string;
  readonly expression: RE2JS;
  readonly names: readonly string[];
}

/** Where a match is, in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group, the whole match being 0; undefined if it took no part. Only until the next match. */
  group(index: number): string | undefined;
  readonly pattern: Pattern;
}

const KEPT = 256;
const compiled = new Map<string, Pattern>();
let engine: typeof RE2JS | undefined;

/** The compiled pattern. Throws FunctionError with Go's text: of a panic for `plain`, of an error for `must`. */
export function patternOf(source: string, form: 'plain' | 'must'): Pattern {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  let pattern: Pattern;
  try {
    pattern = compile(source);
  } catch (error) {
    const message = goMessage(error);
    if (form === 'must') throw new FunctionError(message);
    const shown = canBackquote(source) ? `\`${source}\`` : quote(source);
    throw new FunctionError(`regexp: Compile(${shown}): ${message}`);
  }
  if (compiled.size >= KEPT) {
    const [oldest] = compiled.keys();
    if (oldest !== undefined) compiled.delete(oldest);
  }
  compiled.set(source, pattern);
  return pattern;
}

/** Tries of a state at a character for a step. */
const STATES_PER_STEP = 8;

/** Steps to look for a pattern in so many characters: each state of the pattern may be tried at each of them. */
export function matchSteps(pattern: Pattern, length: number): number {
  return (length * pattern.expression.programSize()) / STATES_PER_STEP;
}

/** The matches of a pattern in a text, at most `limit`, one after the other. */
export function* findAll(
  pattern: Pattern,
  value: string,
  options: { readonly limit: number; readonly context: CallContext },
): Generator<Match, undefined> {
  const { limit, context } = options;
  const matcher = pattern.expression.matcher(value);
  const group = (index: number) => (index < pattern.names.length ? (matcher.group(index) ?? undefined) : undefined);
  let position = 0;
  let previousEnd = -1;
  let found = 0;
  while (found < limit && position <= value.length) {
    // A match may take a look at all that is left.
    context.work?.(matchSteps(pattern, value.length - position));
    if (!matcher.find(position)) break;
    const [start, end] = [matcher.start(), matcher.end()];
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
  return { source, expression, names };
}

/** re2js has Go's messages but for these two. */
function goMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``;
  return message === 'error parsing regexp: invalid named capture: `(?P<`'
    ? 'error parsing regexp: invalid or unsupported Perl syntax: `(?P`'
    : message;
}
