/**
 * The text of an expression, and its errors as cel-go prints them (common/source.go, common/error.go, v0.26).
 */

export interface Issue {
  /** UTF-16 offset into the text; undefined where the error has no place. */
  readonly offset: number | undefined;
  readonly message: string;
}

interface Place {
  /** From 1. */
  readonly line: number;
  /** From 0, in code points. */
  readonly column: number;
}

const LONGEST_SNIPPET = 16384;
/** cel-go stops counting one by one here. */
const MOST_ISSUES = 100;

/** All issues in the order of their places, each with the line it is about: `ERROR: <input>:1:5: …`. */
export function formatIssues(text: string, issues: readonly Issue[]): string {
  const lines = text.split('\n');
  const placed = issues.map((issue) => ({ issue, place: placeOf(text, issue.offset) }));
  const shown = placed
    .slice(0, MOST_ISSUES)
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ issue, place }) => formatIssue(lines, issue.message, place));
  if (issues.length > MOST_ISSUES) shown.push(`${issues.length - MOST_ISSUES} more errors were truncated`);
  return shown.join('\n');
}

function placeOf(text: string, offset: number | undefined): Place {
  if (offset === undefined) return { line: -1, column: -1 };
  if (text === '') return { line: 1, column: -1 };
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(start)].length };
}

function formatIssue(lines: readonly string[], message: string, { line, column }: Place): string {
  const head = `ERROR: <input>:${line}:${column + 1}: ${message}`;
  const source = lines[line - 1];
  if (source === undefined || column < 0 || Buffer.byteLength(source) > LONGEST_SNIPPET) return head;
  const snippet = source.replaceAll('\t', ' ');
  const points = [...snippet];
  const before = points.slice(0, column).map((point) => (isWide(point) ? '\uff0e' : '.'));
  const mark = isWide(points[column] ?? '') ? '\uff3e' : '^';
  return `${head}\n | ${snippet}\n | ${before.join('')}${mark}`;
}

function isWide(point: string): boolean {
  return point !== '' && point.charCodeAt(0) > 0x7f;
}
