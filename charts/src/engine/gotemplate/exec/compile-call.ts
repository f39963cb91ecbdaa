/**
 * Calls of functions to closures: evalFunction and evalCall of text/template's exec.go (Go 1.26). Which function, how
 * many arguments and what checks they need is settled here, once.
 */
import { callCost, stepsToHold } from '../../functions/cost.ts';
import type { TemplateFunction } from '../../functions/function.ts';
import { builtins } from '../funcs.ts';
import { compareEqual } from '../funcs-compare.ts';
import { isTruthy } from '../go-types.ts';
import type { GoValue } from '../go-value.ts';
import { type CommandNode, type IdentifierNode, nodeText, type Operand } from '../node.ts';
import { quote } from '../quote.ts';
import { callFunctionValue, valueString } from './call-value.ts';
import { compileArgument } from './compile-argument.ts';
import { type Compiler, failing } from './compiler.ts';
import { argumentCountError, parameterType } from './field.ts';
import { type Parameter, parameterOf } from './parameter.ts';
import type { Eval } from './program.ts';
import type { RenderState } from './render-state.ts';

export interface Call {
  /** What an error of the function itself is reported at. */
  readonly node: CommandNode | IdentifierNode;
  /** Those written behind the name. */
  readonly args: readonly Operand[];
  /** The pipeline whose value is the last argument. */
  readonly previous: Eval | undefined;
}

/** Compiles a call by name. */
export function compileFunction(compiler: Compiler, node: IdentifierNode, call: Call): Eval {
  const { name } = node;
  const own = compiler.functions.get(name);
  if (own === undefined && (name === 'and' || name === 'or')) return compileAndOr(compiler, node, call);
  const target = own ?? builtins.get(name);
  if (target === undefined) return failing(node, `${quote(name)} is not a defined function`);
  const count = call.args.length + (call.previous === undefined ? 0 : 1);
  const wrongCount = argumentCountError(name, target.parameters, count, call.args.length);
  if (wrongCount !== undefined) return afterPrevious(call.previous, failing(node, wrongCount));
  const args = call.args.map((arg, index) => compileArgument(compiler, arg, parameterType(target.parameters, index)));
  if (own === undefined && name === 'call') return compileCallBuiltin(node, call, args);
  const last = call.previous && parameterOf(parameterType(target.parameters, args.length));
  const values: Arguments = { node, callNode: call.node, args, previous: call.previous, last };
  if (name === 'include' && own !== undefined && args.length === 2) return compileInclude(values);
  if (own === undefined && count === 2 && args.length === 2 && (name === 'eq' || name === 'ne')) {
    return compileEquality(values, name === 'eq');
  }
  if (own === undefined && name === 'not') return compileNot(values);
  return compileCall(target, values);
}

/** The closures that give a call its arguments, in order. */
interface Arguments {
  readonly node: IdentifierNode;
  readonly callNode: CommandNode | IdentifierNode;
  readonly args: readonly Eval[];
  readonly previous: Eval | undefined;
  readonly last: Parameter | undefined;
}

function afterPrevious(previous: Eval | undefined, then: Eval): Eval {
  if (previous === undefined) return then;
  return (state, dot) => {
    previous(state, dot);
    return then(state, dot);
  };
}

function compileCall(target: TemplateFunction, values: Arguments): Eval {
  const { node, callNode, args, previous, last } = values;
  const { name } = target;
  const call = metered(target);
  const [first, second] = args;
  if (previous !== undefined && last !== undefined) {
    const { check } = last;
    if (first === undefined) {
      return (state, dot) => {
        const piped = previous(state, dot);
        state.node = node;
        const values = [check(state, piped === null ? undefined : piped)];
        try {
          return call(values, state);
        } catch (error) {
          throw state.callError(name, callNode, error);
        }
      };
    }
    return (state, dot) => {
      const piped = previous(state, dot);
      state.node = node;
      const values: GoValue[] = [];
      for (const arg of args) values.push(arg(state, dot));
      values.push(check(state, piped === null ? undefined : piped));
      try {
        return call(values, state);
      } catch (error) {
        throw state.callError(name, callNode, error);
      }
    };
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (state, dot) => {
      state.node = node;
      const values = [first(state, dot), second(state, dot)];
      try {
        return call(values, state);
      } catch (error) {
        throw state.callError(name, callNode, error);
      }
    };
  }
  return (state, dot) => {
    state.node = node;
    const values: GoValue[] = [];
    for (const arg of args) values.push(arg(state, dot));
    try {
      return call(values, state);
    } catch (error) {
      throw state.callError(name, callNode, error);
    }
  };
}

