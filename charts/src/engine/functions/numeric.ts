/**
 * Functions on numbers: add, div, max, floor, round, until, seq, int, ... Follows Sprig 3.3.0: whole numbers are int64
 * and wrap around, fractions are counted in decimal.
 */
import { GoSlice, type GoValue, int64 } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { count, float, integer, text } from './arguments.ts';
import { toFloat64, toInt64 } from './cast.ts';
import {
  addDecimals,
  type Decimal,
  decimalFromFloat,
  decimalToFloat,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from './decimal.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { parseInteger } from './parse-number.ts';
import { powerOf } from './power.ts';

/** int, float64, add..., addf..., max, min, floor, ceil, round, until, untilStep, seq, toDecimal. */
export const numericFunctions: readonly TemplateFunction[] = [
  { name: 'int', parameters: ['interface {}'], result: 'int', call: ([value]) => toInt64(value) },
  { name: 'int64', parameters: ['interface {}'], result: 'int64', call: ([value]) => int64(toInt64(value)) },
  { name: 'float64', parameters: ['interface {}'], result: 'float64', call: ([value]) => toFloat64(value) },
  { name: 'atoi', parameters: ['string'], result: 'int', call: ([value]) => atoi(text(value)) },
  { name: 'toDecimal', parameters: ['interface {}'], result: 'int64', call: ([value]) => int64(fromOctal(value)) },
  { name: 'add1', parameters: ['interface {}'], result: 'int64', call: ([value]) => int64(toInt64(value) + 1n) },
  {
    name: 'add',
    parameters: ['...interface {}'],
    result: 'int64',
    call: (args) => int64(args.reduce((sum: bigint, arg) => sum + toInt64(arg), 0n)),
  },
  binary('sub', (a, b) => a - b),
  binary('div', (a, b) => a / nonZero(b)),
  binary('mod', (a, b) => a % nonZero(b)),
  {
    name: 'mul',
    parameters: ['interface {}', '...interface {}'],
    result: 'int64',
    call: (args) => int64(args.reduce((product: bigint, arg) => BigInt.asIntN(64, product * toInt64(arg)), 1n)),
  },
  extreme('max', (best, next) => next > best),
  extreme('biggest', (best, next) => next > best),
  extreme('min', (best, next) => next < best),
  {
    name: 'add1f',
    parameters: ['interface {}'],
    result: 'float64',
    call: ([value]) => inDecimal([value, 1n], addDecimals),
  },
  {
    name: 'addf',
    parameters: ['...interface {}'],
    result: 'float64',
    call: (args) => inDecimal([0, ...args], addDecimals),
  },
  decimal('subf', subtractDecimals),
  decimal('divf', divideDecimals),
  decimal('mulf', multiplyDecimals),
  {
    name: 'maxf',
    parameters: ['interface {}', '...interface {}'],
    result: 'float64',
    call: (args) => args.map(toFloat64).reduce(maximum),
  },
  {
    name: 'minf',
    parameters: ['interface {}', '...interface {}'],
    result: 'float64',
    call: (args) => args.map(toFloat64).reduce((a, b) => -maximum(-a, -b)),
  },
  { name: 'floor', parameters: ['interface {}'], result: 'float64', call: ([value]) => Math.floor(toFloat64(value)) },
  { name: 'ceil', parameters: ['interface {}'], result: 'float64', call: ([value]) => Math.ceil(toFloat64(value)) },
  {
    name: 'round',
    parameters: ['interface {}', 'int', '...float64'],
    result: 'float64',
    call: ([value, places, on]) => round(toFloat64(value), count(places), on === undefined ? 0.5 : float(on)),
  },
  {
    name: 'until',
    parameters: ['int'],
    result: '[]int',
    call: ([stop], context) => {
      const range = { start: 0n, stop: integer(stop), step: integer(stop) < 0n ? -1n : 1n };
      return new GoSlice('int', until(range, context));
    },
  },
  {
    name: 'untilStep',
    parameters: ['int', 'int', 'int'],
    result: '[]int',
    call: ([start, stop, step], context) =>
      new GoSlice('int', until({ start: integer(start), stop: integer(stop), step: integer(step) }, context)),
  },
  {
    name: 'seq',
    parameters: ['...int'],
    result: 'string',
    call: (args, context) => sequence(args.map(integer), context),
  },
];

function binary(name: string, apply: (a: bigint, b: bigint) => bigint): TemplateFunction {
  return {
    name,
    parameters: ['interface {}', 'interface {}'],
    result: 'int64',
    call: ([a, b]) => int64(apply(toInt64(a), toInt64(b))),
  };
}

function extreme(name: string, isBetter: (best: bigint, next: bigint) => boolean): TemplateFunction {
  return {
    name,
    parameters: ['interface {}', '...interface {}'],
    result: 'int64',
    call: (args) => int64(args.map(toInt64).reduce((best, next) => (isBetter(best, next) ? next : best))),
  };
}

function decimal(name: string, apply: (a: Decimal, b: Decimal) => Decimal): TemplateFunction {
  return {
    name,
    parameters: ['interface {}', '...interface {}'],
    result: 'float64',
    call: (args) => inDecimal(args, apply),
  };
}

function inDecimal(values: readonly GoValue[], apply: (a: Decimal, b: Decimal) => Decimal): number {
  return decimalToFloat(values.map((value) => decimalFromFloat(toFloat64(value))).reduce(apply));
}

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new FunctionError('runtime error: integer divide by zero');
  return divisor;
}

