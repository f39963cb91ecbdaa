/**
 * Pipelines and commands to closures: evalPipeline, evalCommand and evalArg of text/template's exec.go (Go 1.26).
 */
import type { GoValue } from '../go-value.ts';
import {
  type ChainNode,
  type CommandNode,
  type FieldNode,
  nodeText,
  type Operand,
  type PipeNode,
  type VariableNode,
} from '../node.ts';
import { quote } from '../quote.ts';
import { compileFunction } from './compile-call.ts';
import { compileMethodCall } from './compile-method.ts';
import { type Compiler, failing, failingHere } from './compiler.ts';
import { type IsInterface, walkFields } from './field.ts';
import { literalValue } from './parameter.ts';
import type { Eval } from './program.ts';
import type { RenderState } from './render-state.ts';
import { UNSET, type Variable } from './scope.ts';

const never: IsInterface = () => false;

/** Compiles a pipeline with its declarations. Its value may be `null`: a nil interface that Go would dig into. */
export function compilePipeline(compiler: Compiler, pipe: PipeNode): Eval {
  let value: Eval | undefined;
  for (const command of pipe.commands) value = compileCommand(compiler, command, { pipe, previous: value });
  if (value === undefined) return failing(pipe, 'missing value for command');
  for (const declaration of pipe.declarations) {
    value = pipe.isAssign ? compileAssign(compiler, declaration, value) : compileDeclare(compiler, declaration, value);
  }
  return value;
}

function compileDeclare(compiler: Compiler, node: VariableNode, value: Eval): Eval {
  const { slot } = compiler.scope.declare(node.idents[0] ?? '');
  return (state, dot) => {
    const result = value(state, dot);
    state.variables[slot] = result === null ? undefined : result;
    state.variables[slot + 1] = false;
    return result;
  };
}

function compileAssign(compiler: Compiler, node: VariableNode, value: Eval): Eval {
  const set = compileSetVariable(compiler, node);
  return (state, dot) => {
    const result = value(state, dot);
    set(state, result === null ? undefined : result, false);
    return result;
  };
}

/** Compiles the assignment of a value, held in an interface or not, to a variable that is declared already. */
export function compileSetVariable(
  compiler: Compiler,
  node: VariableNode,
): (state: RenderState, value: GoValue, isInterface: boolean) => void {
  const name = node.idents[0] ?? '';
  const candidates = compiler.scope.resolve(name);
  const sureSlot = candidates[0]?.slot ?? 0;
  if (candidates[0]?.isConditional === false) {
    return (state, value, isInterface) => {
      state.variables[sureSlot] = value;
      state.variables[sureSlot + 1] = isInterface;
    };
  }
  return (state, value, isInterface) => {
    const { slot } = declared(state, candidates, name);
    state.variables[slot] = value;
    state.variables[slot + 1] = isInterface;
  };
}

/** The first of the variables of a name that has come to exist. */
function declared(state: RenderState, candidates: readonly Variable[], name: string): Variable {
  const found = candidates.find((candidate) => state.variables[candidate.slot] !== UNSET);
  if (found === undefined) throw state.error(`undefined variable: ${name}`);
  return found;
}

/** Compiles a command of a pipe; `previous` is what comes before it, whose value is its last argument. */
function compileCommand(
  compiler: Compiler,
  command: CommandNode,
  { pipe, previous }: { readonly pipe: PipeNode; readonly previous: Eval | undefined },
): Eval {
  const [first] = command.args;
  if (first === undefined) return failing(command, 'empty command');
  const hasArguments = command.args.length > 1 || previous !== undefined;
  switch (first.type) {
    case 'identifier':
      return compileFunction(compiler, first, {
        node: command,
        args: command.args.slice(1),
        previous,
      });
    case 'field':
    case 'chain':
    case 'variable':
      if (hasArguments && isChain(first)) {
        return compileMethodCall(
          compiler,
          { node: first, ...compileStart(compiler, first) },
          {
            args: command.args.slice(1),
            previous,
          },
        );
      }
      break;
    default:
  }
  if (!hasArguments) return compileOperandOrLiteral(compiler, first);
  // Only functions and methods take arguments.
  const message = `can't give argument to non-function ${nodeText(first)}`;
  if (previous === undefined) return failing(first.type === 'pipe' ? pipe : first, message);
  // What is before the pipe has been evaluated by then; a pipeline in parentheses leaves the place to it.
  const fail = first.type === 'pipe' ? failingHere(message) : failing(first, message);
  return (state, dot) => {
    previous(state, dot);
    return fail(state, dot);
  };
}

