/**
 * `range` to a closure: walkRange of text/template's exec.go (Go 1.26), over slices, maps in the order of their keys,
 * and integers.
 */
import { sortedKeys } from '../bytes.ts';
import { elementType, integerOf, mapEntries, sliceItems } from '../go-types.ts';
import { GoFunction, GoNumber, GoStruct, type GoValue } from '../go-value.ts';
import type { BranchNode, ListNode, PipeNode } from '../node.ts';
import { formatValue } from '../printf.ts';
import { compileSetVariable } from './compile-pipeline.ts';
import type { Compiler } from './compiler.ts';
import { BREAK, type Eval, type Flow, NEXT, type Walk } from './program.ts';
import type { RenderState } from './render-state.ts';

/** An iteration makes a number, and a piece of output. */
const STEPS_A_TURN = 3;

type SetVariable = (state: RenderState, value: GoValue, isInterface: boolean) => void;

interface Loop {
  readonly setIndex: SetVariable | undefined;
  readonly setElement: SetVariable | undefined;
  body: Walk | undefined;
  readonly compileBody: () => Walk;
  /** The slot that tells the body whether its dot is an interface. */
  readonly flag: number;
}

/** How the compiler compiles what is in a range. */
export interface RangeParts {
  readonly pipe: (compiler: Compiler, pipe: PipeNode) => Eval;
  /** Gives what compiles a list when it is needed. */
  readonly later: (compiler: Compiler, list: ListNode) => () => Walk;
}

export function compileRange(compiler: Compiler, node: BranchNode, parts: RangeParts): Walk {
  const { scope, dotFlag } = compiler;
  const mark = scope.mark();
  const value = parts.pipe(compiler, node.pipe);
  const { setIndex, setElement } = loopVariables(compiler, node.pipe);
  const flag = scope.declare('').slot;
  compiler.dotFlag = flag;
  const compileBody = parts.later(compiler, node.list);
  compiler.dotFlag = dotFlag;
  const compileElse = node.elseList === undefined ? undefined : parts.later(compiler, node.elseList);
  scope.release(mark);
  const loop: Loop = { setIndex, setElement, body: undefined, compileBody, flag };
  let elseList: Walk | undefined;
  return (state, dot) => {
    const ranged = value(state, dot);
    const ran = Array.isArray(ranged) ? overItems(state, ranged, loop, true) : overOther(state, ranged, loop);
    if (ran || compileElse === undefined) return NEXT;
    elseList ??= compileElse();
    // A break in here, where nothing is ranged over, still ends this range and not the one around it.
    const flow = elseList(state, dot);
    return flow === BREAK ? NEXT : flow;
  };
}

/** With one variable it is the element, with two the index and the element. */
function loopVariables(compiler: Compiler, pipe: PipeNode): Pick<Loop, 'setIndex' | 'setElement'> {
  const [first, second] = pipe.declarations;
  if (first === undefined) return { setIndex: undefined, setElement: undefined };
  if (second === undefined) return { setIndex: undefined, setElement: compileSetVariable(compiler, first) };
  return { setIndex: compileSetVariable(compiler, first), setElement: compileSetVariable(compiler, second) };
}

function overItems(state: RenderState, items: readonly GoValue[], loop: Loop, isInterface: boolean): boolean {
  const { setIndex, setElement, flag } = loop;
  const count = items.length;
  state.variables[flag] = isInterface;
  for (let i = 0; i < count; i++) {
    const item = items[i];
    if (setElement !== undefined) {
      setIndex?.(state, BigInt(i), false);
      setElement(state, item, isInterface);
    }
    loop.body ??= loop.compileBody();
    if (isOver(state, loop.body(state, item))) break;
  }
  return count > 0;
}

/** Accounts for an iteration; true if the loop ends. */
function isOver(state: RenderState, flow: Flow): boolean {
  state.fuel -= STEPS_A_TURN;
  if (state.fuel < state.checkAt || state.out.length > state.outLimit) state.checkLimits();
  return flow === BREAK;
}

function overOther(state: RenderState, ranged: GoValue, loop: Loop): boolean {
  const entries = mapEntries(ranged);
  if (entries !== undefined) return overEntries(state, entries, loop, elementType(ranged) === 'interface {}');
  const items = sliceItems(ranged);
  if (items !== undefined) return overItems(state, items, loop, elementType(ranged) === 'interface {}');
  if (ranged === null || ranged === undefined) return false;
  const end = integerOf(ranged);
  if (end === undefined) throw state.error(`range can't iterate over ${shown(ranged)}`);
  if (loop.setIndex !== undefined) {
    throw state.error(`can't use ${shown(ranged)} to iterate over more than one variable`);
  }
  return overIntegers(state, end, loop, ranged);
}

function overEntries(
  state: RenderState,
  entries: ReadonlyMap<string, GoValue>,
  loop: Loop,
  isInterface: boolean,
): boolean {
  const { setIndex, setElement, flag } = loop;
  const keys = sortedKeys(entries);
  // Taken before the loop, whose body may change the map.
  const values = keys.map((key) => entries.get(key));
  state.variables[flag] = isInterface;
  for (let i = 0; i < keys.length; i++) {
    const value = values[i];
    if (setElement !== undefined) {
      setIndex?.(state, keys[i], false);
      setElement(state, value, isInterface);
    }
    loop.body ??= loop.compileBody();
    if (isOver(state, loop.body(state, value))) break;
  }
  return keys.length > 0;
}

/** 0, 1, ... below the end, as numbers of the end's type. */
function overIntegers(state: RenderState, end: bigint, loop: Loop, like: GoValue): boolean {
  const { setElement, flag } = loop;
  state.variables[flag] = false;
  for (let i = 0n; i < end; i++) {
    const item = like instanceof GoNumber ? new GoNumber(like.type, like.kind, i) : i;
    setElement?.(state, item, false);
    loop.body ??= loop.compileBody();
    if (isOver(state, loop.body(state, item))) break;
  }
  return end > 0n;
}

/** A value as `%v` writes what it points to. */
function shown(value: GoValue): string {
  const text = value instanceof GoFunction ? '0xc000010000' : formatValue(value);
  return value instanceof GoStruct && value.type.pointer && value.type.format === undefined ? text.slice(1) : text;
}
