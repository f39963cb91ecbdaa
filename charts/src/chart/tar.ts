/**
 * Tape archives, as far as charts need them: reading ustar, GNU long names and PAX paths from bytes in memory, and
 * writing ustar with PAX where a name is too long. Follows Go's archive/tar in what it takes for a header.
 */
import { goBytes, goString } from '../engine/gotemplate/bytes.ts';
import { ChartError } from './chart-error.ts';

export interface TarEntry {
  /** As in the archive: not yet checked for `..` and the like. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'special';
  readonly data: Uint8Array;
}

const block = 512;

/** Bytes of a PAX or long-name header; Go's limit too. */
const maxHeaderBytes = 1024 * 1024;

/** Reads entry by entry. Throws ChartError InvalidArchive for a broken header or a cut-off file. */
export function* readTar(bytes: Uint8Array): Generator<TarEntry> {
  let at = 0;
  let longName: string | undefined;
  let pax = new Map<string, string>();
  while (at + block <= bytes.length) {
    const header = bytes.subarray(at, at + block);
    if (header[0] === 0 && sumOf(header) === 0) return;
    checkSum(header);
    at += block;
    const size = paxSize(pax) ?? readNumber(header.subarray(124, 136));
    const data = bytes.subarray(at, at + size);
    if (data.length < size) throw broken('unexpected EOF');
    at += Math.ceil(size / block) * block;
    const flag = String.fromCharCode(header[156] ?? 0);
    if (/[xgLK]/.test(flag) && size > maxHeaderBytes) throw broken('archive/tar: header field too long');
    if (flag === 'x') pax = readPax(data);
    else if (flag === 'L') longName = goString(data).replace(/\0[\s\S]*$/, '');
    else if (flag !== 'g' && flag !== 'K') {
      const name = pax.get('path') ?? longName ?? headerName(header);
      yield { name, kind: kindOf(flag, name), data };
      longName = undefined;
      pax = new Map();
    }
  }
  if (at < bytes.length && bytes.subarray(at).some((byte) => byte !== 0)) throw broken('unexpected EOF');
}

/** Writes files in the given order, with mode 0644 and the time 0, so that equal input gives equal bytes. */
export function writeTar(files: readonly { readonly name: string; readonly data: Uint8Array }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, data } of files) {
    const split = splitName(goBytes(name));
    if (split === undefined) {
      const record = paxRecord('path', name);
      pushEntry(parts, { name: goBytes('PaxHeaders.0/path'), flag: 'x', data: record });
    }
    pushEntry(parts, { ...(split ?? { name: goBytes(name).subarray(0, 100) }), flag: '0', data });
  }
  parts.push(new Uint8Array(2 * block));
  return concat(parts);
}

function kindOf(flag: string, name: string): TarEntry['kind'] {
  if (flag === '5' || name.endsWith('/')) return 'directory';
  if (flag === '1' || flag === '2') return 'link';
  return flag === '0' || flag === '\0' || flag === '7' ? 'file' : 'special';
}

function checkSum(header: Uint8Array): void {
  const stated = readNumber(header.subarray(148, 156));
  // The sum's own field counts as eight spaces.
  const unsigned = sumOf(header) - sumOf(header.subarray(148, 156)) + 8 * 32;
  if (stated === unsigned) return;
  // Some writers took bytes for signed numbers.
  const negative = (bytes: Uint8Array): number => bytes.filter((byte) => byte > 127).length;
  const signed = unsigned - 256 * (negative(header) - negative(header.subarray(148, 156)));
  if (stated !== signed) throw broken('archive/tar: invalid tar header');
}

/** The sum of a header's bytes, or of some whole words of it. */
function sumOf(bytes: Uint8Array): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
  const { length } = words;
  let sums = 0;
  // Code that is not optimized yet takes words, by index, much faster than bytes. Half of the bytes are
  // summed in the lower 16 bits, half in the upper, which hold that of 256 bytes.
  for (let i = 0; i < length; i++) {
    const word = words[i] ?? 0;
    sums += (word & 0xff00ff) + ((word >>> 8) & 0xff00ff);
  }
  return (sums & 0xffff) + (sums >>> 16);
}

function headerName(header: Uint8Array): string {
  const name = cString(header.subarray(0, 100));
  const ustar = goString(header.subarray(257, 263)) === 'ustar\0';
  const prefix = ustar ? cString(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cString(field: Uint8Array): string {
  const end = field.indexOf(0);
  return goString(end < 0 ? field : field.subarray(0, end));
}

/** An octal number, or GNU's base 256 when the first bit is set. */
function readNumber(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value) || (first & 0x40) !== 0) throw broken('archive/tar: invalid tar header');
    return value;
  }
  const digits = cString(field).replace(/^[ ]+|[ ]+$/g, '');
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw broken('archive/tar: invalid tar header');
  return Number.parseInt(digits, 8);
}

/** Records `LENGTH KEY=VALUE\n`. */
function readPax(data: Uint8Array): Map<string, string> {
  const out = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    const length = Number(goString(data.subarray(at, space)));
    const record = goString(data.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > data.length || equals < 1) {
      throw broken('archive/tar: invalid tar header');
    }
    out.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return out;
}

function paxSize(pax: ReadonlyMap<string, string>): number | undefined {
  const size = pax.get('size');
  if (size === undefined) return undefined;
  if (!/^\d{1,15}$/.test(size)) throw broken('archive/tar: invalid tar header');
  return Number(size);
}

function paxRecord(key: string, value: string): Uint8Array {
  const body = goBytes(` ${key}=${value}\n`);
  let length = body.length;
  while (body.length + String(length).length !== length) length = body.length + String(length).length;
  return concat([goBytes(String(length)), body]);
}

/** ustar's two name fields: 100 bytes, and 155 for leading folders; undefined where it does not fit. */
function splitName(name: Uint8Array): { name: Uint8Array; prefix?: Uint8Array } | undefined {
  if (name.length <= 100) return { name };
  for (let slash = name.indexOf(0x2f); slash >= 0 && slash <= 155; slash = name.indexOf(0x2f, slash + 1)) {
    const rest = name.length - slash - 1;
    if (rest > 0 && rest <= 100) return { name: name.subarray(slash + 1), prefix: name.subarray(0, slash) };
  }
  return undefined;
}

function pushEntry(
  parts: Uint8Array[],
  entry: { name: Uint8Array; prefix?: Uint8Array; flag: string; data: Uint8Array },
): void {
  const header = new Uint8Array(block);
  const octal = (value: number, at: number, width: number): void =>
    header.set(goBytes(`${value.toString(8).padStart(width - 1, '0')}\0`), at);
  header.set(entry.name, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(entry.data.length, 124, 12);
  octal(0, 136, 12);
  header.fill(32, 148, 156);
  header.set(goBytes(entry.flag), 156);
  header.set(goBytes('ustar\x0000'), 257);
  if (entry.prefix !== undefined) header.set(entry.prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(goBytes(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  parts.push(header, entry.data, new Uint8Array((block - (entry.data.length % block)) % block));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function broken(message: string): ChartError {
  return new ChartError('InvalidArchive', message);
}
