/**
 * Runs checked expressions (cel-go's interpreter: planner.go, interpretable.go). A plan is a tree of functions; folds keep
 * their variables in slots.
 */
import {
  type Call,
  type Comprehension,
  type CreateList,
  type CreateMap,
  childrenOf,
  type Expr,
  type Select,
} from './ast.ts';
import type { Compiled } from './compile.ts';
import { callFunction } from './functions/library.ts';
import { GrowingList } from './growing.ts';
import {
  type Activation,
  type Attribute,
  alternative,
  attributePlan,
  callRun,
  checkPattern,
  conditional,
  constant,
  converted,
  itemsOf,
  logical,
  membership,
  type Plan,
  type Run,
  type Step,
  startOf,
} from './plans.ts';
import { showKey } from './qualifiers.ts';
import { CostExceeded, CostTracker, LIST_COST, MAP_COST, STRUCT_COST } from './runtime-cost.ts';
import { CelError, CelList, EntryMap, isError, NO_SUCH_OVERLOAD, Optional, type Value, valueType } from './values.ts';

export interface Evaluation {
  /** An error where evaluation failed. */
  readonly value: Value;
  readonly cost: number;
  /** Whether it was ended for its cost. */
  readonly exceeded: boolean;
}

export interface Program {
  /** Runs the expression; ends it when it costs more than the limit. */
  evaluate(activation: Activation, limit: number): Evaluation;
}

const CONVERSIONS = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);
const PATTERNS = new Set(['matches', 'find', 'findAll']);

/** Plans an expression. Throws ProgramProblem for constants that can't be converted. */
export function createProgram(compiled: Compiled): Program {
  const planner = new Planner(compiled);
  const { run } = planner.plan(compiled.expr);
  return {
    evaluate(activation, limit) {
      const cost = new CostTracker(limit);
      try {
        return { value: run({ activation, slots: [], cost }), cost: cost.cost, exceeded: false };
      } catch (problem) {
        if (!(problem instanceof CostExceeded)) throw problem;
        return { value: new CelError(problem.message), cost: cost.cost, exceeded: true };
      }
    },
  };
}

