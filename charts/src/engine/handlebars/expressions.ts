/** The values of expressions: paths, literals, calls of helpers and of methods. */
import type { RenderEnvironment } from '../engine.ts';
import { type CallCost, callCost, stepsForTexts, stepsToHold } from '../functions/cost.ts';
import { type CallContext, FunctionError, type TemplateFunction } from '../functions/function.ts';
import { mapEntries } from '../gotemplate/go-types.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { blockHelpers } from './blocks.ts';
import { EvaluationError } from './evaluation-error.ts';
import { checkedArguments } from './helpers.ts';
import type { CallNode, CallParts, Expression, LiteralNode, Node, PartialNode, PathNode } from './node.ts';
import { blockParam, contextAt, dataAt, isScoped, rootScope, type Scope, simpleName } from './scope.ts';
import { boundMethod, fieldOf, hasField, printed } from './value.ts';

/** What expressions need of the render around them. */
export interface ExpressionHost extends CallContext {
  readonly env: RenderEnvironment;
  /** Counts a step, and remembers where it is. */
  step(node: Node): void;
  /** Counts work that has no node of its own. */
  charge(count: number): void;
  /** Charges for going through a value, and gives it. */
  walked<T extends GoValue>(value: T): T;
}

/** Functions whose last argument is what a template renders with: absent, the context. */
const takesContext: ReadonlySet<string> = new Set(['include', 'tpl']);

/** What calls cost that are not Go templates' own. */
const ownCosts: ReadonlyMap<string, CallCost> = new Map([
  ['lookup', { steps: 0, walks: true, makes: false, stepsACharacter: 0 }],
]);

export class Expressions {
  /** Where the helper that runs was called. */
  scope: Scope = rootScope(undefined);
  private readonly host: ExpressionHost;
  private readonly helpers: ReadonlyMap<string, TemplateFunction>;

  constructor(host: ExpressionHost, helpers: ReadonlyMap<string, TemplateFunction>) {
    this.host = host;
    this.helpers = helpers;
  }

  value(node: Expression, scope: Scope): GoValue {
    this.host.step(node);
    switch (node.type) {
      case 'PathExpression':
        return this.resolve(node, scope);
      case 'SubExpression':
        return this.call(node, scope);
      case 'NumberLiteral':
        return numberOf(Number(node.value));
      case 'NullLiteral':
        return null;
      case 'UndefinedLiteral':
        return undefined;
      default:
        return node.value;
    }
  }

  /** `{{name args}}` or `(name args)`: a helper, a method, or without arguments a value. */
  call(node: CallNode, scope: Scope): GoValue {
    const path = this.pathOf(node.path);
    const name = simpleName(path);
    if (name !== undefined && blockParam(scope, name) === undefined) {
      const helper = this.helpers.get(name);
      if (helper !== undefined) return this.callHelper(helper, node, scope);
      if (blockHelpers.has(name)) throw new EvaluationError(`${name} is a block helper: write {{#${name} ...}}`);
    }
    const isCall = node.type === 'SubExpression' || node.params.length > 0 || node.hash !== undefined;
    return isCall ? this.callMethod(path, node, scope) : this.resolve(path, scope);
  }

  /** The value of a path, or of its first parts. */
  resolve(path: PathNode, scope: Scope, count: number = path.parts.length): GoValue {
    const { parts } = path;
    if (count > 1) this.host.charge(count);
    const first = parts[0] ?? '';
    let value: GoValue;
    let from = 0;
    if (path.data) {
      value = dataAt(scope, path.depth, first);
      from = 1;
    } else {
      const param = path.depth === 0 && count > 0 && !isScoped(path) ? blockParam(scope, first) : undefined;
      value = param === undefined ? contextAt(scope, path.depth) : param.value;
      from = param === undefined ? 0 : 1;
    }
    for (let i = from; i < count; i++) {
      const part = parts[i] ?? '';
      if (this.host.env.strict === true && !hasField(value, part)) {
        throw new EvaluationError(`nothing has the name ${quote(part)} in ${path.original}`);
      }
      value = fieldOf(value, part);
    }
    return value;
  }

