/**
 * Checks a value against a compiled schema, keyword by keyword in the order of santhosh-tekuri/jsonschema v6.0.3's
 * validator.go, so that findings come and nest as Helm prints them. Where Go takes the order of a map, which is
 * random, properties go by name.
 */
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { display, enumText, isPrimitive } from './display.ts';
import { type Finding, formatFindings, quote } from './findings.ts';
import { isInteger, jsonEquals, kindOf, numberOf } from './json-value.ts';
import type { SchemaCheck } from './schema-check.ts';
import { SchemaError } from './schema-error.ts';
import { locationOf, type SchemaNode } from './schema-node.ts';
import { checkArray } from './validate-array.ts';
import { checkObject } from './validate-object.ts';
import { checkNumber, checkText } from './validate-scalar.ts';

/** Schemas that one check may visit: `allOf` within `allOf` doubles with each level. */
const MAX_STEPS = 2_000_000;

/** The text of what is wrong with a value, or undefined. Throws SchemaError for a schema that has no end. */
export function findProblems(node: SchemaNode, value: GoValue): string | undefined {
  const budget = { steps: MAX_STEPS };
  const finding = new Check({ node, value, at: [], budget, scope: undefined, quick: false, caller: false }).run();
  if (finding === undefined) return undefined;
  return formatFindings(finding.kind === 'group' ? finding.causes : [finding]);
}

/** The schemas on the way to this one; those of one `value` are tried for cycles. */
interface Scope {
  readonly node: SchemaNode;
  readonly keyword: string;
  readonly depth: number;
  readonly parent: Scope | undefined;
}

interface CheckOptions {
  readonly node: SchemaNode;
  readonly value: GoValue;
  readonly at: readonly string[];
  readonly budget: { steps: number };
  readonly scope: Scope | undefined;
  /** Only whether there is a finding matters, not which. */
  readonly quick: boolean;
  /** The caller asks what stays unevaluated. */
  readonly caller: boolean;
  readonly keyword?: string;
}

/** One schema on one value. */
class Check implements SchemaCheck {
  readonly node: SchemaNode;
  readonly value: GoValue;
  readonly at: readonly string[];
  readonly quick: boolean;
  readonly findings: Finding[] = [];
  /** Properties and indices that no keyword has looked at; undefined where nobody asks. */
  unevaluatedKeys: Set<string> | undefined;
  unevaluatedItems: Set<number> | undefined;
  private readonly budget: { steps: number };
  private readonly scope: Scope;

  constructor({ node, value, at, budget, scope, quick, caller, keyword }: CheckOptions) {
    this.node = node;
    this.value = value;
    this.at = at;
    this.quick = quick;
    this.budget = budget;
    this.scope = { node, keyword: keyword ?? '', depth: at.length, parent: scope };
    if (value instanceof Map) {
      if (!node.evaluatesAllProperties && (caller || node.unevaluatedProperties !== undefined)) {
        this.unevaluatedKeys = new Set(value.keys());
      }
    } else if (Array.isArray(value)) {
      const asked = !node.evaluatesAllItems && (caller || node.unevaluatedItems !== undefined);
      if (asked && node.prefix.length < value.length) {
        this.unevaluatedItems = new Set(value.keys());
        for (let i = 0; i < node.prefix.length; i++) this.unevaluatedItems.delete(i);
      }
    }
  }

  run(): Finding | undefined {
    if (this.budget.steps-- <= 0) throw new SchemaError(`more than ${MAX_STEPS} steps`);
    const { node, value } = this;
    if (node.bool !== undefined) return node.bool ? undefined : this.finding('false schema');
    const cycle = this.cycle();
    if (cycle !== undefined) return this.finding(cycle);
    const kind = kindOf(value);
    if (kind === undefined)
      return this.finding(`invalid jsonType ${typeof value === 'number' ? 'float64' : typeof value}`);
    const early = this.checkWhole(kind);
    if (early !== undefined) return early;
    if (node.ref !== undefined) {
      const finding = this.reference(node.ref, '$ref');
      if (node.version < 2019) return finding;
      this.add(finding);
    }
    if (value instanceof Map) checkObject(this, value);
    else if (Array.isArray(value)) checkArray(this, value);
    else if (typeof value === 'string') checkText(this, value);
    else if (kind === 'number') checkNumber(this, numberOf(value) ?? 0);
    if (this.findings.length === 0 || !this.quick) {
      if (node.version >= 2019) this.checkReferences();
      this.checkConditions();
      if (node.version >= 2019) this.checkUnevaluated();
    }
    const [only] = this.findings;
    if (this.findings.length < 2) return only;
    return { at: this.at, kind: 'group', text: 'validation failed', causes: this.findings };
  }

