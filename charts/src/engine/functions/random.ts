/**
 * Random texts and numbers: randAlpha, randInt, shuffle, uuidv4, ... Follows Sprig 3.3.0 in alphabet and distribution;
 * all randomness comes from the render's source, so that a seeded source makes a render repeatable.
 */
import type { RandomSource } from '../engine.ts';
import { count, integer, text } from './arguments.ts';
import { encodeBase64 } from './encoding.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { runesOf } from './unicode.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');

/** randAlpha, randAlphaNum, randNumeric, randAscii, randBytes, randInt, shuffle, uuidv4. */
export const randomFunctions: readonly TemplateFunction[] = [
  ...(
    [
      ['randAlpha', LETTERS],
      ['randAlphaNum', LETTERS + DIGITS],
      ['randNumeric', DIGITS],
      ['randAscii', PRINTABLE],
    ] as const
  ).map(
    ([name, alphabet]): TemplateFunction => ({
      name,
      parameters: ['int'],
      result: 'string',
      call: ([length], context) => {
        // A negative length is an error that Sprig drops.
        const wanted = Math.max(0, count(length));
        context.spend(wanted);
        return randomText(alphabet, wanted, context.env.random);
      },
    }),
  ),
  {
    name: 'randBytes',
    parameters: ['int'],
    result: 'string',
    call: ([length], context) => {
      const wanted = count(length);
      if (wanted < 0) throw new FunctionError('runtime error: makeslice: len out of range');
      context.spend(wanted * 1.34);
      return encodeBase64(context.env.random.bytes(wanted));
    },
  },
  {
    name: 'randInt',
    parameters: ['int', 'int'],
    result: 'int',
    call: ([low, high], context) => {
      const span = BigInt.asIntN(64, integer(high) - integer(low));
      if (span <= 0n) throw new FunctionError('invalid argument to Intn');
      return integer(low) + randomBelow(span, context.env.random);
    },
  },
  {
    name: 'shuffle',
    parameters: ['string'],
    result: 'string',
    call: ([value], context) => {
      const runes = runesOf(text(value));
      for (let i = runes.length - 1; i > 0; i--) {
        const j = Number(randomBelow(BigInt(i + 1), context.env.random));
        [runes[i], runes[j]] = [runes[j] ?? '', runes[i] ?? ''];
      }
      return runes.join('');
    },
  },
  {
    name: 'uuidv4',
    parameters: [],
    result: 'string',
    call: (_, context) => uuid(context.env.random.bytes(16)),
  },
];

/** A whole number from 0 to below the limit, each as likely. */
export function randomBelow(limit: bigint, random: RandomSource): bigint {
  const bits = (limit - 1n).toString(2).length;
  const width = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    const value = numberOf(random.bytes(width)) & mask;
    if (value < limit) return value;
  }
}

/** Bytes as a whole number, the first the highest. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}

function randomText(alphabet: string, length: number, random: RandomSource): string {
  // The largest multiple of the alphabet's size in a byte: what is above it would favour the first letters.
  const limit = 256 - (256 % alphabet.length);
  let out = '';
  while (out.length < length) {
    for (const byte of random.bytes(length - out.length)) {
      if (byte < limit) out += alphabet[byte % alphabet.length];
    }
  }
  return out;
}

function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, i) => {
    if (i === 6) return (byte & 0x0f) | 0x40;
    return i === 8 ? (byte & 0x3f) | 0x80 : byte;
  })
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
