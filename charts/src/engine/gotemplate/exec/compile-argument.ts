/**
 * Arguments of functions and methods to closures that check them: evalArg of text/template's exec.go (Go 1.26).
 */

import { GoStruct, type GoValue, inInterface } from '../go-value.ts';
import type { Operand } from '../node.ts';
import { type Compiler, failing } from './compiler.ts';
import { canBeNil, literalArgument, nilArgument, type Parameter, parameterOf } from './parameter.ts';
import type { Eval } from './program.ts';
import type { RenderState } from './render-state.ts';

/** Compiles an argument for a parameter of a type. */
export function compileArgument(compiler: Compiler, node: Operand, type: string): Eval {
  const parameter = parameterOf(type);
  if (isLiteral(node)) return compileLiteral(node, parameter);
  const value = compiler.operand(compiler, node);
  if (parameter.type === 'reflect.Value') return value;
  const { check } = parameter;
  if (parameter.type === 'interface {}') {
    return (state, dot) => {
      const result = value(state, dot);
      if (result === undefined) return null;
      return result instanceof GoStruct ? inInterface(result) : result;
    };
  }
  return (state, dot) => check(state, value(state, dot));
}

function isLiteral(node: Operand): boolean {
  return node.type === 'nil' || node.type === 'bool' || node.type === 'string' || node.type === 'number';
}

function compileLiteral(node: Operand, { type }: Parameter): Eval {
  if (node.type === 'nil') {
    if (!canBeNil(type)) return failing(node, `cannot assign nil to ${type}`);
    return (state) => {
      state.node = node;
      return nilArgument(type);
    };
  }
  const literal = literalArgument(node, type);
  if ('error' in literal) return failing(node, literal.error);
  const { value } = literal;
  return (state) => {
    state.node = node;
    return value;
  };
}

/** An argument whose parameter is known only when it is evaluated: that of a method. */
export type LooseArgument = (state: RenderState, dot: GoValue, type: string | undefined) => GoValue;

/** Compiles an argument for a parameter whose type is known when it is called; undefined takes anything. */
export function compileLooseArgument(compiler: Compiler, node: Operand): LooseArgument {
  if (isLiteral(node)) {
    return (state, dot, type) => compileLiteral(node, parameterOf(type ?? 'interface {}'))(state, dot);
  }
  const value = compiler.operand(compiler, node);
  return (state, dot, type) => parameterOf(type ?? 'interface {}').check(state, value(state, dot));
}