  /** `key=value` arguments. */
  hash(node: Pick<CallParts, 'hash'>, scope: Scope): Map<string, GoValue> {
    return new Map((node.hash?.pairs ?? []).map(({ key, value }) => [key, this.value(value, scope)]));
  }

  /** A literal in the place of a name is a name, as in Handlebars: `{{"a b"}}` is the field `a b`. */
  pathOf(node: PathNode | LiteralNode): PathNode {
    if (node.type === 'PathExpression') return node;
    const name = String(node.original ?? (node.type === 'NullLiteral' ? 'null' : 'undefined'));
    return { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc: node.loc };
  }

  partialName(node: Expression, scope: Scope): string {
    return node.type === 'SubExpression'
      ? printed(this.host.walked(this.value(node, scope)))
      : this.pathOf(node).original;
  }

  /** The context that a partial is called with: the given one or the one around it, and the named arguments over it. */
  partialContext(node: PartialNode, scope: Scope): GoValue {
    const given = node.params[0];
    const context = given === undefined ? scope.context : this.value(given, scope);
    if (node.hash === undefined) return context;
    const entries = mapEntries(context) ?? new Map<string, GoValue>();
    this.host.charge(entries.size);
    return new Map([...entries, ...this.hash(node, scope)]);
  }

  private callHelper(helper: TemplateFunction, node: CallNode, scope: Scope): GoValue {
    const { name } = helper;
    const args = node.params.map((param) => this.value(param, scope));
    const hash = this.hash(node, scope);
    if (name === 'dict') for (const [key, value] of hash) args.push(key, value);
    else if (hash.size > 0 && name !== 'log') throw new EvaluationError(`${name} takes no named arguments`);
    if (takesContext.has(name) && args.length === 1) args.push(scope.context);
    this.host.step(node);
    return this.guarded(name, scope, () => {
      const checked = checkedArguments(name, helper.parameters, args);
      this.scope = scope;
      return this.metered(helper, checked);
    });
  }

  /** Calls a helper, and counts its work. */
  private metered({ name, call }: TemplateFunction, args: readonly GoValue[]): GoValue {
    const { host } = this;
    const cost = ownCosts.get(name) ?? callCost(name);
    if (cost !== undefined) host.charge(cost.steps);
    if (cost?.walks === true) for (const arg of args) host.walked(arg);
    const perCharacter = cost?.stepsACharacter ?? 0;
    if (perCharacter > 0) for (const arg of args) if (typeof arg === 'string') host.charge(perCharacter * arg.length);
    const result = call(args, host);
    if (perCharacter > 0 && typeof result === 'string') host.charge(perCharacter * result.length);
    host.charge(stepsForTexts(args, result) + (cost?.makes === true ? stepsToHold(result) : 0));
    return result;
  }

  private callMethod(path: PathNode, node: CallNode, scope: Scope): GoValue {
    const name = path.parts.at(-1) ?? '';
    const method = path.parts.length === 0 ? undefined : this.methodAt(path, scope);
    if (method === undefined) throw new EvaluationError(`missing helper: ${quote(path.original)}`);
    if (node.hash !== undefined) throw new EvaluationError(`${path.original} takes no named arguments`);
    const args = node.params.map((param) => this.value(param, scope));
    this.host.step(path);
    return this.guarded(name, scope, () => method.call(checkedArguments(name, method.parameters, args)));
  }

  private methodAt(path: PathNode, scope: Scope) {
    return boundMethod(this.resolve(path, scope, path.parts.length - 1), path.parts.at(-1) ?? '');
  }

  /** Says whose error it was. A helper called without arguments may have been meant as a field of that name. */
  private guarded(name: string, scope: Scope, call: () => GoValue): GoValue {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      const isField = error.message.startsWith('wrong number of args') && mapEntries(scope.context)?.has(name) === true;
      const hint = isField ? ` (${name} is a helper: the field is this.${name})` : '';
      throw new FunctionError(`error calling ${name}: ${error.message}${hint}`, { cause: error });
    }
  }
}

/** Integers are ints, as in Go templates. */
function numberOf(value: number): GoValue {
  if (!Number.isInteger(value)) return value;
  if (!Number.isSafeInteger(value)) throw new EvaluationError(`${value} is too large for a number here`);
  return BigInt(value);
}
