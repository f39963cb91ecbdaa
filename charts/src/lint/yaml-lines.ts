/**
 * Lines of keys in block-style YAML, by indentation alone: good enough to point at, for texts that a parser has already
 * taken, and cheap. Flow collections and block scalars are not looked into: the key they stand behind is the answer.
 */

export type YamlPath = readonly (string | number)[];

/**
 * The line, from 1, of a path within a document that begins on `from` (from 1): that of the deepest key that is found.
 * `to` is the line that the document ends on.
 */
export function lineOfPath(
  lines: readonly string[],
  path: YamlPath,
  span: { readonly from?: number; readonly to?: number } = {},
): number {
  const from = span.from ?? 1;
  let range: Range = { start: from - 1, end: span.to ?? lines.length, inline: undefined };
  let found = from;
  for (const step of path) {
    const next = typeof step === 'number' ? itemRange(lines, range, step) : keyRange(lines, range, step);
    if (next === undefined) return found;
    found = next.line + 1;
    range = next;
  }
  return found;
}

/** Lines from 0, the end not included. */
interface Range {
  readonly start: number;
  readonly end: number;
  /** Where a list item's content begins on the first line. */
  readonly inline: number | undefined;
}

function keyRange(lines: readonly string[], range: Range, key: string): (Range & { line: number }) | undefined {
  let indent: number | undefined;
  for (let at = range.start; at < range.end; at += 1) {
    const line = lines[at] ?? '';
    const own = at === range.start && range.inline !== undefined ? range.inline : indentOf(line);
    if (own === undefined) continue;
    indent ??= own;
    if (own !== indent || !hasKey(line.slice(own), key)) continue;
    return { line: at, start: at + 1, end: endOf(lines, { at, indent, end: range.end }), inline: undefined };
  }
  return undefined;
}

function itemRange(lines: readonly string[], range: Range, index: number): (Range & { line: number }) | undefined {
  let indent: number | undefined;
  let count = -1;
  for (let at = range.start; at < range.end; at += 1) {
    const line = lines[at] ?? '';
    const own = indentOf(line);
    if (own === undefined) continue;
    indent ??= own;
    const item = /^-(?:\s+|$)/.exec(line.slice(own));
    if (own !== indent || item === null) continue;
    count += 1;
    if (count < index) continue;
    let end = at + 1;
    while (end < range.end && (indentOf(lines[end] ?? '') ?? indent + 1) > indent) end += 1;
    return { line: at, start: at, end, inline: own + item[0].length };
  }
  return undefined;
}

/** A list below a key may stand at the key's own indentation. */
function endOf(lines: readonly string[], from: { at: number; indent: number; end: number }): number {
  for (let at = from.at + 1; at < from.end; at += 1) {
    const line = lines[at] ?? '';
    const own = indentOf(line);
    if (own === undefined || own > from.indent) continue;
    if (own === from.indent && /^-(?:\s|$)/.test(line.slice(own))) continue;
    return at;
  }
  return from.end;
}

function indentOf(line: string): number | undefined {
  const match = /^ *(?=[^\s#])/.exec(line);
  return match?.[0].length;
}

function hasKey(text: string, key: string): boolean {
  for (const written of [key, `"${key}"`, `'${key}'`]) {
    if (text.startsWith(written) && /^\s*:(?:\s|$)/.test(text.slice(written.length))) return true;
  }
  return false;
}
