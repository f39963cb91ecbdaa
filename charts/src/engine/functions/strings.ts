/**
 * Functions on texts: trim, replace, split, join, quote, indent, ... Follows Sprig 3.3.0 over Go's strings, where a
 * text is bytes and an empty separator is between characters.
 */
import { byteLength, normalizeString } from '../gotemplate/bytes.ts';
import { GoMap, GoSlice, type GoValue } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { quote } from '../gotemplate/quote.ts';
import { count, integer, text } from './arguments.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { strslice, strval } from './strval.ts';
import { runesOf, trimSpace } from './unicode.ts';
import { byteView, fromByteView } from './wrapping.ts';

/** hello, trim..., contains, hasPrefix, replace, repeat, indent, quote, cat, join, split..., plural, toString(s). */
export const stringFunctions: readonly TemplateFunction[] = [
  { name: 'hello', parameters: [], result: 'string', call: () => 'Hello!' },
  { name: 'trim', parameters: ['string'], result: 'string', call: ([s]) => trimSpace(text(s)) },
  { name: 'trimAll', parameters: ['string', 'string'], result: 'string', call: ([cut, s]) => trim(text(s), text(cut)) },
  { name: 'trimall', parameters: ['string', 'string'], result: 'string', call: ([cut, s]) => trim(text(s), text(cut)) },
  {
    name: 'trimSuffix',
    parameters: ['string', 'string'],
    result: 'string',
    call: ([end, s]) =>
      onUnits([text(s), text(end)], ([value = '', suffix = '']) =>
        suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
      ),
  },
  {
    name: 'trimPrefix',
    parameters: ['string', 'string'],
    result: 'string',
    call: ([start, s]) =>
      onUnits([text(s), text(start)], ([value = '', prefix = '']) =>
        value.startsWith(prefix) ? value.slice(prefix.length) : value,
      ),
  },
  predicate('contains', (part, whole) => whole.includes(part)),
  predicate('hasPrefix', (part, whole) => whole.startsWith(part)),
  predicate('hasSuffix', (part, whole) => whole.endsWith(part)),
  {
    name: 'replace',
    parameters: ['string', 'string', 'string'],
    result: 'string',
    call: ([old, replacement, s], context) => replace(text(s), { old: text(old), by: text(replacement) }, context),
  },
  {
    name: 'repeat',
    parameters: ['int', 'string'],
    result: 'string',
    call: ([times, s], context) => repeat(text(s), integer(times), context),
  },
  {
    name: 'indent',
    parameters: ['int', 'string'],
    result: 'string',
    call: ([spaces, s], context) => indent(text(s), integer(spaces), context),
  },
  {
    name: 'nindent',
    parameters: ['int', 'string'],
    result: 'string',
    call: ([spaces, s], context) => `\n${indent(text(s), integer(spaces), context)}`,
  },
  {
    name: 'quote',
    parameters: ['...interface {}'],
    result: 'string',
    call: (args, context) =>
      joined(
        present(args).map((arg) => quote(strval(arg))),
        ' ',
        context,
      ),
  },
  {
    name: 'squote',
    parameters: ['...interface {}'],
    result: 'string',
    call: (args, context) =>
      joined(
        present(args).map((arg) => `'${formatValue(arg)}'`),
        ' ',
        context,
      ),
  },
  {
    name: 'cat',
    parameters: ['...interface {}'],
    result: 'string',
    call: (args, context) => joined(present(args).map(formatValue), ' ', context),
  },
  {
    name: 'join',
    parameters: ['string', 'interface {}'],
    result: 'string',
    call: ([separator, list], context) => joined(strslice(list), text(separator), context),
  },
  { name: 'toString', parameters: ['interface {}'], result: 'string', call: ([value]) => strval(value) },
  {
    name: 'toStrings',
    parameters: ['interface {}'],
    result: '[]string',
    call: ([list]) =>
      list instanceof GoSlice && list.type === '[]string' ? list : new GoSlice('string', strslice(list)),
  },
  {
    name: 'splitList',
    parameters: ['string', 'string'],
    result: '[]string',
    call: ([separator, s], context) =>
      new GoSlice('string', split(text(s), { by: text(separator), limit: -1 }, context)),
  },
  {
    name: 'split',
    parameters: ['string', 'string'],
    result: 'map[string]string',
    call: ([separator, s], context) => numbered(split(text(s), { by: text(separator), limit: -1 }, context), context),
  },
  {
    name: 'splitn',
    parameters: ['string', 'int', 'string'],
    result: 'map[string]string',
    call: ([separator, limit, s], context) =>
      numbered(split(text(s), { by: text(separator), limit: count(limit) }, context), context),
  },
  {
    name: 'plural',
    parameters: ['string', 'string', 'int'],
    result: 'string',
    call: ([one, many, number]) => (integer(number) === 1n ? text(one) : text(many)),
  },
];

