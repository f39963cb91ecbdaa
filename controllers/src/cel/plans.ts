/**
 * What planned expressions do when they run (cel-go's interpreter/interpretable.go).
 */
import { add } from './arithmetic.ts';
import { equalValues } from './equality.ts';
import { callFunction } from './functions/library.ts';
import { emptySum } from './functions/lists.ts';
import { GrowingList, GrowingMap } from './growing.ts';
import { compilePattern } from './pattern.ts';
import { step, unwrapStart } from './qualifiers.ts';
import { type CostTracker, callCost } from './runtime-cost.ts';
import { type CelError, isError, isList, isMap, NO_SUCH_OVERLOAD, NONE, Optional, type Value } from './values.ts';

/** The value of a variable; undefined where it has none. */
export type Activation = (name: string) => Value | undefined;

export interface Frame {
  readonly activation: Activation;
  readonly slots: Value[];
  readonly cost: CostTracker;
}

export type Run = (frame: Frame) => Value;

/** A planned node: what runs it, its value if that is known, and its steps if more may follow. */
export interface Plan {
  readonly run: Run;
  readonly constant?: Value;
  readonly attribute?: Attribute;
}

export interface Step {
  readonly optional: boolean;
  readonly testOnly: boolean;
  readonly key: Run;
}

export interface Attribute {
  readonly start: Run;
  readonly steps: readonly Step[];
}

/** What can't be run at all, found while planning: `int('x')`. */
export class ProgramProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function constant(value: Value): Plan {
  return { run: () => value, constant: value };
}

export function converted(value: Value): Plan {
  if (isError(value)) throw new ProgramProblem(value.message);
  return constant(value);
}

export function checkPattern(pattern: Value | undefined): void {
  if (typeof pattern !== 'string') return;
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') throw new ProgramProblem(compiled);
}

export function attributePlan(attribute: Attribute): Plan {
  return { attribute, run: (frame) => runAttribute(frame, attribute) };
}

export function runAttribute(frame: Frame, { start, steps }: Attribute, cost = 1): Value {
  const first = start(frame);
  frame.cost.add(cost);
  if (isError(first)) return first;
  if (steps.length === 0) return first;
  const opened = unwrapStart(first);
  if (opened === undefined) return steps.some(({ testOnly }) => testOnly) ? false : NONE;
  let { value, optional } = opened;
  for (const { key, testOnly, optional: asked } of steps) {
    optional ||= asked;
    const at = key(frame);
    if (isError(at)) return at;
    const next = step(value, { key: at, testOnly }, optional);
    // Looking whether something is there costs one less: what an attribute costs itself.
    if (next !== undefined && !testOnly) frame.cost.add(1);
    if (next === undefined) return NONE;
    if (isError(next)) return next;
    if (testOnly) return next;
    value = next;
  }
  return optional ? new Optional(value) : value;
}

export function callRun(frame: Frame, name: string, overload: string, args: readonly Run[]): Value {
  const values: Value[] = [];
  const strict = name !== '@not_strictly_false';
  for (const arg of args) {
    const value = arg(frame);
    if (strict && isError(value) && args.length > 2) return value;
    values.push(value);
  }
  // Upstream evaluates both sides before it looks for errors, and counts the call.
  const problem = strict ? values.find(isError) : undefined;
  const result = problem ?? evaluateCall(name, overload, values);
  frame.cost.add(callCost(name, overload, values, result));
  return result;
}

export function evaluateCall(name: string, overload: string, values: readonly Value[]): Value {
  const [a = null, b = null] = values;
  switch (name) {
    case '_==_':
      return equalValues(a, b);
    case '_!=_':
      return !equalValues(a, b);
    case '_+_':
      if (a instanceof GrowingList && isList(b)) return a.append(b.items);
      if (isList(a) && isList(b)) return add(a, b);
      break;
    case 'cel.@mapInsert':
      if (a instanceof GrowingMap) return grow(a, values);
      break;
    case 'sum':
      if (isList(a) && a.items.length === 0) return emptySum(overload);
  }
  return callFunction(name, values);
}

export function grow(map: GrowingMap, [, key = null, value]: readonly Value[]): Value {
  if (value !== undefined) return map.insert(key, value);
  if (!isMap(key)) return NO_SUCH_OVERLOAD;
  for (const each of key.keys()) {
    const made = map.insert(each, key.find(each) ?? null);
    if (isError(made)) return made;
  }
  return map;
}

/** Empty lists and maps grow in place. */
export function startOf(init: Plan, frame: Frame): Value {
  const value = init.run(frame);
  if (isList(value) && value.items.length === 0) return new GrowingList();
  return !isError(value) && isMap(value) && value.size === 0 ? new GrowingMap() : value;
}

/** What a fold goes over: values of lists, keys of maps, or with two variables places and values. */
export function itemsOf(value: Value, both: boolean): Iterable<readonly [Value, Value]> | undefined {
  if (isList(value)) {
    const { items } = value;
    return both
      ? items.map((item, index) => [BigInt(index), item] as const)
      : items.map((item) => [item, item] as const);
  }
  if (!isMap(value)) return undefined;
  return [...value.keys()].map((key) => [key, both ? (value.find(key) ?? null) : key] as const);
}

/** && and ||: the deciding value wins over errors, wherever it stands. */
export function logical(args: readonly Plan[], deciding: boolean): Plan {
  return {
    run: (frame) => {
      let problem: CelError | undefined;
      for (const { run } of args) {
        const value = run(frame);
        if (value === deciding) return deciding;
        if (typeof value !== 'boolean') problem ??= isError(value) ? value : NO_SUCH_OVERLOAD;
      }
      return problem ?? !deciding;
    },
  };
}

export function conditional([condition, yes, no]: readonly Plan[]): Plan {
  return {
    run: (frame) => {
      const value = condition?.run(frame) ?? null;
      if (typeof value === 'boolean') return runBranch(frame, value ? yes : no);
      return isError(value) ? value : NO_SUCH_OVERLOAD;
    },
  };
}

/** Upstream does not count the variable that a branch is or starts with. */
export function runBranch(frame: Frame, branch: Plan | undefined): Value {
  if (branch?.attribute !== undefined) return runAttribute(frame, branch.attribute, 0);
  return branch?.run(frame) ?? null;
}

/** `a.or(b)` and `a.orValue(b)`: the second is not looked at where the first holds something. */
export function alternative([first, second]: readonly Plan[], open: boolean): Plan {
  return {
    run: (frame) => {
      const value = first?.run(frame) ?? null;
      if (!(value instanceof Optional)) return value;
      if (value.value !== undefined) return open ? value.value : value;
      return second?.run(frame) ?? null;
    },
  };
}

/** `x in [1, 2]` with a list that is known costs nothing itself. */
export function membership([value, list]: readonly Plan[]): Plan {
  const known = list?.constant;
  const items = known !== undefined && isList(known) ? known.items : [];
  return {
    run: (frame) => {
      const wanted = value?.run(frame) ?? null;
      return isError(wanted) ? wanted : items.some((item) => equalValues(wanted, item));
    },
  };
}
