/**
 * Trees to programs: the walk functions of text/template's exec.go (Go 1.26).
 */
import type { TemplateFunction } from '../../functions/function.ts';
import { isTruthy, typeName } from '../go-types.ts';
import { GoFunction, GoStruct, type GoValue } from '../go-value.ts';
import type { ActionNode, BranchNode, CommandNode, ListNode, Node, PipeNode, TemplateNode } from '../node.ts';
import { nodeText } from '../node.ts';
import { formatValue } from '../printf.ts';
import { quote } from '../quote.ts';
import { compileOperand, compilePipeline } from './compile-pipeline.ts';
import { compileRange } from './compile-range.ts';
import type { Compiler } from './compiler.ts';
import { BREAK, CONTINUE, type Eval, type Flow, NEXT, type Program, type Walk } from './program.ts';
import type { RenderState } from './render-state.ts';
import { Scope, UNSET } from './scope.ts';

/** Compiles a tree with the functions that it was parsed with. */
export function compileTree(root: ListNode, functions: ReadonlyMap<string, TemplateFunction>): Program {
  const scope = new Scope();
  const compiler: Compiler = {
    functions,
    scope,
    dotFlag: -1,
    pipeline: compilePipeline,
    operand: compileOperand,
  };
  const walk = compileList(compiler, root);
  return {
    walk,
    get slots() {
      return scope.frame.slots;
    },
  };
}

function compileList(compiler: Compiler, list: ListNode): Walk {
  const items: (string | Walk)[] = [];
  for (const node of list.nodes) {
    const last = items.at(-1);
    if (node.type !== 'text') items.push(compileNode(compiler, node));
    else if (typeof last === 'string') items[items.length - 1] = last + node.text;
    else items.push(node.text);
  }
  const [first] = items;
  if (first === undefined) return () => NEXT;
  if (items.length === 1) return typeof first === 'string' ? compileText(first) : first;
  const count = items.length;
  return (state, dot) => {
    state.fuel -= count;
    for (let i = 0; i < count; i++) {
      const item = items[i] as string | Walk;
      if (typeof item === 'string') state.out += item;
      else {
        const flow = item(state, dot);
        if (flow !== NEXT) return flow;
      }
    }
    if (state.out.length > state.outLimit || state.fuel < state.checkAt) state.checkLimits();
    return NEXT;
  };
}

function compileText(text: string): Walk {
  return (state) => {
    state.out += text;
    return NEXT;
  };
}

function compileNode(compiler: Compiler, node: Node): Walk {
  switch (node.type) {
    case 'action':
      return compileAction(compiler, node);
    case 'if':
      return compileIf(compiler, node);
    case 'with':
      return compileWith(compiler, node);
    case 'range':
      return compileRange(compiler, node, { pipe: compileActionPipe, later });
    case 'template':
      return compileTemplate(compiler, node);
    case 'break':
      return () => BREAK;
    case 'continue':
      return () => CONTINUE;
    case 'list':
      return compileList(compiler, node);
    default:
      return (state) => {
        state.node = node;
        throw state.error(`unknown node: ${nodeText(node)}`);
      };
  }
}

/** The pipeline of an action. Conditional variables do not exist when it begins. */
function compileActionPipe(compiler: Compiler, pipe: PipeNode): Eval {
  const { scope } = compiler;
  scope.conditionalSlots = [];
  const value = compilePipeline(compiler, pipe);
  const slots = scope.conditionalSlots;
  if (slots.length === 0) return value;
  return (state, dot) => {
    for (const slot of slots) state.variables[slot] = UNSET;
    return value(state, dot);
  };
}

function compileAction(compiler: Compiler, node: ActionNode): Walk {
  const value = compileActionPipe(compiler, node.pipe);
  if (node.pipe.declarations.length > 0) {
    return (state, dot) => {
      value(state, dot);
      return NEXT;
    };
  }
  const isPlace = namesPlace(node.pipe);
  return (state, dot) => {
    const result = value(state, dot);
    if (typeof result === 'string') state.out += result;
    else if (isPlace && result instanceof GoStruct) state.out += printedInPlace(result);
    else state.out += printed(state, node, result);
    return NEXT;
  };
}