function isChain(node: FieldNode | ChainNode | VariableNode): boolean {
  return node.type !== 'variable' || node.idents.length > 1;
}

function compileOperandOrLiteral(compiler: Compiler, node: Operand): Eval {
  switch (node.type) {
    case 'nil':
      return failing(node, 'nil is not a command');
    case 'bool':
    case 'string':
    case 'number': {
      const literal = literalValue(node);
      if ('error' in literal) return failing(node, literal.error);
      const { value } = literal;
      return (state) => {
        state.node = node;
        return value;
      };
    }
    default:
      return compileOperand(compiler, node);
  }
}

/** Compiles an operand that is no literal. */
export function compileOperand(compiler: Compiler, node: Operand): Eval {
  switch (node.type) {
    case 'dot':
      return (state, dot) => {
        state.node = node;
        return dot;
      };
    case 'field':
    case 'chain':
      return compileFields(compiler, node);
    case 'variable':
      return node.idents.length > 1 ? compileFields(compiler, node) : compileVariable(compiler, node);
    case 'pipe':
      return compileInnerPipeline(compiler, node);
    case 'identifier':
      return compileFunction(compiler, node, { node, args: [], previous: undefined });
    default:
      return failing(node, `can't evaluate command ${quote(nodeText(node))}`);
  }
}

/** A pipeline in parentheses: its value is dug out of its interface. */
function compileInnerPipeline(compiler: Compiler, pipe: PipeNode): Eval {
  const value = compiler.pipeline(compiler, pipe);
  return (state, dot) => {
    const result = value(state, dot);
    return result === null ? undefined : result;
  };
}

function compileVariable(compiler: Compiler, node: VariableNode): Eval {
  const name = node.idents[0] ?? '';
  const candidates = compiler.scope.resolve(name);
  const slot = candidates[0]?.slot ?? 0;
  if (candidates[0]?.isConditional === false) {
    return (state) => {
      state.node = node;
      return state.variables[slot];
    };
  }
  return (state) => {
    state.node = node;
    return state.variables[declared(state, candidates, name).slot];
  };
}

/** What a chain starts from, and the names that follow. */
export interface ChainStart {
  readonly start: Eval;
  readonly idents: readonly string[];
  readonly isInterface: IsInterface;
}

function compileStart(compiler: Compiler, node: FieldNode | ChainNode | VariableNode): ChainStart {
  if (node.type === 'field') {
    const { dotFlag } = compiler;
    const isInterface: IsInterface = dotFlag < 0 ? never : (state) => state.variables[dotFlag] === true;
    return { start: (_state, dot) => dot, idents: node.idents, isInterface };
  }
  if (node.type === 'variable') {
    const [name = ''] = node.idents;
    return {
      start: compileVariable(compiler, node),
      idents: node.idents.slice(1),
      isInterface: holdsInterface(compiler.scope.resolve(name), name),
    };
  }
  return { start: compileChainBase(compiler, node), idents: node.fields, isInterface: never };
}

/** Whether the variable of a name holds an interface: an element of a `range`. */
function holdsInterface(candidates: readonly Variable[], name: string): IsInterface {
  return (state) => state.variables[declared(state, candidates, name).slot + 1] === true;
}

function compileChainBase(compiler: Compiler, node: ChainNode): Eval {
  if (node.node.type === 'nil') return failing(node, `indirection through explicit nil in ${nodeText(node)}`);
  return compiler.operand(compiler, node.node);
}

function compileFields(compiler: Compiler, node: FieldNode | ChainNode | VariableNode): Eval {
  const { start, idents, isInterface } = compileStart(compiler, node);
  const chain = { node, idents, isInterface };
  if (node.type === 'field') return compileDotFields(chain);
  if (node.type === 'variable') {
    return (state, dot) => {
      const value = start(state, dot);
      state.node = node;
      return walkFields(state, value, chain);
    };
  }
  // The node stays the one that the base left: Go marks the chain before it evaluates its base.
  return (state, dot) => {
    state.node = node;
    return walkFields(state, start(state, dot), chain);
  };
}

function compileDotFields(chain: {
  readonly node: FieldNode | ChainNode | VariableNode;
  readonly idents: readonly string[];
  readonly isInterface: IsInterface;
}): Eval {
  const { node, idents } = chain;
  const [first = ''] = idents;
  if (idents.length > 1) {
    return (state, dot) => {
      state.node = node;
      return walkFields(state, dot, chain);
    };
  }
  return (state, dot) => {
    state.node = node;
    if (dot instanceof Map) {
      const found = dot.get(first);
      if (found !== undefined) return found;
    }
    return walkFields(state, dot, chain);
  };
}
