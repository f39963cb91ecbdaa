/**
 * What a schema finds wrong with a value: a tree, and its text. Follows the default output of
 * santhosh-tekuri/jsonschema v6.0.3, which is what Helm v4.3 prints.
 */
import { formatFloat } from '../../engine/gotemplate/format-float.ts';
import { quote as quoteGo } from '../../engine/gotemplate/quote.ts';

/** One finding. `at` is the path of the value; a `reference` with one cause stands back behind it. */
export interface Finding {
  at: readonly string[];
  readonly kind: 'plain' | 'group' | 'reference';
  text: string;
  causes: readonly Finding[];
}

/** The lines of findings, each with its causes below it, without a line break at the end. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines: string[] = [];
  for (const finding of findings) writeFinding(finding, 1, lines);
  return lines.join('\n');
}

function writeFinding(finding: Finding, level: number, lines: string[]): void {
  const hidden = finding.kind === 'reference' && finding.causes.length === 1;
  if (!hidden) lines.push(`${'  '.repeat(level - 1)}- at ${quote(pointer(finding.at))}: ${finding.text}`);
  for (const cause of finding.causes) writeFinding(cause, hidden ? level : level + 1, lines);
}

/** A path as a JSON pointer. */
export function pointer(path: readonly string[]): string {
  return path.map((token) => `/${escapeToken(token)}`).join('');
}

export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** In single quotes, escaped as Go does otherwise. */
export function quote(text: string): string {
  const inner = quoteGo(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}

export function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(', ');
}

/** A count, its thousands grouped. */
export function count(value: number): string {
  return group(String(value));
}

const SUPERSCRIPTS: ReadonlyMap<string, string> = new Map(
  [...'-0123456789'].map((char, i) => [char, '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(i)] as const),
);

/** A number as golang.org/x/text prints %v in English: 1,234.5 and 1×10²¹. */
export function localNumber(value: number): string {
  const [mantissa = '', exponent] = formatFloat(value, 'g').split('e');
  if (exponent === undefined) return group(mantissa);
  const digits = [...exponent.replace('+', '')].map((char) => SUPERSCRIPTS.get(char) ?? char);
  return `${mantissa}×10${digits.join('')}`;
}

function group(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
