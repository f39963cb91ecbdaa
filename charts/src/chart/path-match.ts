/**
 * Go's path.Match: `*` and `?` within one path element, `[a-z]`, `[^a]`, `\` as escape. Helm uses it for .helmignore
 * and --show-only. Runs in time proportional to pattern times name, whatever the pattern.
 */

/** A pattern that is malformed. Thrown only when matching reaches the broken part, as in Go. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  constructor() {
    super('syntax error in pattern');
  }
}

/** Whether the whole of `name` matches. Throws PatternError. */
export function matchPath(pattern: string, name: string): boolean {
  const characters = Array.from(name);
  let rest = Array.from(pattern);
  let at = 0;
  while (rest.length > 0) {
    const { star, chunk, after } = scanChunk(rest);
    if (star && chunk.length === 0) return !characters.slice(at).includes('/');
    const end = matchChunk(chunk, characters, at);
    // A chunk that must be the last has to reach the end of the name.
    if (end !== undefined && (end === characters.length || after.length > 0)) {
      at = end;
      rest = after;
      continue;
    }
    let found = false;
    if (star) {
      for (let start = at; start < characters.length && characters[start] !== '/'; start += 1) {
        const stop = matchChunk(chunk, characters, start + 1);
        if (stop === undefined || (after.length === 0 && stop < characters.length)) continue;
        at = stop;
        found = true;
        break;
      }
    }
    if (!found) {
      checkRest(after);
      return false;
    }
    rest = after;
  }
  return at === characters.length;
}

/** Takes off the leading stars and the literal part up to the next star. */
function scanChunk(pattern: readonly string[]): { star: boolean; chunk: string[]; after: string[] } {
  let start = 0;
  while (pattern[start] === '*') start += 1;
  let inRange = false;
  let end = start;
  for (; end < pattern.length; end += 1) {
    const character = pattern[end];
    if (character === '\\' && end + 1 < pattern.length) end += 1;
    else if (character === '[') inRange = true;
    else if (character === ']') inRange = false;
    else if (character === '*' && !inRange) break;
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) };
}

/** Where the chunk ends when it matches at `at`; undefined where it does not. Throws PatternError. */
function matchChunk(chunk: readonly string[], name: readonly string[], at: number): number | undefined {
  let failed = false;
  let position = at;
  for (let index = 0; index < chunk.length; ) {
    failed ||= position >= name.length;
    const character = chunk[index];
    if (character === '[') {
      const range = readRange(chunk, index + 1);
      if (!failed) failed = !range.accepts(name[position] ?? '');
      position += 1;
      index = range.end;
    } else if (character === '?') {
      failed ||= name[position] === '/';
      position += 1;
      index += 1;
    } else {
      const literal = character === '\\' ? chunk[index + 1] : character;
      if (literal === undefined) throw new PatternError();
      failed ||= name[position] !== literal;
      position += 1;
      index += character === '\\' ? 2 : 1;
    }
  }
  return failed ? undefined : position;
}

function readRange(chunk: readonly string[], start: number): { end: number; accepts: (character: string) => boolean } {
  let index = start;
  const negated = chunk[index] === '^';
  if (negated) index += 1;
  const ranges: { low: string; high: string }[] = [];
  for (let count = 0; ; count += 1) {
    if (chunk[index] === ']' && count > 0) break;
    const low = readRangeCharacter(chunk, index);
    let high = low;
    if (chunk[low.end] === '-') high = readRangeCharacter(chunk, low.end + 1);
    ranges.push({ low: low.character, high: high.character });
    index = high.end;
  }
  const code = (character: string): number => character.codePointAt(0) ?? -1;
  return {
    end: index + 1,
    accepts: (character) =>
      ranges.some(({ low, high }) => code(low) <= code(character) && code(character) <= code(high)) !== negated,
  };
}

function readRangeCharacter(chunk: readonly string[], at: number): { character: string; end: number } {
  let index = at;
  const first = chunk[index];
  if (first === undefined || first === '-' || first === ']') throw new PatternError();
  if (first === '\\') index += 1;
  const character = chunk[index];
  // A range must be closed: the character is never the last one.
  if (character === undefined || index + 1 >= chunk.length) throw new PatternError();
  return { character, end: index + 1 };
}

/** Go reports a malformed pattern even where the name has failed to match before it. */
function checkRest(pattern: readonly string[]): void {
  let rest = [...pattern];
  while (rest.length > 0) {
    const { chunk, after } = scanChunk(rest);
    matchChunk(chunk, [], 0);
    rest = after;
  }
}