  /** type, const, enum and format: the first that fails is the only finding. */
  private checkWhole(kind: string): Finding | undefined {
    const { node, value } = this;
    if (node.types !== undefined && !node.types.includes(kind)) {
      if (!(kind === 'number' && node.types.includes('integer') && isInteger(value))) {
        return this.finding(`got ${kind}, want ${node.types.join(' or ')}`);
      }
    }
    if (node.constant !== undefined && !jsonEquals(value, node.constant.value)) {
      return this.finding(
        isPrimitive(node.constant.value) ? `value must be ${display(node.constant.value)}` : "'const' failed",
      );
    }
    if (node.values !== undefined && !node.values.some((item) => jsonEquals(value, item))) {
      return this.finding(enumText(node.values));
    }
    if (node.format === undefined || typeof value !== 'string') return undefined;
    const problem = node.format.check(value);
    return problem === undefined
      ? undefined
      : this.finding(`${quote(value)} is not valid ${node.format.name}: ${problem}`);
  }

  private checkReferences(): void {
    const { recursiveRef, dynamicRef } = this.node;
    if (recursiveRef !== undefined) {
      const target = recursiveRef.recursiveAnchor
        ? this.outermost((node) => (node.resource.recursiveAnchor ? node : undefined), recursiveRef)
        : recursiveRef;
      this.add(this.reference(target, '$recursiveRef'));
    }
    if (dynamicRef !== undefined) {
      const { node, anchor } = dynamicRef;
      const dynamic = anchor !== '' && node.dynamicAnchor === anchor;
      const target = dynamic ? this.outermost((each) => each.resource.dynamicAnchors.get(anchor), node) : node;
      this.add(this.reference(target, '$dynamicRef'));
    }
  }

