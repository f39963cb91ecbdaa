/**
 * A few functions for tests of the evaluator, which has to be trusted without the whole table: they are Sprig's and
 * Helm's by name and types, and just enough of them.
 */
import { FunctionError, type TemplateFunction } from '../functions/function.ts';
import { markWarning } from './exec/exec-error.ts';
import { type GoValue, int64 } from './go-value.ts';

type Row = readonly [name: string, parameters: readonly string[], result: string, call: TemplateFunction['call']];

const rows: readonly Row[] = [
  ['include', ['string', 'interface {}'], 'string', ([name, data], context) => context.include(String(name), data)],
  ['tpl', ['string', 'interface {}'], 'string', ([text, data], context) => context.tpl(String(text), data)],
  ['upper', ['string'], 'string', ([text]) => String(text).toUpperCase()],
  ['list', ['...interface {}'], '[]interface {}', (args) => [...args]],
  [
    'dict',
    ['...interface {}'],
    'map[string]interface {}',
    (args) => new Map(args.flatMap((key, i) => (i % 2 === 0 ? [[String(key), args[i + 1]] as const] : []))),
  ],
  ['keys', ['map[string]interface {}'], '[]string', ([map]) => [...(map as Map<string, GoValue>).keys()]],
  ['trunc', ['int', 'string'], 'string', ([length, text]) => String(text).slice(0, Number(length))],
  ['int64', ['interface {}'], 'int64', ([value]) => int64(BigInt(Math.trunc(Number(value))))],
  ['half', ['float64'], 'float64', ([value]) => Number(value) / 2],
  ['both', ['bool', 'uint8'], 'string', ([flag, byte]) => `${flag} ${(byte as { value: bigint }).value}`],
  [
    'fail',
    ['string'],
    'string',
    ([message]) => {
      throw new FunctionError(markWarning(String(message)));
    },
  ],
  [
    'broken',
    [],
    'string',
    () => {
      throw new FunctionError('it is broken');
    },
  ],
  [
    'fill',
    ['int'],
    'string',
    ([size], context) => {
      context.spend(Number(size));
      return 'x'.repeat(Number(size));
    },
  ],
];

/** The table of these functions. */
export const testFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  rows.map(([name, parameters, result, call]) => [name, { name, parameters, result, call }]),
);
