/**
 * A unified difference of two texts, as go-difflib makes it (the port of Python's difflib): longest matching blocks, and
 * lines that are frequent in a long text don't begin one.
 */
const CONTEXT = 3;
const LONG = 200;

interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Change {
  readonly equal: boolean;
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
}

/** Lines with a sign before them, in hunks; empty where the texts are equal. */
export function unifiedDifference(before: string, after: string): string {
  const a = before.split('\n').map((line) => `${line}\n`);
  const b = after.split('\n').map((line) => `${line}\n`);
  let out = '';
  for (const group of hunksOf(changesOf(a, b))) {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) continue;
    out += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`;
    for (const { equal, a1, a2, b1, b2 } of group) {
      if (equal)
        out += a
          .slice(a1, a2)
          .map((line) => ` ${line}`)
          .join('');
      else {
        out += a
          .slice(a1, a2)
          .map((line) => `-${line}`)
          .join('');
        out += b
          .slice(b1, b2)
          .map((line) => `+${line}`)
          .join('');
      }
    }
  }
  return out;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** Where each line stands in b, without those that are frequent in a long text. */
function indexLines(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [at, line] of b.entries()) {
    const list = index.get(line);
    if (list === undefined) index.set(line, [at]);
    else list.push(at);
  }
  if (b.length >= LONG) {
    const frequent = Math.floor(b.length / 100) + 1;
    for (const [line, list] of index) if (list.length > frequent) index.delete(line);
  }
  return index;
}

function changesOf(a: readonly string[], b: readonly string[]): readonly Change[] {
  const index = indexLines(b);
  const matches: Match[] = [];
  const queue: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    const [a1, a2, b1, b2] = part;
    const match = longestMatch(a, b, index, part);
    if (match.size === 0) continue;
    matches.push(match);
    queue.push([a1, match.a, b1, match.b], [match.a + match.size, a2, match.b + match.size, b2]);
  }
  matches.sort((x, y) => x.a - y.a || x.b - y.b);
  const changes: Change[] = [];
  let at = { a: 0, b: 0 };
  for (const { a: i, b: j, size } of [...joined(matches), { a: a.length, b: b.length, size: 0 }]) {
    if (at.a < i || at.b < j) changes.push({ equal: false, a1: at.a, a2: i, b1: at.b, b2: j });
    if (size > 0) changes.push({ equal: true, a1: i, a2: i + size, b1: j, b2: j + size });
    at = { a: i + size, b: j + size };
  }
  return changes;
}

function joined(matches: readonly Match[]): readonly Match[] {
  const out: Match[] = [];
  for (const match of matches) {
    const last = out.at(-1);
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b)
      out[out.length - 1] = { ...last, size: last.size + match.size };
    else out.push(match);
  }
  return out;
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  index: ReadonlyMap<string, readonly number[]>,
  [a1, a2, b1, b2]: readonly [number, number, number, number],
): Match {
  let best: Match = { a: a1, b: b1, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = a1; i < a2; i += 1) {
    const next = new Map<number, number>();
    for (const j of index.get(a[i] ?? '') ?? []) {
      if (j < b1) continue;
      if (j >= b2) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  // Frequent lines don't begin a match, but go with one.
  let { a: i, b: j, size } = best;
  while (i > a1 && j > b1 && a[i - 1] === b[j - 1]) {
    i -= 1;
    j -= 1;
    size += 1;
  }
  while (i + size < a2 && j + size < b2 && a[i + size] === b[j + size]) size += 1;
  return { a: i, b: j, size };
}

/** Groups of changes with some equal lines around them. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const list = [...changes];
  const first = list[0];
  if (first?.equal === true)
    list[0] = { ...first, a1: Math.max(first.a1, first.a2 - CONTEXT), b1: Math.max(first.b1, first.b2 - CONTEXT) };
  const last = list.at(-1);
  if (last?.equal === true)
    list[list.length - 1] = {
      ...last,
      a2: Math.min(last.a2, last.a1 + CONTEXT),
      b2: Math.min(last.b2, last.b1 + CONTEXT),
    };
  const hunks: Change[][] = [];
  let hunk: Change[] = [];
  for (const change of list) {
    const { equal, a1, a2, b1, b2 } = change;
    if (equal && a2 - a1 > 2 * CONTEXT) {
      hunk.push({ equal, a1, a2: Math.min(a2, a1 + CONTEXT), b1, b2: Math.min(b2, b1 + CONTEXT) });
      hunks.push(hunk);
      hunk = [{ equal, a1: Math.max(a1, a2 - CONTEXT), a2, b1: Math.max(b1, b2 - CONTEXT), b2 }];
    } else hunk.push(change);
  }
  if (hunk.some(({ equal }) => !equal)) hunks.push(hunk);
  return hunks;
}
