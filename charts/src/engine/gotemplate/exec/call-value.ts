/** The `call` builtin: calling a function that is a value. Follows call of text/template's funcs.go (Go 1.26). */
import { FunctionError } from '../../functions/function.ts';
import { typeName } from '../go-types.ts';
import { GoFunction, type GoValue } from '../go-value.ts';
import { argumentCountError, parameterType } from './field.ts';
import { assign, canBeNil } from './parameter.ts';

/** Calls a function value with checked arguments. Throws FunctionError. */
export function callFunctionValue(name: string, callee: GoValue, args: readonly GoValue[]): GoValue {
  if (callee === null || callee === undefined) throw new FunctionError('call of nil');
  if (!(callee instanceof GoFunction)) {
    throw new FunctionError(`non-function ${name} of type ${typeName(callee)}`);
  }
  const parameters = parametersOf(callee.type);
  const wrongCount = argumentCountError(name, parameters, args.length);
  if (wrongCount !== undefined) {
    // This builtin words it the other way round.
    throw new FunctionError(wrongCount.replace(/: want (at least )?(\d+) got (\d+)$/, ': got $3 want $1$2'));
  }
  return callee.call(args.map((arg, index) => prepare(arg, parameterType(parameters, index), index)));
}

function prepare(value: GoValue, type: string, index: number): GoValue {
  if (type === 'interface {}' || type === 'reflect.Value') return value ?? null;
  if (value === null || value === undefined) {
    if (canBeNil(type)) return null;
    throw new FunctionError(`arg ${index}: value is nil; should be of type ${type}`);
  }
  const assigned = assign(value, type);
  if (assigned !== undefined) return assigned;
  throw new FunctionError(`arg ${index}: value has type ${typeName(value)}; should be ${type}`);
}

/** The parameter types of `func(string, ...int) string`. */
function parametersOf(type: string): readonly string[] {
  const list = /^func\(([^()]*)\)/.exec(type)?.[1] ?? '';
  return list === '' ? [] : list.split(',').map((part) => part.trim());
}

/** reflect.Value's String: the string itself, or its type in angle brackets. */
export function valueString(value: GoValue): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '<invalid Value>' : `<${typeName(value)} Value>`;
}