/** math.Max: an infinity wins over NaN, and 0 over -0. */
function maximum(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.max(a, b);
}

/** strconv.Atoi without its error: the nearest int where out of range, 0 where no number. */
function atoi(value: string): bigint {
  const parsed = parseInteger(value, 10);
  if (typeof parsed === 'bigint') return parsed;
  if (parsed === 'syntax') return 0n;
  return value.startsWith('-') ? -(2n ** 63n) : 2n ** 63n - 1n;
}

function fromOctal(value: GoValue): bigint {
  const parsed = parseInteger(formatValue(value), 8);
  return typeof parsed === 'bigint' ? parsed : 0n;
}

function round(value: number, places: number, on: number): number {
  const power = powerOf(10, places);
  const scaled = power * value;
  const fraction = Number.isFinite(scaled) ? scaled - Math.trunc(scaled) : Number.NaN;
  return (fraction >= on ? Math.ceil(scaled) : Math.floor(scaled)) / power;
}

interface Range {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
}

/** A number that is kept takes 32 bytes. */
const STEPS_A_NUMBER = 7;

/** The numbers from start to before stop, none if the step leads away from it. */
function until(range: Range, context: CallContext): bigint[] {
  const { start, stop, step } = range;
  if (stop < start ? step >= 0n : step <= 0n) return [];
  const distance = stop - start;
  const length = (distance + step + (step > 0n ? -1n : 1n)) / step;
  context.spend(Number(length) * 8);
  context.work?.(Number(length) * STEPS_A_NUMBER);
  const values: bigint[] = [];
  for (let i = 0, value = start; i < Number(length); i++, value += step) values.push(value);
  return values;
}

/** `seq` as the shell's: last; first last; first step last. */
function sequence(args: readonly bigint[], context: CallContext): string {
  const [first = 0n, second = 0n, third = 0n] = args;
  const write = (start: bigint, end: bigint, step: bigint) => {
    const stop = BigInt.asIntN(64, end + (end < start ? -1n : 1n));
    return until({ start, stop, step }, context).join(' ');
  };
  if (args.length === 1) return write(1n, first, first < 1n ? -1n : 1n);
  if (args.length === 2) return write(first, second, second < first ? -1n : 1n);
  if (args.length !== 3) return '';
  return third < first && second > 0n ? '' : write(first, third, second);
}
