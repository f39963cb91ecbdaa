/**
 * What an expression can cost at most, before it runs (cel-go's checker/cost.go): the API server refuses rules that might
 * cost too much. Sizes and costs are ranges; what is unknown reaches up to 2^64.
 */
import { ACCUMULATOR, type Call, type Comprehension, type Expr, qualifiedName } from './ast.ts';
import { estimateCall } from './call-estimate.ts';
import type { Compiled } from './compile.ts';
import {
  addRanges,
  type EstimateNode,
  fixed,
  LIMIT,
  multiplyRanges,
  NOTHING,
  type Range,
  type SizeOf,
  UNKNOWN,
  uniteRanges,
} from './cost-ranges.ts';
import { codePoints } from './functions/standard.ts';
import { LIST_COST, MAP_COST, STRUCT_COST } from './runtime-cost.ts';
import { type CelType, DYN, unwrapOptional } from './types.ts';
import { Uint } from './values.ts';

interface Entries {
  readonly kind: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entries: Entries | undefined;
}

/** The range of costs of an expression. */
export function estimateCost(compiled: Compiled, sizeOf: SizeOf): Range {
  return new Estimator(compiled, sizeOf).cost(compiled.expr);
}

class Estimator {
  readonly #compiled: Compiled;
  readonly #sizeOf: SizeOf;
  readonly #paths = new Map<number, readonly string[]>();
  readonly #sizes = new Map<number, Range>();
  readonly #entries = new Map<number, Entries>();
  readonly #locals: (readonly [string, Local])[] = [];

  constructor(compiled: Compiled, sizeOf: SizeOf) {
    this.#compiled = compiled;
    this.#sizeOf = sizeOf;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal':
        return NOTHING;
      case 'ident':
        this.#paths.set(expr.id, this.#local(expr.name)?.path ?? [expr.name]);
        return fixed(1);
      case 'select': {
        if (this.#compiled.references.has(expr.id)) {
          this.#paths.set(expr.id, [qualifiedName(expr) ?? '']);
          return fixed(1);
        }
        const operand = this.cost(expr.operand);
        if (expr.testOnly) return operand;
        this.#paths.set(expr.id, [...this.#path(expr.operand), expr.field]);
        const { kind } = this.#type(expr.operand);
        return kind === 'map' || kind === 'struct' || kind === 'param' ? addRanges(operand, fixed(1)) : operand;
      }
      case 'call':
        return this.#call(expr);
      case 'list': {
        let value: Range = expr.elements.length === 0 ? NOTHING : { min: LIMIT, max: 0 };
        let sum = NOTHING;
        for (const element of expr.elements) {
          sum = addRanges(sum, this.cost(element));
          value = uniteRanges(value, this.#sizeOrUnknown(element));
        }
        this.#entries.set(expr.id, { kind: 'list', key: fixed(1), value });
        return addRanges(sum, fixed(LIST_COST));
      }
      case 'map': {
        const start: Range = expr.entries.length === 0 ? NOTHING : { min: LIMIT, max: 0 };
        let [key, value, sum] = [start, start, NOTHING];
        for (const entry of expr.entries) {
          sum = addRanges(addRanges(sum, this.cost(entry.key)), this.cost(entry.value));
          key = uniteRanges(key, this.#sizeOrUnknown(entry.key));
          value = uniteRanges(value, this.#sizeOrUnknown(entry.value));
        }
        this.#entries.set(expr.id, { kind: 'map', key, value });
        return addRanges(sum, fixed(MAP_COST));
      }
      case 'struct':
        return expr.fields.reduce((sum, { value }) => addRanges(sum, this.cost(value)), fixed(STRUCT_COST));
      case 'comprehension':
        return isBind(expr) ? this.#bind(expr) : this.#fold(expr);
    }
  }

  #type(expr: Expr): CelType {
    return this.#compiled.types.get(expr.id) ?? DYN;
  }

  #local(name: string): Local | undefined {
    return this.#locals.findLast(([local]) => local === name)?.[1];
  }

