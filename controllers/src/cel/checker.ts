/**
 * Types of all nodes of a tree, and which functions its calls mean (cel-go's checker/checker.go).
 */
import { assign, assignAll, mostGeneral, type Substitutions, substitute } from './assignability.ts';
import { type Call, type Comprehension, type CreateStruct, type Expr, qualifiedName, type Select } from './ast.ts';
import { overloadsOf } from './declarations.ts';
import type { Issue } from './source.ts';
import {
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatSignature,
  formatType,
  INT,
  isDyn,
  listOf,
  mapOf,
  optionalOf,
  paramType,
  sameType,
  typeOf,
  unwrapOptional,
} from './types.ts';
import { valueType } from './values.ts';

/** What an expression may name beyond functions: variables, and the fields of object types. */
export interface Scope {
  variable(name: string): CelType | undefined;
  /** A type by its full name. */
  type(name: string): CelType | undefined;
  /** A field's type; undefined where the type has no such field. */
  field(type: CelType, name: string): CelType | undefined;
}

/** What a node turned out to mean. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'type'; readonly type: CelType }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly overloads: readonly string[];
      readonly member: boolean;
    };

export interface Checked {
  readonly expr: Expr;
  readonly offsets: readonly number[];
  readonly types: ReadonlyMap<number, CelType>;
  readonly references: ReadonlyMap<number, Reference>;
}

export function check(
  expr: Expr,
  offsets: readonly number[],
  scope: Scope,
): Checked & { readonly issues: readonly Issue[] } {
  const checker = new Checker(offsets, scope);
  checker.check(expr);
  return { expr, offsets, types: checker.finalTypes(), references: checker.references, issues: checker.issues };
}

class Checker {
  readonly issues: Issue[] = [];
  readonly references = new Map<number, Reference>();
  readonly #types = new Map<number, CelType>();
  readonly #offsets: readonly number[];
  readonly #scope: Scope;
  /** Variables of folds, innermost last. */
  readonly #locals: (readonly [string, CelType])[] = [];
  #known: Substitutions = new Map();
  #fresh = 0;

  constructor(offsets: readonly number[], scope: Scope) {
    this.#offsets = offsets;
    this.#scope = scope;
  }

  finalTypes(): ReadonlyMap<number, CelType> {
    return new Map([...this.#types].map(([id, type]) => [id, substitute(this.#known, type, true, DYN)]));
  }

  check(expr: Expr): CelType {
    const type = this.#infer(expr);
    this.#types.set(expr.id, type);
    return type;
  }

  #infer(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return valueType(expr.value);
      case 'ident':
        return this.#reference(expr.id, expr.name) ?? this.#undeclared(expr.id, expr.name);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'comprehension':
        return this.#comprehension(expr);
    }
  }

  #report(id: number, message: string): CelType {
    this.issues.push({ offset: this.#offsets[id] ?? 0, message });
    return ERROR;
  }

  #undeclared(id: number, name: string): CelType {
    return this.#report(id, `undeclared reference to '${name}' (in container '')`);
  }

  /** The type of what a name stands for: a variable of a fold, a variable, a type. */
  #reference(id: number, written: string): CelType | undefined {
    const name = written.replace(/^\./, '');
    for (let index = this.#locals.length - 1; index >= 0; index -= 1) {
      const [local, type] = this.#locals[index] ?? ['', ERROR];
      if (local !== name) continue;
      this.references.set(id, { kind: 'variable', name });
      return type;
    }
    const variable = this.#scope.variable(name);
    if (variable !== undefined) {
      this.references.set(id, { kind: 'variable', name });
      return variable;
    }
    const type = this.#scope.type(name);
    if (type === undefined) return undefined;
    this.references.set(id, { kind: 'type', type });
    return typeOf(type);
  }

  #resolve(type: CelType): CelType {
    return substitute(this.#known, type, false, DYN);
  }

  #assignable(from: CelType, to: CelType): boolean {
    const known = assign(this.#known, from, to);
    if (known !== undefined) this.#known = known;
    return known !== undefined;
  }

  #variable(): CelType {
    this.#fresh += 1;
    return paramType(`_var${this.#fresh - 1}`);
  }

  #mismatch(id: number, expected: CelType, found: CelType): CelType {
    return this.#report(id, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
  }

  #select(expr: Select): CelType {
    const name = qualifiedName(expr);
    const named = name === undefined ? undefined : this.#reference(expr.id, name);
    if (named !== undefined) return named;
    const type = this.#field(expr.id, expr.operand, expr.field, false);
    return expr.testOnly ? BOOL : this.#resolve(type);
  }

  /** What `operand.field` is; an optional where the operand is one or `?` asks for it. */
  #field(id: number, operand: Expr, field: string, optional: boolean): CelType {
    const operandType = this.#resolve(this.check(operand));
    const unwrapped = unwrapOptional(operandType);
    const target = unwrapped ?? operandType;
    let result = DYN;
    if (target.kind === 'map') result = target.params[1] ?? DYN;
    else if (target.kind === 'struct')
      result = this.#scope.field(target, field) ?? this.#report(id, `undefined field '${field}'`);
    else if (target.kind === 'param') this.#assignable(DYN, target);
    else if (!isDyn(target) && target.kind !== 'error')
      this.#report(id, `type '${formatType(target)}' does not support field selection`);
    return unwrapped !== undefined || optional ? optionalOf(result) : result;
  }

  #call(expr: Call): CelType {
    if (expr.name === '_?._') return this.#optionalSelect(expr);
    for (const arg of expr.args) this.check(arg);
    const { target } = expr;
    if (target === undefined) {
      const name = expr.name.replace(/^\./, '');
      if (overloadsOf(name).length === 0) return this.#undeclared(expr.id, expr.name);
      return this.#resolveOverload(expr, name, undefined);
    }
    const prefix = qualifiedName(target);
    const full = prefix === undefined ? '' : `${prefix}.${expr.name}`.replace(/^\./, '');
    if (overloadsOf(full).length > 0) return this.#resolveOverload(expr, full, undefined);
    this.check(target);
    if (overloadsOf(expr.name).length === 0) return this.#undeclared(expr.id, expr.name);
    return this.#resolveOverload(expr, expr.name, target);
  }

  #optionalSelect({ id, args: [operand, field] }: Call): CelType {
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string')
      return this.#report(id, 'unsupported optional field selection');
    const type = this.#resolve(this.#field(id, operand, field.value, true));
    this.references.set(id, { kind: 'function', name: '_?._', overloads: ['select_optional_field'], member: false });
    return type;
  }

  #resolveOverload({ id, args }: Call, name: string, target: Expr | undefined): CelType {
    const all = target === undefined ? args : [target, ...args];
    const argTypes = all.map((arg) => this.#types.get(arg.id) ?? ERROR);
    const member = target !== undefined;
    if (name === '_&&_' || name === '_||_') return this.#logical(id, name, args, argTypes);
    const found: string[] = [];
    let result: CelType | undefined;
    for (const overload of overloadsOf(name)) {
      if (overload.member !== member) continue;
      const own: Map<string, CelType> = new Map();
      for (const variable of overload.variables) own.set(variable, this.#variable());
      const wanted = overload.args.map((arg) => substitute(own, arg, false, DYN));
      const known = assignAll(this.#known, argTypes, wanted);
      if (known === undefined) continue;
      this.#known = known;
      found.push(overload.id);
      const type = this.#resolve(substitute(own, overload.result, false, DYN));
      if (result === undefined) result = type;
      else if (!isDyn(result) && !sameType(result, type)) result = DYN;
    }
    if (result === undefined) {
      const shown = argTypes.map((type) => substitute(this.#known, type, true, DYN));
      const signature = formatSignature(shown, member);
      return this.#report(id, `found no matching overload for '${name}' applied to '${signature}'`);
    }
    this.references.set(id, { kind: 'function', name, overloads: found, member });
    return result;
  }

  #logical(id: number, name: string, args: readonly Expr[], argTypes: readonly CelType[]): CelType {
    let good = true;
    for (const [index, type] of argTypes.entries()) {
      if (this.#assignable(type, BOOL)) continue;
      this.#mismatch(args[index]?.id ?? id, BOOL, type);
      good = false;
    }
    if (!good) return ERROR;
    const overloads = [name === '_&&_' ? 'logical_and' : 'logical_or'];
    this.references.set(id, { kind: 'function', name, overloads, member: false });
    return BOOL;
  }

  #list({ elements, optional }: Extract<Expr, { kind: 'list' }>): CelType {
    let joined: CelType | undefined;
    for (const [index, element] of elements.entries())
      joined = this.#join(joined, this.#initial(element, optional.has(index)));
    return listOf(joined ?? this.#variable());
  }

  #map({ entries }: Extract<Expr, { kind: 'map' }>): CelType {
    let keys: CelType | undefined;
    let values: CelType | undefined;
    for (const { key, value, optional } of entries) {
      keys = this.#join(keys, this.check(key));
      values = this.#join(values, this.#initial(value, optional));
    }
    return mapOf(keys ?? this.#variable(), values ?? this.#variable());
  }

  /** The type that an element, a value or a field gets: what `?x` holds if it holds something. */
  #initial(expr: Expr, optional: boolean): CelType {
    const type = this.check(expr);
    if (!optional) return type;
    const inner = unwrapOptional(type);
    if (inner === undefined && !isDyn(type)) this.#mismatch(expr.id, optionalOf(type), type);
    return inner ?? type;
  }

  /** Elements of different types make it dyn; that they differ is told after all types are known. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    return this.#assignable(previous, current) ? mostGeneral(previous, current) : DYN;
  }

  #struct({ id, typeName, fields }: CreateStruct): CelType {
    const known = this.#reference(id, typeName);
    if (known === undefined) {
      return this.#undeclared(id, typeName);
    }
    let type = ERROR;
    if (known.kind !== 'type') this.#report(id, `'${known.name}' is not a type`);
    else if (known.params[0]?.kind === 'struct') type = known.params[0];
    else this.#report(id, `'${known.params[0]?.name ?? ''}' is not a message type`);
    for (const field of fields) {
      const valueType = this.#initial(field.value, field.optional);
      if (type.kind === 'error') continue;
      const fieldType = this.#scope.field(type, field.name);
      if (fieldType === undefined) this.#report(field.id, `undefined field '${field.name}'`);
      else if (!this.#assignable(fieldType, valueType))
        this.#report(
          field.id,
          `expected type of field '${field.name}' is '${formatType(fieldType)}' but provided type is '${formatType(valueType)}'`,
        );
    }
    return type;
  }

  #comprehension(expr: Comprehension): CelType {
    const range = this.#resolve(this.check(expr.range));
    const accumulator = this.check(expr.init);
    const [first, second] = this.#variablesOf(expr, range);
    this.#locals.push([expr.accumulator, accumulator], [expr.variable, first]);
    if (expr.variable2 !== undefined) this.#locals.push([expr.variable2, second]);
    this.#expect(expr.condition, BOOL);
    this.#expect(expr.step, accumulator);
    this.#locals.length -= expr.variable2 === undefined ? 1 : 2;
    const result = this.check(expr.result);
    this.#locals.length -= 1;
    return this.#resolve(result);
  }

  #variablesOf({ range: { id }, variable2 }: Comprehension, range: CelType): readonly [CelType, CelType] {
    const [first = DYN, second = DYN] = range.params;
    if (range.kind === 'list') return variable2 === undefined ? [first, DYN] : [INT, first];
    if (range.kind === 'map') return [first, second];
    if (isDyn(range) || range.kind === 'error' || range.kind === 'param') {
      this.#assignable(DYN, range);
      return [DYN, DYN];
    }
    this.#report(
      id,
      `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
    );
    return [ERROR, ERROR];
  }

  #expect(expr: Expr, type: CelType): void {
    const found = this.check(expr);
    if (!this.#assignable(type, found)) this.#mismatch(expr.id, type, found);
  }
}