/** True for a pipeline whose value lies where it was found, so that methods of a pointer to it count. */
function namesPlace(pipe: PipeNode): boolean {
  const command = pipe.commands.at(-1);
  return command !== undefined && commandNamesPlace(command, pipe.commands.length > 1);
}

function commandNamesPlace({ args: [first, ...others] }: CommandNode, isPiped: boolean): boolean {
  // These give one of their arguments as it is.
  if (first?.type === 'identifier') return first.name === 'and' || first.name === 'or';
  if (isPiped) return false;
  switch (first?.type) {
    case 'field':
    case 'variable':
    case 'chain':
    case 'dot':
      return true;
    case 'pipe':
      return others.length === 0 && namesPlace(first);
    default:
      return false;
  }
}

function printedInPlace(value: GoStruct): string {
  return value.type.formatInPlace?.(value) ?? printedStruct(value);
}

/** A pointer to a struct is printed as the struct. */
function printedStruct(value: GoStruct): string {
  const text = formatValue(value);
  return value.type.pointer && value.type.format === undefined ? text.slice(1) : text;
}

/** A value as an action writes it. */
function printed(state: RenderState, node: Node, value: GoValue): string {
  if (value === null || value === undefined) return '<no value>';
  if (value instanceof GoFunction) {
    state.node = node;
    throw state.error(`can't print ${nodeText(node)} of type ${typeName(value)}`);
  }
  state.walk(value);
  return value instanceof GoStruct ? printedStruct(value) : formatValue(value);
}

/**
 * A list that is compiled when it is first executed, with the variables that there are now: much of a chart never is.
 * Its caller keeps what it gives, and calls that: recursion goes through here, and has few frames to spare.
 */
function later(compiler: Compiler, list: ListNode): () => Walk {
  const { functions, scope, dotFlag, pipeline, operand } = compiler;
  const mark = scope.mark();
  return () => compileList({ functions, scope: new Scope(scope.frame, mark), dotFlag, pipeline, operand }, list);
}

function compileIf(compiler: Compiler, node: BranchNode): Walk {
  const { scope } = compiler;
  const mark = scope.mark();
  const value = compileActionPipe(compiler, node.pipe);
  const compileThen = later(compiler, node.list);
  const compileElse = node.elseList === undefined ? undefined : later(compiler, node.elseList);
  scope.release(mark);
  let list: Walk | undefined;
  if (compileElse === undefined) {
    return (state, dot) => {
      if (!isTruthy(value(state, dot))) return NEXT;
      list ??= compileThen();
      return list(state, dot);
    };
  }
  let elseList: Walk | undefined;
  return (state, dot) => {
    if (isTruthy(value(state, dot))) {
      list ??= compileThen();
      return list(state, dot);
    }
    elseList ??= compileElse();
    return elseList(state, dot);
  };
}

function compileWith(compiler: Compiler, node: BranchNode): Walk {
  const { scope, dotFlag } = compiler;
  const mark = scope.mark();
  const value = compileActionPipe(compiler, node.pipe);
  compiler.dotFlag = -1;
  const compileWithin = later(compiler, node.list);
  compiler.dotFlag = dotFlag;
  const compileElse = node.elseList === undefined ? () => () => NEXT : later(compiler, node.elseList);
  scope.release(mark);
  let list: Walk | undefined;
  let elseList: Walk | undefined;
  return (state, dot): Flow => {
    const result = value(state, dot);
    if (isTruthy(result)) {
      list ??= compileWithin();
      return list(state, result);
    }
    elseList ??= compileElse();
    return elseList(state, dot);
  };
}

function compileTemplate(compiler: Compiler, node: TemplateNode): Walk {
  const value = node.pipe === undefined ? undefined : compileActionPipe(compiler, node.pipe);
  const { name } = node;
  return (state, dot) => {
    state.node = node;
    const template = state.lookupTemplate(name);
    if (template === undefined) throw state.error(`template ${quote(name)} not defined`);
    const data = value?.(state, dot);
    state.node = node;
    state.run(template, data === null ? undefined : data);
    return NEXT;
  };
}
