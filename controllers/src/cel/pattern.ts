/**
 * Regular expressions as Go has them: RE2's, by re2js, whose time is linear in the text. A bounded number is kept.
 */
import { RE2JS } from 're2js';

const KEPT = 1000;
const compiled = new Map<string, RE2JS | string>();

/** The compiled pattern, or Go's text about what is wrong with it. */
export function compilePattern(source: string): RE2JS | string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  let made: RE2JS | string;
  try {
    made = RE2JS.compile(source);
  } catch (error) {
    made = error instanceof Error ? error.message : String(error);
  }
  if (compiled.size >= KEPT) compiled.clear();
  compiled.set(source, made);
  return made;
}

/** All matches from left to right, as Go's FindAllString: no empty one right after another. `limit` below zero: all. */
export function findMatches(pattern: RE2JS, text: string, limit: number): string[] {
  const out: string[] = [];
  const matcher = pattern.matcher(text);
  let position = 0;
  let last = -1;
  while ((limit < 0 || out.length < limit) && position <= text.length && matcher.find(position)) {
    const start = matcher.start();
    const end = matcher.end();
    if (end > start || start !== last) out.push(text.slice(start, end));
    last = end;
    position = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
  return out;
}
