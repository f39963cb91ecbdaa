/**
 * `'%s has %d'.format([...])` (cel-go's ext/formatting.go, in its en_US).
 */

import { formatDuration, formatTimestamp } from '../time.ts';
import { CelType } from '../types.ts';
import { CelError, type CelList, Duration, isList, isMap, Timestamp, Uint, type Value, valueType } from '../values.ts';
import { formatFloat } from './floats.ts';

/** Thrown within, and told as the call's error. */
class FormatProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const DEFAULT_PRECISION = 6;
const CLAUSE = /%(?:%|(\.\d*)?([\s\S]|$)|$)/g;

/** The verbs of a text, in order; `missing` where it ends too early. */
export interface Clause {
  readonly verb: string;
  readonly precision: number | undefined;
}

/** Reads a text with verbs: what is between them, and they. */
export function readFormat(text: string): { readonly texts: readonly string[]; readonly clauses: readonly Clause[] } {
  const texts: string[] = [];
  const clauses: Clause[] = [];
  let current = '';
  let position = 0;
  for (const match of text.matchAll(CLAUSE)) {
    current += text.slice(position, match.index);
    position = match.index + match[0].length;
    if (match[0] === '%%') {
      current += '%';
      continue;
    }
    texts.push(current);
    current = '';
    const [, precision, verb = ''] = match;
    clauses.push({ verb, precision: precision === undefined ? undefined : Number(precision.slice(1) || Number.NaN) });
  }
  texts.push(current + text.slice(position));
  return { texts, clauses };
}

/** What is wrong with a verb, before its argument is looked at. */
export function clauseProblem({ verb, precision }: Clause): string | undefined {
  if (precision !== undefined && Number.isNaN(precision))
    return 'could not parse formatting clause: error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax';
  if (verb === '')
    return precision === undefined
      ? 'unexpected end of string'
      : 'could not parse formatting clause: error while parsing precision: could not find end of precision specifier';
  if (!'sdfebxXo'.includes(verb)) return `could not parse formatting clause: unrecognized formatting clause "${verb}"`;
  return undefined;
}

/** What a verb says of an argument of a type that it can't take. */
export function verbProblem(verb: string, typeName: string): string {
  const said: Readonly<Record<string, string>> = {
    s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    d: 'decimal clause can only be used on integers',
    f: 'fixed-point clause can only be used on doubles',
    e: 'scientific clause can only be used on doubles',
    b: 'only integers and bools can be formatted as binary',
    x: 'only integers, byte buffers, and strings can be formatted as hex',
    X: 'only integers, byte buffers, and strings can be formatted as hex',
    o: 'octal clause can only be used on integers',
  };
  return `error during formatting: ${said[verb] ?? ''}, was given ${typeName}`;
}

export function missingArgument(index: number): string {
  return `index ${index} out of range`;
}

export function formatText(text: string, args: readonly Value[]): Value {
  const { texts, clauses } = readFormat(text);
  let out = texts[0] ?? '';
  try {
    for (const [index, clause] of clauses.entries()) {
      const arg = args[index];
      if (arg === undefined) return new CelError(missingArgument(index));
      const problem = clauseProblem(clause);
      if (problem !== undefined) return new CelError(problem);
      out += formatClause(clause, arg) + (texts[index + 1] ?? '');
    }
  } catch (problem) {
    if (problem instanceof FormatProblem) return new CelError(problem.message);
    throw problem;
  }
  return out;
}

function formatClause({ verb, precision }: Clause, value: Value): string {
  const digits = precision ?? DEFAULT_PRECISION;
  const integer = typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined;
  const formatted = ((): string | undefined => {
    switch (verb) {
      case 's':
        return formatValue(value);
      case 'd':
        return integer?.toString();
      case 'f':
        return withNumber(value, (number) => fixed(number, digits));
      case 'e':
        return withNumber(value, (number) => scientific(number, digits));
      case 'b':
        return typeof value === 'boolean' ? (value ? '1' : '0') : integer?.toString(2);
      case 'o':
        return integer?.toString(8);
      default: {
        const bytes =
          typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? Buffer.from(value) : undefined;
        const hex = bytes?.toString('hex') ?? integer?.toString(16);
        return verb === 'X' ? hex?.toUpperCase() : hex;
      }
    }
  })();
  if (formatted === undefined) throw new FormatProblem(verbProblem(verb, valueType(value).name));
  return formatted;
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function withNumber(value: Value, show: (number: number) => string): string | undefined {
  const number = typeof value === 'string' ? SPECIAL[value] : typeof value === 'number' ? value : undefined;
  if (number === undefined) return undefined;
  if (Number.isNaN(number)) return 'NaN';
  return Number.isFinite(number) ? show(number) : number < 0 ? '-∞' : '∞';
}

/** Thousands apart, as en_US has them. */
function fixed(number: number, digits: number): string {
  const [whole = '', fraction] = number.toFixed(Math.min(digits, 100)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function scientific(number: number, digits: number): string {
  const [mantissa = '', exponent = '0'] = number.toExponential(Math.min(digits, 100)).split('e');
  const power = Number(exponent);
  const superscript = [...String(Math.abs(power)).padStart(2, '0')].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
  return `${mantissa}×10${power < 0 ? '⁻' : ''}${superscript.join('')}`;
}

/** `%s` of any value but objects. */
function formatValue(value: Value): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatFloat(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (value instanceof CelType) return value.name;
  if (isList(value)) return formatList(value);
  return isMap(value) ? formatMap(value) : undefined;
}

function formatList({ items }: CelList): string {
  return `[${items.map(formatPart).join(', ')}]`;
}

function formatMap(map: Extract<Value, { isMap: true }>): string {
  const entries = [...map.keys()].map((key) => {
    const kind = valueType(key).kind;
    if (!['string', 'bool', 'int', 'uint'].includes(kind))
      throw new FormatProblem(
        `error during formatting: no formatting function for map key of type ${valueType(key).name}`,
      );
    return [formatPart(key), formatPart(map.find(key) ?? null)] as const;
  });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

/** A value within a list or a map: texts in quotes, numbers with six digits. */
function formatPart(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(Buffer.from(value).toString())}`;
  if (value instanceof Timestamp) return `timestamp("${formatTimestamp(value)}")`;
  if (value instanceof Duration) return `duration("${formatDuration(value)}")`;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value.toFixed(DEFAULT_PRECISION);
    return Number.isNaN(value) ? '"NaN"' : value < 0 ? '"-Inf"' : '"+Inf"';
  }
  const text = formatValue(value);
  if (text === undefined)
    throw new FormatProblem(`error during formatting: no formatting function for ${valueType(value).name}`);
  return text;
}
