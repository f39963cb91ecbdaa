/**
 * Texts: cel-go's ext/strings.go, version 2. Positions count code points.
 */
import { CelError, CelList, isList, type Value } from '../values.ts';
import { formatText } from './format-text.ts';
import type { CelFunction } from './function.ts';

function outOfRange(index: bigint | number): CelError {
  return new CelError(`index out of range: ${index}`);
}

const isText = (value: Value | undefined): value is string => typeof value === 'string';
const isInt = (value: Value | undefined): value is bigint => typeof value === 'bigint';

function charAt(text: string, index: bigint): Value {
  const points = [...text];
  if (index < 0n || index > BigInt(points.length)) return outOfRange(index);
  return points[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from: bigint): Value {
  if (part === '') return from;
  if (from < 0n) return outOfRange(from);
  const points = [...text];
  const wanted = [...part];
  for (let start = Number(from); start + wanted.length <= points.length; start += 1)
    if (wanted.every((point, offset) => points[start + offset] === point)) return BigInt(start);
  return -1n;
}

function lastIndexOf(text: string, part: string, from: bigint | undefined): Value {
  const points = [...text];
  if (part === '') return from ?? BigInt(points.length);
  const wanted = [...part];
  if (from === undefined && Buffer.byteLength(text) < Buffer.byteLength(part)) return -1n;
  const offset = from ?? BigInt(points.length - 1);
  if (offset < 0n) return outOfRange(offset);
  if (offset >= BigInt(points.length)) return -1n;
  for (let start = Math.min(Number(offset), points.length - wanted.length); start >= 0; start -= 1)
    if (wanted.every((point, index) => points[start + index] === point)) return BigInt(start);
  return -1n;
}

function substring(text: string, start: bigint, end: bigint | undefined): Value {
  const points = [...text];
  const length = BigInt(points.length);
  if (end !== undefined && start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > length) return outOfRange(start);
  if (end !== undefined && (end < 0n || end > length)) return outOfRange(end);
  return points.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

/** strings.Replace: an empty text is found before each character and at the end. */
function replace(text: string, from: string, to: string, limit: bigint): string {
  if (limit === 0n || from === to) return text;
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  const parts = from === '' ? ['', ...text] : text.split(from);
  if (from === '') {
    // A place before each character, and one at the end.
    const points = [...text];
    let out = '';
    for (let index = 0; index <= points.length; index += 1) out += `${index < most ? to : ''}${points[index] ?? ''}`;
    return out;
  }
  let out = parts[0] ?? '';
  for (let index = 1; index < parts.length; index += 1) out += `${index <= most ? to : from}${parts[index] ?? ''}`;
  return out;
}

/** strings.SplitN: at most so many parts, the last one with the rest; none for zero, all below zero. */
function split(text: string, separator: string, limit: bigint): CelList {
  if (limit === 0n) return new CelList([]);
  const parts = separator === '' ? [...text] : text.split(separator);
  const most = limit < 0n ? parts.length : Number(limit);
  if (parts.length <= most) return new CelList(parts);
  return new CelList([...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]);
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function join(list: CelList, separator: string): Value {
  const bad = list.items.find((item) => typeof item !== 'string');
  if (bad !== undefined) return new CelError(`join: invalid input: ${String(bad)}`);
  return list.items.join(separator);
}

export const STRING_FUNCTIONS: readonly CelFunction[] = [
  { name: 'charAt', call: ([text, index]) => (isText(text) && isInt(index) ? charAt(text, index) : undefined) },
  {
    name: 'substring',
    call: ([text, start, end]) =>
      isText(text) && isInt(start) && (end === undefined || isInt(end)) ? substring(text, start, end) : undefined,
  },
  {
    name: 'replace',
    call: ([text, from, to, limit]) =>
      isText(text) && isText(from) && isText(to) && (limit === undefined || isInt(limit))
        ? replace(text, from, to, limit ?? -1n)
        : undefined,
  },
  {
    name: 'split',
    call: ([text, separator, limit]) =>
      isText(text) && isText(separator) && (limit === undefined || isInt(limit))
        ? split(text, separator, limit ?? -1n)
        : undefined,
  },
  {
    name: 'join',
    call: ([list = null, separator]) =>
      isList(list) && (separator === undefined || isText(separator)) ? join(list, separator ?? '') : undefined,
  },
  {
    name: 'lowerAscii',
    call: ([text]) => (isText(text) ? text.replace(/[A-Z]+/g, (part) => part.toLowerCase()) : undefined),
  },
  {
    name: 'upperAscii',
    call: ([text]) => (isText(text) ? text.replace(/[a-z]+/g, (part) => part.toUpperCase()) : undefined),
  },
  // Go's spaces: Unicode's White_Space, which has no byte order mark and has the next line.
  {
    name: 'trim',
    call: ([text]) => (isText(text) ? text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '') : undefined),
  },
  {
    name: 'strings.quote',
    call: ([text]) => (isText(text) ? `"${text.replace(/[\s\S]/g, (char) => QUOTED[char] ?? char)}"` : undefined),
  },
  {
    name: 'format',
    call: ([text, args = null]) => (isText(text) && isList(args) ? formatText(text, args.items) : undefined),
  },
];

/** indexOf and lastIndexOf of texts; those of lists are elsewhere. */
export function textIndexOf([text, part, from]: readonly Value[]): Value | undefined {
  if (!isText(text) || !isText(part) || (from !== undefined && !isInt(from))) return undefined;
  return indexOf(text, part, from ?? 0n);
}

export function textLastIndexOf([text, part, from]: readonly Value[]): Value | undefined {
  if (!isText(text) || !isText(part) || (from !== undefined && !isInt(from))) return undefined;
  return lastIndexOf(text, part, from);
}