/** strings.Split and SplitN: at most `limit` parts, all if it is negative. */
export function split(value: string, options: { by: string; limit: number }, context: CallContext): string[] {
  const { by, limit } = options;
  if (limit === 0) return [];
  // A part costs a few words besides its text.
  if (by === '') {
    const runes = Array.from(value);
    context.spend(runes.length * 16);
    if (limit < 0 || limit >= runes.length) return runes;
    return [...runes.slice(0, limit - 1), runes.slice(limit - 1).join('')];
  }
  const [whole = '', separator = ''] = units([value, by]);
  const parts = whole.split(separator);
  context.spend(value.length + parts.length * 16);
  context.work?.(parts.length * 8);
  const kept =
    limit < 0 || limit >= parts.length ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
  return whole === value ? kept : kept.map(fromByteView);
}

/** With the u flag only what is no half of a pair. */
const loneByte = /[\udc80-\udcff]/u;

/** The texts as they are, or byte by byte if one has bytes that are no UTF-8: those may be part of a character. */
function units(values: readonly string[]): readonly string[] {
  return values.some((value) => loneByte.test(value)) ? values.map(byteView) : values;
}

function onUnits(values: readonly string[], apply: (values: readonly string[]) => string): string {
  const viewed = units(values);
  return viewed === values ? apply(values) : fromByteView(apply(viewed));
}

function predicate(name: string, holds: (part: string, whole: string) => boolean): TemplateFunction {
  return {
    name,
    parameters: ['string', 'string'],
    result: 'bool',
    call: ([part, whole]) => {
      const [a = '', b = ''] = units([text(part), text(whole)]);
      return holds(a, b);
    },
  };
}

function trim(value: string, cutset: string): string {
  if (cutset === '') return value;
  const cut = new Set(runesOf(cutset));
  const chars = Array.from(value);
  const runes = runesOf(value);
  let start = 0;
  let end = chars.length;
  while (start < end && cut.has(runes[start] ?? '')) start++;
  while (end > start && cut.has(runes[end - 1] ?? '')) end--;
  return chars.slice(start, end).join('');
}

function replace(value: string, change: { old: string; by: string }, context: CallContext): string {
  if (change.old === '') {
    const chars = Array.from(value);
    context.spend((chars.length + 1) * change.by.length + value.length);
    return change.by + chars.map((char) => char + change.by).join('');
  }
  return onUnits([value, change.old, change.by], ([whole = '', old = '', by = '']) => {
    const parts = whole.split(old);
    context.spend((parts.length - 1) * by.length + whole.length);
    return parts.join(by);
  });
}

function repeat(value: string, times: bigint, context: CallContext): string {
  if (times < 0n) throw new FunctionError('strings: negative Repeat count');
  if (value === '' || times === 0n) return '';
  context.spend(byteLength(value) * Number(times));
  return value.repeat(Number(times));
}

function indent(value: string, spaces: bigint, context: CallContext): string {
  if (spaces < 0n) throw new FunctionError('strings: negative Repeat count');
  let lines = 1;
  for (let i = value.indexOf('\n'); i >= 0; i = value.indexOf('\n', i + 1)) lines++;
  context.spend(value.length + lines * Number(spaces));
  const pad = ' '.repeat(Number(spaces));
  return pad + (lines === 1 ? value : value.replaceAll('\n', `\n${pad}`));
}

function present(values: readonly GoValue[]): GoValue[] {
  return values.filter((value) => value !== null && value !== undefined);
}

function joined(parts: readonly string[], separator: string, context: CallContext): string {
  let length = Math.max(0, parts.length - 1) * separator.length;
  for (const part of parts) length += part.length;
  context.spend(length);
  return normalizeString(parts.join(separator));
}

/** `_0`, `_1`, ... as `split` names its parts. */
function numbered(parts: readonly string[], context: CallContext): GoMap {
  context.work?.(parts.length * 16);
  return new GoMap('string', new Map(parts.map((part, i) => [`_${i}`, part])));
}
