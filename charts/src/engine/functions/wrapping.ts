/**
 * Functions that cut and break texts by bytes: trunc, substr, abbrev, wrap, ... Follows Sprig 3.3.0 over goutils 1.1.1;
 * a cut inside a character leaves its bytes.
 */
import { byteLength, goBytes, goString, isAscii, sliceBytes } from '../gotemplate/bytes.ts';
import { count, integer, text } from './arguments.ts';
import { FunctionError, type TemplateFunction } from './function.ts';

/** trunc, substr, abbrev, abbrevboth, wrap, wrapWith. */
export const wrappingFunctions: readonly TemplateFunction[] = [
  { name: 'trunc', parameters: ['int', 'string'], result: 'string', call: ([c, s]) => trunc(count(c), text(s)) },
  {
    name: 'substr',
    parameters: ['int', 'int', 'string'],
    result: 'string',
    call: ([start, end, s]) => substring(integer(start), integer(end), text(s)),
  },
  {
    name: 'abbrev',
    parameters: ['int', 'string'],
    result: 'string',
    call: ([width, s]) => (count(width) < 4 ? text(s) : onBytes(text(s), (view) => abbreviate(view, 0, count(width)))),
  },
  {
    name: 'abbrevboth',
    parameters: ['int', 'int', 'string'],
    result: 'string',
    call: ([left, right, s]) => {
      const [offset, width] = [count(left), count(right)];
      if (width < 4 || (offset > 0 && width < 7)) return text(s);
      return onBytes(text(s), (view) => {
        // Go's difference of the two runs over for the least offsets of all.
        const isBeyond = BigInt.asIntN(64, BigInt(view.length) - integer(left)) < 0n;
        return abbreviate(view, isBeyond ? view.length : offset, width);
      });
    },
  },
  {
    name: 'wrap',
    parameters: ['int', 'string'],
    result: 'string',
    call: ([width, s], context) => {
      const value = text(s);
      context.spend(2 * value.length);
      return onBytes(value, (view) => wrap(view, { width: count(width), separator: '\n', breaksWords: false }));
    },
  },
  {
    name: 'wrapWith',
    parameters: ['int', 'string', 'string'],
    result: 'string',
    call: ([width, separator, s], context) => {
      const [value, between] = [text(s), byteView(text(separator)) || '\n'];
      const lines = Math.ceil(value.length / Math.max(1, count(width)));
      context.spend(2 * value.length + lines * between.length);
      return onBytes(value, (view) => wrap(view, { width: count(width), separator: between, breaksWords: true }));
    },
  },
];

/** A text as one character (U+0000 to U+00FF) for each of its bytes. */
export function byteView(value: string): string {
  return isAscii(value) ? value : Buffer.from(goBytes(value)).toString('latin1');
}

/** Applies a function of bytes to a text. */
function onBytes(value: string, apply: (view: string) => string): string {
  if (isAscii(value)) {
    const result = apply(value);
    return isAscii(result) ? result : fromByteView(result);
  }
  return fromByteView(apply(byteView(value)));
}

/** The text of a view made by byteView. */
export function fromByteView(view: string): string {
  return goString(Buffer.from(view, 'latin1'));
}

function trunc(limit: number, value: string): string {
  // A text has at most three bytes for each of its units.
  if (limit >= 0 && value.length * 3 <= limit) return value;
  const length = byteLength(value);
  if (limit < 0 && length + limit > 0) return sliceBytes(value, length + limit, length);
  return limit >= 0 && length > limit ? sliceBytes(value, 0, limit) : value;
}

function substring(start: bigint, end: bigint, value: string): string {
  const length = BigInt(byteLength(value));
  if (start < 0n) {
    if (end < 0n) throw outOfRange(`[:${end}]`);
    if (end > length) throw outOfRange(`[:${end}] with length ${length}`);
    return sliceBytes(value, 0, Number(end));
  }
  const last = end < 0n || end > length ? length : end;
  if (start > last) throw outOfRange(`[${start}:${last}]`);
  return sliceBytes(value, Number(start), Number(last));
}

function outOfRange(bounds: string): FunctionError {
  return new FunctionError(`runtime error: slice bounds out of range ${bounds}`);
}

/** AbbreviateFull of goutils; "" where it gives an error. */
function abbreviate(value: string, left: number, width: number): string {
  const length = value.length;
  if (value === '' || width < 4) return '';
  if (length <= width) return value;
  let offset = Math.min(left, length);
  if (length - offset < width - 3) offset = length - (width - 3);
  if (offset <= 4) return `${value.slice(0, width - 3)}...`;
  if (width < 7) return '';
  if (offset + width - 3 < length) return `...${abbreviate(value.slice(offset), 0, width - 3)}`;
  return `...${value.slice(length - (width - 3))}`;
}

/** WrapCustom of goutils: breaks at the last space that fits; leading spaces of a line go. */
function wrap(value: string, options: { width: number; separator: string; breaksWords: boolean }): string {
  const width = Math.max(1, options.width);
  const lines: string[] = [];
  let offset = 0;
  while (value.length - offset > width) {
    if (value[offset] === ' ') {
      offset++;
      continue;
    }
    const space = value.lastIndexOf(' ', offset + width);
    if (space >= offset) {
      lines.push(value.slice(offset, space));
      offset = space + 1;
    } else if (options.breaksWords) {
      lines.push(value.slice(offset, offset + width));
      offset += width;
    } else {
      const end = value.indexOf(' ', offset + width);
      if (end < 0) break;
      lines.push(value.slice(offset, end));
      offset = end + 1;
    }
  }
  lines.push(value.slice(offset));
  return lines.join(options.separator);
}