  private outermost(find: (node: SchemaNode) => SchemaNode | undefined, fallback: SchemaNode): SchemaNode {
    let found = fallback;
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      found = find(scope.node) ?? found;
    }
    return found;
  }

  private checkConditions(): void {
    const { node } = this;
    if (node.not !== undefined && this.self(node.not, { quick: true }) === undefined) this.report("'not' failed");
    if (node.allOf.length > 0) {
      const causes: Finding[] = [];
      for (const each of node.allOf) {
        const finding = this.self(each);
        if (finding !== undefined) causes.push(finding);
        if (finding !== undefined && this.quick) break;
      }
      if (causes.length > 0) this.report("'allOf' failed", causes);
    }
    this.checkAnyOf();
    this.checkOneOf();
    if (node.condition === undefined) return;
    const { test, pass, fail } = node.condition;
    const branch = this.self(test, { quick: true }) === undefined ? pass : fail;
    if (branch !== undefined) this.add(this.self(branch));
  }

  private checkAnyOf(): void {
    if (this.node.anyOf.length === 0) return;
    const causes: Finding[] = [];
    let matched = false;
    for (const each of this.node.anyOf) {
      const finding = this.self(each);
      if (finding !== undefined) causes.push(finding);
      else matched = true;
      // What is unevaluated depends on all that match.
      if (matched && !this.unevaluatedKeys?.size && !this.unevaluatedItems?.size) break;
    }
    if (!matched) this.report("'anyOf' failed", causes);
  }

  private checkOneOf(): void {
    if (this.node.oneOf.length === 0) return;
    const causes: Finding[] = [];
    let matched = -1;
    for (const [i, each] of this.node.oneOf.entries()) {
      const finding = this.self(each, { quick: matched >= 0 });
      if (finding !== undefined) {
        if (matched < 0) causes.push(finding);
      } else if (matched < 0) {
        matched = i;
      } else {
        this.report(`'oneOf' failed, subschemas ${matched}, ${i} matched`);
        break;
      }
    }
    if (matched < 0) this.report("'oneOf' failed, none matched", causes);
  }

  private checkUnevaluated(): void {
    const { node, value } = this;
    if (value instanceof Map && node.unevaluatedProperties !== undefined) {
      const keys = [...(this.unevaluatedKeys ?? [])].sort();
      for (const key of keys) this.add(this.child(node.unevaluatedProperties, value.get(key), key));
      this.unevaluatedKeys = undefined;
    }
    if (Array.isArray(value) && node.unevaluatedItems !== undefined) {
      for (const i of this.unevaluatedItems ?? []) this.add(this.child(node.unevaluatedItems, value[i], String(i)));
      this.unevaluatedItems = undefined;
    }
  }

  /** Another schema on the same value. */
  self(
    node: SchemaNode,
    { keyword = '', quick = false }: { keyword?: string; quick?: boolean } = {},
  ): Finding | undefined {
    const caller = (this.unevaluatedKeys?.size ?? 0) > 0 || (this.unevaluatedItems?.size ?? 0) > 0;
    const { value, at, budget, scope } = this;
    const check = new Check({ node, value, at, budget, scope, quick: this.quick || quick, caller, keyword });
    const finding = check.run();
    if (finding === undefined) {
      for (const key of this.unevaluatedKeys ?? [])
        if (!check.unevaluatedKeys?.has(key)) this.unevaluatedKeys?.delete(key);
      for (const i of this.unevaluatedItems ?? [])
        if (!check.unevaluatedItems?.has(i)) this.unevaluatedItems?.delete(i);
    }
    return finding;
  }

  /** A schema on a part of the value. */
  child(node: SchemaNode, value: GoValue, token: string): Finding | undefined {
    const { budget, scope, quick } = this;
    return new Check({ node, value, at: [...this.at, token], budget, scope, quick, caller: false }).run();
  }

  /** A schema on the name of a property. */
  name(node: SchemaNode, key: string): Finding | undefined {
    const { budget, quick } = this;
    const finding = new Check({ node, value: key, at: [], budget, scope: undefined, quick, caller: false }).run();
    if (finding === undefined) return undefined;
    const causes = finding.kind === 'group' ? finding.causes : [finding];
    return { at: this.at, kind: 'plain', text: `invalid propertyName ${quote(key)}`, causes };
  }

  private reference(node: SchemaNode, keyword: string): Finding | undefined {
    const finding = this.self(node, { keyword });
    if (finding === undefined) return undefined;
    const causes = finding.kind === 'group' ? finding.causes : [finding];
    return { at: this.at, kind: 'reference', text: 'validation failed', causes };
  }

  finding(text: string, causes: readonly Finding[] = []): Finding {
    return { at: this.at, kind: 'plain', text, causes };
  }

  report(text: string, causes: readonly Finding[] = []): void {
    this.findings.push(this.finding(text, causes));
  }

  add(finding: Finding | undefined): void {
    if (finding !== undefined) this.findings.push(finding);
  }

  /** The text of a reference that leads back to itself without a step into the value. */
  private cycle(): string | undefined {
    const { scope } = this;
    for (let each = scope.parent; each !== undefined && each.depth === scope.depth; each = each.parent) {
      if (each.node !== scope.node) continue;
      return `both ${keywordPath(scope)} and ${keywordPath(each)} resolve to "${locationOf(scope.node)}" causing reference cycle`;
    }
    return undefined;
  }
}

function keywordPath(scope: Scope): string {
  let path = '';
  for (let each = scope; each.parent !== undefined; each = each.parent) {
    path =
      (each.keyword === '' ? locationOf(each.node).slice(locationOf(each.parent.node).length) : `/${each.keyword}`) +
      path;
  }
  return path;
}