/** A function whose work counts. */
function metered({ name, call }: TemplateFunction): (values: readonly GoValue[], state: RenderState) => GoValue {
  const cost = callCost(name);
  if (cost === undefined) {
    return (values, state) => {
      const result = call(values, state);
      state.charge(values, result);
      return result;
    };
  }
  const { steps, walks, makes, stepsACharacter } = cost;
  return (values, state) => {
    state.work(steps);
    if (walks) for (const value of values) state.walk(value);
    if (stepsACharacter > 0) {
      for (const value of values) if (typeof value === 'string') state.work(stepsACharacter * value.length);
    }
    const result = call(values, state);
    if (makes) state.work(stepsToHold(result));
    if (stepsACharacter > 0 && typeof result === 'string') state.work(stepsACharacter * result.length);
    state.charge(values, result);
    return result;
  };
}

/** `include` without the detour over the table: it is the function that nests deepest and is called most. */
function compileInclude({ node, callNode, args }: Arguments): Eval {
  const [nameOf, dataOf] = args;
  return (state, dot) => {
    state.node = node;
    const name = nameOf?.(state, dot);
    const data = dataOf?.(state, dot);
    try {
      return state.include(name as string, data);
    } catch (error) {
      throw state.callError('include', callNode, error);
    }
  };
}

function compileEquality({ node, callNode, args }: Arguments, wanted: boolean): Eval {
  const [left, right] = args;
  return (state, dot) => {
    state.node = node;
    const a = left?.(state, dot);
    const b = right?.(state, dot);
    if (typeof a === 'string' && typeof b === 'string') return (a === b) === wanted;
    state.walk(a);
    state.walk(b);
    try {
      return compareEqual(a, b) === wanted;
    } catch (error) {
      throw state.callError(wanted ? 'eq' : 'ne', callNode, error);
    }
  };
}

function compileNot({ node, args, previous }: Arguments): Eval {
  const value = previous ?? args[0];
  const isPiped = previous !== undefined;
  return (state, dot) => {
    if (!isPiped) state.node = node;
    const result = value?.(state, dot);
    if (isPiped) state.node = node;
    return !isTruthy(result);
  };
}

/** `and` and `or` evaluate no more arguments than they need. */
function compileAndOr(compiler: Compiler, node: IdentifierNode, call: Call): Eval {
  const { previous } = call;
  const wanted = node.name === 'or';
  if (call.args.length === 0 && previous === undefined) {
    return failing(node, `wrong number of args for ${node.name}: want at least 1 got 0`);
  }
  const args = call.args.map((arg, index) => {
    if (index > 0) compiler.scope.conditionalDepth++;
    const compiled = compileArgument(compiler, arg, 'reflect.Value');
    if (index > 0) compiler.scope.conditionalDepth--;
    return compiled;
  });
  const [first, second] = args;
  if (previous === undefined && first !== undefined && second !== undefined && args.length === 2) {
    return (state, dot) => {
      state.node = node;
      const value = first(state, dot);
      return isTruthy(value) === wanted ? value : second(state, dot);
    };
  }
  return (state, dot) => {
    const piped = previous?.(state, dot);
    state.node = node;
    let value: GoValue;
    for (const arg of args) {
      value = arg(state, dot);
      if (isTruthy(value) === wanted) return value;
    }
    return previous === undefined ? value : piped === null ? undefined : piped;
  };
}

function compileCallBuiltin(node: IdentifierNode, call: Call, args: readonly Eval[]): Eval {
  const { previous } = call;
  const written = call.args[0];
  return (state: RenderState, dot) => {
    const piped = previous?.(state, dot);
    state.node = node;
    const values = args.map((arg) => arg(state, dot));
    if (previous !== undefined) values.push(piped === null ? undefined : piped);
    const callee = written === undefined ? valueString(values[0]) : nodeText(written);
    try {
      return callFunctionValue(callee, values[0], values.slice(1));
    } catch (error) {
      throw state.callError('call', call.node, error);
    }
  };
}
