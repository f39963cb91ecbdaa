/**
 * Makes the nodes of a tree: gives numbers and keeps the place of each (cel-go's parser/helper.go).
 */
import { ACCUMULATOR, type Expr, type MapEntry } from './ast.ts';
import type { Issue } from './source.ts';
import type { Value } from './values.ts';

export class Nodes {
  /** Offsets by number; -1 where there is no place. */
  readonly offsets: number[] = [0];
  readonly issues: Issue[];

  constructor(issues: Issue[]) {
    this.issues = issues;
  }

  id(offset: number): number {
    this.offsets.push(offset);
    return this.offsets.length - 1;
  }

  literal(offset: number, value: Value): Expr {
    return { kind: 'literal', id: this.id(offset), value };
  }

  ident(offset: number, name: string): Expr {
    return { kind: 'ident', id: this.id(offset), name };
  }

  accumulator(offset: number): Expr {
    return this.ident(offset, ACCUMULATOR);
  }

  select(offset: number, operand: Expr, field: string, testOnly = false): Expr {
    return { kind: 'select', id: this.id(offset), operand, field, testOnly };
  }

  call(offset: number, name: string, ...args: readonly Expr[]): Expr {
    return { kind: 'call', id: this.id(offset), name, target: undefined, args };
  }

  memberCall(offset: number, name: string, target: Expr, ...args: readonly Expr[]): Expr {
    return { kind: 'call', id: this.id(offset), name, target, args };
  }

  list(offset: number, elements: readonly Expr[], optional: ReadonlySet<number> = new Set()): Expr {
    return { kind: 'list', id: this.id(offset), elements, optional };
  }

  map(offset: number, entries: readonly MapEntry[]): Expr {
    return { kind: 'map', id: this.id(offset), entries };
  }

  /** Reports a problem and stands in its place. */
  problem(offset: number, message: string): Expr {
    this.issues.push({ offset, message });
    return this.literal(offset, null);
  }

  offsetOf(expr: Expr): number {
    return this.offsets[expr.id] ?? 0;
  }

  /** The same expression with numbers of its own, in the same places. */
  copy(expr: Expr): Expr {
    const id = this.id(this.offsetOf(expr));
    const all = (list: readonly Expr[]): readonly Expr[] => list.map((part) => this.copy(part));
    switch (expr.kind) {
      case 'literal':
      case 'ident':
        return { ...expr, id };
      case 'select':
        return { ...expr, id, operand: this.copy(expr.operand) };
      case 'call':
        return {
          ...expr,
          id,
          target: expr.target === undefined ? undefined : this.copy(expr.target),
          args: all(expr.args),
        };
      case 'list':
        return { ...expr, id, elements: all(expr.elements) };
      case 'map':
        return {
          ...expr,
          id,
          entries: expr.entries.map((entry) => ({
            ...entry,
            id: this.id(this.offsets[entry.id] ?? 0),
            key: this.copy(entry.key),
            value: this.copy(entry.value),
          })),
        };
      case 'struct':
        return {
          ...expr,
          id,
          fields: expr.fields.map((field) => ({
            ...field,
            id: this.id(this.offsets[field.id] ?? 0),
            value: this.copy(field.value),
          })),
        };
      case 'comprehension':
        return {
          ...expr,
          id,
          range: this.copy(expr.range),
          init: this.copy(expr.init),
          condition: this.copy(expr.condition),
          step: this.copy(expr.step),
          result: this.copy(expr.result),
        };
    }
  }
}
