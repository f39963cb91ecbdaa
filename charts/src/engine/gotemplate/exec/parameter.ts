/**
 * Arguments and the types that functions want: the checks and conversions of validateType and evalArg in
 * text/template's exec.go (Go 1.26).
 */
import { isSignedKind, isUnsignedKind, typeName } from '../go-types.ts';
import {
  GoMap,
  GoNumber,
  GoSlice,
  GoStruct,
  type GoValue,
  inInterface,
  type NumberKind,
  nilMap,
  nilSlice,
} from '../go-value.ts';
import { type NumberNode, nodeText, type Operand } from '../node.ts';
import type { RenderState } from './render-state.ts';

/** A parameter's type, and what it does to an argument. */
export interface Parameter {
  /** Go's name, e.g. `map[string]interface {}`. */
  readonly type: string;
  /** The argument as the function wants it. Throws where Go says `wrong type for value; ...`. */
  readonly check: (state: RenderState, value: GoValue) => GoValue;
}

const aliases: ReadonlyMap<string, string> = new Map([
  ['any', 'interface {}'],
  ['interface{}', 'interface {}'],
  ['byte', 'uint8'],
  ['rune', 'int32'],
  ['[]byte', '[]uint8'],
  ['[]any', '[]interface {}'],
  ['[]interface{}', '[]interface {}'],
  ['map[string]any', 'map[string]interface {}'],
  ['map[string]interface{}', 'map[string]interface {}'],
]);

const known = new Map<string, Parameter>();

/** The parameter of a type. `...T` is not a type: strip the dots. */
export function parameterOf(name: string): Parameter {
  const type = aliases.get(name) ?? name;
  let parameter = known.get(type);
  if (parameter === undefined) {
    parameter = { type, check: checkFor(type) };
    known.set(type, parameter);
  }
  return parameter;
}

function checkFor(type: string): Parameter['check'] {
  switch (type) {
    case 'interface {}':
      return (_state, value) => {
        if (value === undefined) return null;
        return value instanceof GoStruct ? inInterface(value) : value;
      };
    case 'reflect.Value':
      return (_state, value) => value;
    case 'string':
      return (state, value) => (typeof value === 'string' ? value : mismatch(state, value, type));
    case 'map[string]interface {}':
      return (state, value) => (value instanceof Map ? value : mismatch(state, value, type));
    case '[]interface {}':
      return (state, value) => (Array.isArray(value) ? value : mismatch(state, value, type));
    default:
      return (state, value) => (typeName(value) === type ? value : mismatch(state, value, type));
  }
}

/** An argument that is not of the very type: nil, a named type of the same make, a pointer, or an error. */
function mismatch(state: RenderState, value: GoValue, type: string): GoValue {
  if (value === undefined) {
    if (canBeNil(type)) return nilArgument(type);
    throw state.error(`invalid value; expected ${type}`);
  }
  const assigned = assign(value, type);
  if (assigned !== undefined) return assigned;
  throw state.error(`wrong type for value; expected ${type}; got ${value === null ? 'interface {}' : typeName(value)}`);
}

/** A value as one of an assignable type: named maps and slices, and pointers whose element is wanted. */
export function assign(value: GoValue, type: string): GoValue {
  if (value instanceof GoMap && type === `map[string]${value.elem}`) {
    return value.elem === 'interface {}' && !value.isNil ? value.entries : value;
  }
  if (value instanceof GoSlice && type === `[]${value.elem}`) {
    return value.elem === 'interface {}' && !value.isNil ? value.items : value;
  }
  if (typeName(value) === type && value !== null) return value;
  if (value instanceof GoStruct && value.type.pointer && value.type.name === `*${type}`) return value;
  return undefined;
}

/** True if an untyped nil can be assigned to the type. */
export function canBeNil(type: string): boolean {
  return (
    type === 'interface {}' ||
    type === 'reflect.Value' ||
    type === 'error' ||
    type.startsWith('[]') ||
    type.startsWith('map[') ||
    type.startsWith('*') ||
    type.startsWith('func(')
  );
}

/** The value of `nil` as an argument. */
export function nilArgument(type: string): GoValue {
  if (type === 'reflect.Value') return undefined;
  if (type.startsWith('map[string]')) return nilMap(type.slice('map[string]'.length));
  if (type.startsWith('[]')) return nilSlice(type.slice(2));
  return null;
}

/** A literal as a value of a type, or the error's text. */
export function literalArgument(node: Operand, type: string): { value: GoValue } | { error: string } {
  if (type === 'interface {}' || type === 'reflect.Value') return literalValue(node);
  if (type === 'string' && node.type === 'string') return { value: node.text };
  if (type === 'bool' && node.type === 'bool') return { value: node.value };
  const found = nodeText(node);
  if (type === 'bool' || type === 'string') return { error: `expected ${type}; found ${found}` };
  const number = node.type === 'number' ? node.number : undefined;
  if (isSignedKind(type) || type === 'time.Duration') {
    if (number?.int === undefined) return { error: `expected integer; found ${found}` };
    return {
      value: type === 'int' ? number.int : sized(type === 'time.Duration' ? 'int64' : (type as NumberKind), number.int),
    };
  }
  if (isUnsignedKind(type)) {
    if (number?.uint === undefined) return { error: `expected unsigned integer; found ${found}` };
    return { value: sized(type as NumberKind, number.uint) };
  }
  if (type === 'float64' || type === 'float32') {
    if (number?.float === undefined) return { error: `expected float; found ${found}` };
    return { value: type === 'float64' ? number.float : new GoNumber(type, type, Math.fround(number.float)) };
  }
  if (type === 'complex128') {
    if (number?.complex === undefined) return { error: `expected complex; found ${found}` };
    return { value: new GoNumber(type, type, number.complex.real, number.complex.imaginary) };
  }
  return { error: `can't handle ${found} for arg of type ${type}` };
}

function sized(kind: NumberKind, value: bigint): GoNumber {
  const bits = Number(/[0-9]+$/.exec(kind)?.[0] ?? '64');
  return new GoNumber(kind, kind, kind.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value));
}

/** A literal where nothing says what type it should have: Go's rules for ideal constants. */
export function literalValue(node: Operand): { value: GoValue } | { error: string } {
  switch (node.type) {
    case 'bool':
      return { value: node.value };
    case 'string':
      return { value: node.text };
    case 'number':
      return idealConstant(node);
    default:
      return { error: `can't handle assignment of ${nodeText(node)} to empty interface argument` };
  }
}

function idealConstant(node: NumberNode): { value: GoValue } | { error: string } {
  const { number, text } = node;
  if (number.complex !== undefined) {
    return { value: new GoNumber('complex128', 'complex128', number.complex.real, number.complex.imaginary) };
  }
  const isHexInt = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (number.float !== undefined && !isHexInt && !text.startsWith("'") && /[.eEpP]/.test(text)) {
    return { value: number.float };
  }
  return number.int === undefined ? { error: `${text} overflows int` } : { value: number.int };
}
