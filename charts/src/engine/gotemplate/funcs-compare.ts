/** eq, ne, lt, le, gt, ge: basicKind, eq and lt of text/template's funcs.go (Go 1.26). */
import { FunctionError } from '../functions/function.ts';
import { compareStrings } from './bytes.ts';
import { isSignedKind, isUnsignedKind, kindOf, typeName } from './go-types.ts';
import { GoMap, GoNumber, GoSlice, GoStruct, type GoValue } from './go-value.ts';
import { sprintf } from './printf.ts';

type BasicKind = 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint';

function basicKind(value: GoValue): BasicKind | undefined {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    default: {
      const kind = kindOf(value);
      if (isSignedKind(kind)) return 'int';
      if (isUnsignedKind(kind)) return 'uint';
      if (kind === 'float32') return 'float';
      return kind === 'complex128' ? 'complex' : undefined;
    }
  }
}

/** Integers as bigints, floats as numbers. */
function numberOf(value: GoValue): bigint | number {
  if (value instanceof GoNumber) return value.value;
  return value as bigint | number;
}

function incompatible(a: GoValue, b: GoValue): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

/** a == b. Throws FunctionError where the types do not compare. */
export function compareEqual(a: GoValue, b: GoValue): boolean {
  const left = basicKind(a);
  const right = basicKind(b);
  if (left !== right) {
    // Integers compare whatever their sign.
    if ((left === 'int' && right === 'uint') || (left === 'uint' && right === 'int')) {
      return numberOf(a) === numberOf(b);
    }
    if (isInvalid(a) || isInvalid(b)) return false;
    throw incompatible(a, b);
  }
  switch (left) {
    case 'string':
    case 'bool':
      return a === b;
    case 'int':
    case 'uint':
    case 'float':
      return numberOf(a) === numberOf(b);
    case 'complex':
      return numberOf(a) === numberOf(b) && (a as GoNumber).imaginary === (b as GoNumber).imaginary;
    default:
      return equalReferences(a, b);
  }
}

function isInvalid(value: GoValue): boolean {
  return value === null || value === undefined;
}

function isNilValue(value: GoValue): boolean {
  return isInvalid(value) || ((value instanceof GoMap || value instanceof GoSlice) && value.isNil);
}

/** Maps, slices, structs and nils: most compare with nil only. */
function equalReferences(a: GoValue, b: GoValue): boolean {
  if (!isInvalid(a) && !isInvalid(b) && kindOf(a) !== kindOf(b)) {
    const types = [typeName(a), typeName(b)];
    throw new FunctionError(sprintf('non-comparable types %s: %v, %s: %v', [a, types[0], types[1], b]));
  }
  if (isNilValue(a) || isNilValue(b)) return isNilValue(a) === isNilValue(b);
  if (!isComparable(b)) {
    throw new FunctionError(sprintf('non-comparable type %s: %v', [b, typeName(b)]));
  }
  if (a === b) return true;
  if (!(a instanceof GoStruct) || !(b instanceof GoStruct)) return false;
  if (a.type.pointer || a.type.name !== b.type.name) return false;
  return (
    equalNatives(a.native, b.native) && [...a.fields].every(([name, field]) => Object.is(field, b.fields.get(name)))
  );
}

/** What native types are made of: plain objects of primitives. */
function equalNatives(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const others = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === others.size && entries.every(([key, value]) => Object.is(value, others.get(key)));
}

function isComparable(value: GoValue): boolean {
  return value instanceof GoStruct;
}

/** a < b. Throws FunctionError where the types have no order. */
export function compareLess(a: GoValue, b: GoValue): boolean {
  const left = basicKind(a);
  const right = basicKind(b);
  if (left === undefined || right === undefined) throw new FunctionError('invalid type for comparison');
  if (left !== right) {
    if ((left === 'int' && right === 'uint') || (left === 'uint' && right === 'int')) {
      return numberOf(a) < numberOf(b);
    }
    throw incompatible(a, b);
  }
  switch (left) {
    case 'string':
      return compareStrings(a as string, b as string) < 0;
    case 'int':
    case 'uint':
    case 'float':
      return numberOf(a) < numberOf(b);
    default:
      throw new FunctionError('invalid type for comparison');
  }
}

/** a <= b, which is < or ==. */
export function compareLessOrEqual(a: GoValue, b: GoValue): boolean {
  return compareLess(a, b) || compareEqual(a, b);
}