class Planner {
  readonly #compiled: Compiled;
  /** Variables of folds and their slots, innermost last. */
  readonly #locals: (readonly [string, number])[] = [];
  #slots = 0;

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
  }

  plan(expr: Expr): Plan {
    switch (expr.kind) {
      case 'literal':
        return constant(expr.value);
      case 'ident':
        return this.#variable(expr.id);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct': {
        // No type of the environment can be made by its name but those of protobuf, which have no use here.
        const parts = childrenOf(expr).map((child) => this.plan(child));
        return {
          run: (frame) => {
            for (const part of parts) part.run(frame);
            frame.cost.add(STRUCT_COST);
            return new CelError(`unknown type: ${expr.typeName}`);
          },
        };
      }
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #variable(id: number): Plan {
    const reference = this.#compiled.references.get(id);
    if (reference?.kind === 'type') return constant(reference.type);
    const name = reference?.kind === 'variable' ? reference.name : '';
    const slot = this.#locals.findLast(([local]) => local === name)?.[1];
    const start: Run =
      slot === undefined
        ? (frame) => {
            const value = frame.activation(name);
            return value === undefined ? new CelError(`no such attribute(s): ${name}`) : value;
          }
        : (frame) => frame.slots[slot] ?? null;
    return attributePlan({ start, steps: [] });
  }

  /** The attribute of an operand: its own, or one that starts with it. */
  #attribute(operand: Plan): Attribute {
    return operand.attribute ?? { start: operand.run, steps: [] };
  }

  #select(expr: Select): Plan {
    if (this.#compiled.references.has(expr.id)) return this.#variable(expr.id);
    const { start, steps } = this.#attribute(this.plan(expr.operand));
    const last: Step = { optional: false, testOnly: expr.testOnly, key: () => expr.field };
    return attributePlan({ start, steps: [...steps, last] });
  }

  #call(expr: Call): Plan {
    const reference = this.#compiled.references.get(expr.id);
    if (reference?.kind !== 'function') return constant(NO_SUCH_OVERLOAD);
    const { name, overloads, member } = reference;
    const operands = member && expr.target !== undefined ? [expr.target, ...expr.args] : expr.args;
    const args = operands.map((arg) => this.plan(arg));
    switch (name) {
      case '_&&_':
        return logical(args, false);
      case '_||_':
        return logical(args, true);
      case '_?_:_':
        return conditional(args);
      case '_[_]':
      case '_[?_]':
      case '_?._':
        return this.#index(args, name !== '_[_]');
      case 'or':
      case 'orValue':
        return alternative(args, name === 'orValue');
    }
    const overload = overloads.length === 1 ? (overloads[0] ?? '') : '';
    if (name === '@in' && args[1]?.constant !== undefined && overload === 'in_list') return membership(args);
    if (PATTERNS.has(name)) checkPattern(args[1]?.constant);
    const all = args.map(({ run }) => run);
    if (CONVERSIONS.has(name) && args.length === 1 && args[0]?.constant !== undefined)
      return converted(callFunction(name, [args[0].constant]));
    return { run: (frame) => callRun(frame, name, overload, all) };
  }

  #index([operand, index]: readonly Plan[], optional: boolean): Plan {
    if (operand === undefined || index === undefined) return constant(NO_SUCH_OVERLOAD);
    const { start, steps } = this.#attribute(operand);
    return attributePlan({ start, steps: [...steps, { optional, testOnly: false, key: index.run }] });
  }

  #list({ elements, optional }: CreateList): Plan {
    const parts = elements.map((element) => this.plan(element));
    if (optional.size === 0) {
      const known = parts.map((part) => part.constant);
      if (known.every((value) => value !== undefined)) return constant(new CelList(known));
    }
    return {
      run: (frame) => {
        const items: Value[] = [];
        for (const [index, part] of parts.entries()) {
          const value = part.run(frame);
          if (isError(value)) return value;
          if (!optional.has(index)) items.push(value);
          else if (!(value instanceof Optional))
            return new CelError(`cannot initialize optional list element from non-optional value ${showKey(value)}`);
          else if (value.value !== undefined) items.push(value.value);
        }
        frame.cost.add(LIST_COST);
        return new CelList(items);
      },
    };
  }

  #map({ entries }: CreateMap): Plan {
    const parts = entries.map(({ key, value, optional }) => ({
      key: this.plan(key),
      value: this.plan(value),
      optional,
    }));
    const known = parts.flatMap(({ key, value, optional }) =>
      key.constant === undefined || value.constant === undefined || optional
        ? []
        : [[key.constant, value.constant] as const],
    );
    if (known.length === parts.length) return constant(new EntryMap(known));
    return {
      run: (frame) => {
        const made: [Value, Value][] = [];
        for (const part of parts) {
          const key = part.key.run(frame);
          if (isError(key)) return key;
          const value = part.value.run(frame);
          if (isError(value)) return value;
          if (!part.optional) made.push([key, value]);
          else if (!(value instanceof Optional))
            return new CelError(
              `cannot initialize optional entry '${showKey(key)}' from non-optional value ${showKey(value)}`,
            );
          else if (value.value !== undefined) made.push([key, value.value]);
        }
        frame.cost.add(MAP_COST);
        return new EntryMap(made);
      },
    };
  }

  #comprehension(expr: Comprehension): Plan {
    const range = this.plan(expr.range).run;
    const init = this.plan(expr.init);
    const [accumulator, first, second] = [this.#slots, this.#slots + 1, this.#slots + 2];
    this.#slots += 3;
    this.#locals.push([expr.accumulator, accumulator], [expr.variable, first]);
    if (expr.variable2 !== undefined) this.#locals.push([expr.variable2, second]);
    const condition = this.plan(expr.condition).run;
    const stepRun = this.plan(expr.step).run;
    this.#locals.length -= expr.variable2 === undefined ? 1 : 2;
    const result = this.plan(expr.result).run;
    this.#locals.length -= 1;
    this.#slots -= 3;
    const both = expr.variable2 !== undefined;
    return {
      run: (frame) => {
        const over = range(frame);
        if (isError(over)) return over;
        frame.slots[accumulator] = startOf(init, frame);
        const items = itemsOf(over, both);
        if (items === undefined) return new CelError(`unsupported comprehension range type: ${valueType(over).name}`);
        for (const [key, value] of items) {
          frame.slots[first] = key;
          frame.slots[second] = value;
          const goesOn = condition(frame);
          if (typeof goesOn === 'boolean' && !goesOn) break;
          frame.slots[accumulator] = stepRun(frame);
        }
        const made = result(frame);
        return made instanceof GrowingList ? new CelList(made.items) : made;
      },
    };
  }
}
