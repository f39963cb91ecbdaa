/**
 * Template functions as Handlebars helpers: their names, and arguments as the functions want them. The types are Go's
 * and are checked as for Go templates, but for two things that a language without types needs: an integer goes for a
 * float and a float without a fraction for an integer, and comparisons take numbers of any type.
 */
import { FunctionError, type TemplateFunction } from '../functions/function.ts';
import { argumentCountError, parameterType } from '../gotemplate/exec/field.ts';
import { assign, canBeNil, nilArgument } from '../gotemplate/exec/parameter.ts';
import { builtins } from '../gotemplate/funcs.ts';
import { integerOf, isSignedKind, isTruthy, isUnsignedKind, typeName } from '../gotemplate/go-types.ts';
import { GoNumber, type GoValue, type NumberKind } from '../gotemplate/go-value.ts';
import { fieldOf, printed } from './value.ts';

/** Handlebars has a `lookup` of its own: that of cluster objects has another name here. */
const renamed: ReadonlyMap<string, string> = new Map([['lookup', 'lookupObject']]);

/** Calls a function that is a value; no template here can have one. */
const withoutMeaning: ReadonlySet<string> = new Set(['call']);

const comparisons: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);

/** Helpers that are not functions of the table, or are other ones. */
const own: readonly TemplateFunction[] = [
  {
    name: 'and',
    parameters: ['interface {}', '...interface {}'],
    result: 'interface {}',
    call: (args) => firstOrLast(args, (value) => !isTruthy(value)),
  },
  {
    name: 'or',
    parameters: ['interface {}', '...interface {}'],
    result: 'interface {}',
    call: (args) => firstOrLast(args, isTruthy),
  },
  {
    name: 'lookup',
    parameters: ['reflect.Value', 'reflect.Value'],
    result: 'reflect.Value',
    call: ([value, key]) => fieldOf(value, printed(key)),
  },
  // Handlebars writes to a console, which rendering has none of.
  { name: 'log', parameters: ['...reflect.Value'], result: 'reflect.Value', call: () => undefined },
];

/** Helpers by name: text/template's own functions and those of the table. */
export function helperTable(functions: ReadonlyMap<string, TemplateFunction>): ReadonlyMap<string, TemplateFunction> {
  const helpers = new Map<string, TemplateFunction>();
  for (const each of [...builtins.values(), ...functions.values()]) {
    if (withoutMeaning.has(each.name)) continue;
    const name = renamed.get(each.name) ?? each.name;
    helpers.set(name, { ...each, name });
  }
  for (const each of own) helpers.set(each.name, each);
  return helpers;
}

function firstOrLast(args: readonly GoValue[], isWanted: (value: GoValue) => boolean): GoValue {
  const index = args.findIndex(isWanted);
  return args.at(index);
}

/** The arguments of a call, converted. Throws FunctionError. */
export function checkedArguments(
  name: string,
  parameters: readonly string[] | undefined,
  given: readonly GoValue[],
): readonly GoValue[] {
  if (parameters === undefined) return given;
  const wrongCount = argumentCountError(name, parameters, given.length);
  if (wrongCount !== undefined) throw new FunctionError(wrongCount);
  const args = given.map((value, index) => converted(value, parameterType(parameters, index)));
  return comparisons.has(name) ? comparable(args) : args;
}

/** Numbers of one type, if they are of several. */
function comparable(args: readonly GoValue[]): readonly GoValue[] {
  if (!args.some((value) => typeof value === 'number')) return args;
  return args.map((value) => {
    const integer = integerOf(value);
    return integer === undefined ? value : Number(integer);
  });
}

function converted(value: GoValue, type: string): GoValue {
  if (type === 'interface {}' || type === 'any') return value ?? null;
  if (type === 'reflect.Value') return value;
  if (value === undefined || value === null) {
    if (canBeNil(type)) return nilArgument(type);
    throw new FunctionError(`wrong type for value; expected ${type}; got nothing`);
  }
  const assigned = assign(value, type) ?? number(value, type);
  if (assigned !== undefined) return assigned;
  throw new FunctionError(`wrong type for value; expected ${type}; got ${typeName(value)}`);
}

/** A number as one of another type that has the same value, if there is one. */
function number(value: GoValue, type: string): GoValue {
  const integer = typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : integerOf(value);
  if (type === 'float64') return integer === undefined ? undefined : Number(integer);
  if (integer === undefined || !(isSignedKind(type) || isUnsignedKind(type))) return undefined;
  const bits = Number(/\d+$/.exec(type)?.[0] ?? '64');
  const fitted = isSignedKind(type) ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer);
  if (fitted !== integer) return undefined;
  return type === 'int' ? integer : new GoNumber(type, type as NumberKind, integer);
}