  #path(expr: Expr): readonly string[] {
    const local = expr.kind === 'ident' ? this.#local(expr.name) : undefined;
    return local?.path ?? this.#paths.get(expr.id) ?? [];
  }

  #node(expr: Expr): EstimateNode {
    const path = this.#path(expr);
    return {
      expr,
      type: this.#type(expr),
      path: path.length === 0 || path[0] === ACCUMULATOR ? undefined : path,
      size: this.#size(expr),
    };
  }

  #sizeOrUnknown(expr: Expr): Range {
    return this.#size(expr) ?? UNKNOWN;
  }

  #size(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr.id) ?? literalSize(expr);
    if (known !== undefined) return known;
    const path = this.#path(expr);
    const declared = path.length === 0 ? undefined : this.#sizeOf(path);
    if (declared !== undefined) {
      this.#sizes.set(expr.id, declared);
      return declared;
    }
    if (isScalar(this.#type(expr))) return fixed(1);
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined;
  }

  #entriesOf(expr: Expr): Entries | undefined {
    const known = this.#entries.get(expr.id);
    if (known !== undefined || expr.kind !== 'ident') return known;
    return this.#local(expr.name)?.entries;
  }

  #call(expr: Call): Range {
    const reference = this.#compiled.references.get(expr.id);
    const name = reference?.kind === 'function' ? reference.name : expr.name;
    const [first] = expr.args;
    if (name === 'dyn' && first !== undefined) {
      const cost = this.cost(first);
      this.#copy(expr, first);
      return addRanges(fixed(1), cost);
    }
    const costs = expr.args.map((arg) => this.cost(arg));
    const args = expr.args.map((arg) => this.#node(arg));
    if (reference?.kind !== 'function') return NOTHING;
    const member = reference.member && expr.target !== undefined;
    const targetCost = member && expr.target !== undefined ? this.cost(expr.target) : NOTHING;
    const target = member && expr.target !== undefined ? this.#node(expr.target) : undefined;
    let range: Range = { min: LIMIT, max: 0 };
    let size: Range | undefined;
    for (const overload of reference.overloads) {
      const estimate = this.#overload(expr, name, overload, target, args, costs);
      range = uniteRanges(range, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : uniteRanges(size, estimate.size);
      if (first !== undefined && (overload === 'index_list' || overload === 'index_map')) {
        size = this.#entriesOf(first)?.value;
        this.#paths.set(expr.id, [...this.#path(first), overload === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.#size(expr);
    }
    if (size !== undefined) this.#sizes.set(expr.id, size);
    return addRanges(targetCost, range);
  }

  #overload(
    expr: Call,
    name: string,
    overload: string,
    target: EstimateNode | undefined,
    args: readonly EstimateNode[],
    costs: readonly Range[],
  ): { readonly cost: Range; readonly size?: Range | undefined } {
    const [first = NOTHING, second = NOTHING, third = NOTHING] = costs;
    const [a, b, c] = expr.args;
    switch (overload) {
      case 'logical_and':
      case 'logical_or':
        return { cost: { min: first.min, max: addRanges(first, second).max } };
      case 'conditional': {
        if (b === undefined || c === undefined) return { cost: first };
        const entries = uniteEntries(this.#entriesOf(b), this.#entriesOf(c));
        if (entries !== undefined) this.#entries.set(expr.id, entries);
        return {
          cost: addRanges(first, uniteRanges(second, third)),
          size: uniteRanges(this.#sizeOrUnknown(b), this.#sizeOrUnknown(c)),
        };
      }
      case 'add_string':
      case 'add_bytes':
      case 'add_list': {
        if (a === undefined || b === undefined) break;
        const entries = uniteEntries(this.#entriesOf(a), this.#entriesOf(b));
        if (entries !== undefined) this.#entries.set(expr.id, entries);
      }
    }
    const own = estimateCall(name, overload, target, args, (path) => this.#sizeOf(path));
    return { cost: costs.reduce(addRanges, own.cost), size: own.size };
  }

  #copy(to: Expr, from: Expr): void {
    const size = this.#size(from);
    if (size !== undefined) this.#sizes.set(to.id, size);
    const entries = this.#entriesOf(from);
    if (entries !== undefined) this.#entries.set(to.id, entries);
  }

  #bind(expr: Comprehension): Range {
    const sum = addRanges(this.cost(expr.range), this.cost(expr.init));
    this.#locals.push([expr.accumulator, this.#asLocal(expr.init)]);
    const total = addRanges(sum, this.cost(expr.result));
    this.#locals.pop();
    this.#copy(expr, expr.result);
    return total;
  }

  #asLocal(expr: Expr): Local {
    return { path: this.#path(expr), size: this.#size(expr), entries: this.#entriesOf(expr) };
  }

  #fold(expr: Comprehension): Range {
    let sum = addRanges(this.cost(expr.range), this.cost(expr.init));
    this.#locals.push([expr.accumulator, this.#asLocal(expr.init)]);
    const entries = this.#entriesOf(expr.range);
    const isList = (entries?.kind ?? this.#type(expr.range).kind) === 'list';
    const path = this.#path(expr.range);
    const local = (sub: string, size: Range | undefined): Local => ({ path: [...path, sub], size, entries: undefined });
    const value = local(isList ? '@items' : '@values', entries?.value);
    const key = local(isList ? '@indices' : '@keys', entries?.key);
    if (expr.variable2 === undefined) this.#locals.push([expr.variable, isList ? value : key]);
    else this.#locals.push([expr.variable, key], [expr.variable2, value]);
    const loop = addRanges(this.cost(expr.condition), this.cost(expr.step));
    this.#locals.length -= expr.variable2 === undefined ? 1 : 2;
    sum = addRanges(sum, this.cost(expr.result));
    this.#locals.pop();
    const count = this.#sizeOrUnknown(expr.range);
    if (expr.init.kind === 'literal') this.#sizes.set(expr.id, this.#sizeOrUnknown(expr.init));
    else if (expr.init.kind === 'list' || expr.init.kind === 'map') {
      this.#sizes.set(expr.id, count);
      const made = this.#entriesOf(expr.step);
      if (made !== undefined) this.#entries.set(expr.id, made);
    }
    return addRanges(sum, multiplyRanges(count, loop));
  }
}

function uniteEntries(a: Entries | undefined, b: Entries | undefined): Entries | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { kind: a.kind, key: uniteRanges(a.key, b.key), value: uniteRanges(a.value, b.value) };
}

/** What optMap makes: no loop, a name for a value. */
function isBind({ range, condition, accumulator }: Comprehension): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    accumulator !== '__result__'
  );
}

function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return fixed(expr.elements.length);
  if (expr.kind === 'map') return fixed(expr.entries.length);
  if (expr.kind !== 'literal') return undefined;
  const { value } = expr;
  if (typeof value === 'string') return fixed(codePoints(value));
  if (value instanceof Uint8Array) return fixed(value.length);
  return value === null || typeof value !== 'object' || value instanceof Uint ? fixed(1) : undefined;
}

function isScalar(type: CelType): boolean {
  const inner = unwrapOptional(type);
  if (inner !== undefined) return isScalar(inner);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}
