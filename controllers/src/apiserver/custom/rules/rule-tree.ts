/**
 * The rules of a custom resource at work (apiextensions-apiserver's pkg/apiserver/schema/cel/validation.go, v1.34): each
 * schema's rules run on its values, with the old value where one goes with it, within one budget.
 */
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';
import { escapeName } from '../../../cel/identifiers.ts';
import type { Activation } from '../../../cel/plans.ts';
import { type DeclaredType, declareType, withTypeAndMetadata } from '../../../cel/schema-types.ts';
import { schemaValue } from '../../../cel/schema-values.ts';
import { isError, NONE, Optional } from '../../../cel/values.ts';
import { type Correlation, correlateIndex, correlateKey, findByKeys, isUnchanged } from './correlation.ts';
import { type CompiledRule, compileRule, type Rule, rulesOf, ruleText } from './rule.ts';

/** What all rules of one object may cost, and each of them. */
const BUDGET = 10_000_000;
const CALL_LIMIT = 1_000_000;
const LONGEST_MESSAGE = 5 * 1024;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

interface RuleTree {
  readonly schema: JsonObject;
  readonly type: string;
  readonly rules: readonly CompiledRule[];
  readonly items: RuleTree | undefined;
  readonly values: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
}

/** The old values that errors are forgiven for. */
interface Ratchet {
  readonly current: Correlation | undefined;
  /** The nearest one above, where there is none here. */
  readonly nearest: Correlation | undefined;
}

export interface RuleRun {
  readonly object: unknown;
  /** What is replaced; undefined on creation. */
  readonly old: unknown;
  /** Told of rules that fail for values which did not change. */
  readonly warn: ((text: string) => void) | undefined;
}

/** Runs the rules of a schema, a resource's or that of a part of one; undefined where it has none. */
export function ruleRunner(
  schema: JsonObject,
  isResource = true,
): ((run: RuleRun) => readonly FieldError[]) | undefined {
  const full = isResource ? { ...schema, type: 'object' } : schema;
  const tree = buildTree(full, declareType(full, isResource, 'selfType'), isResource);
  if (tree === undefined) return undefined;
  return ({ object, old, warn }) => {
    const state = new Run(warn);
    const current = old === undefined ? undefined : { value: object, old, schema: full };
    state.validate(tree, '', object, old, { current, nearest: undefined });
    return state.errors;
  };
}

function buildTree(node: JsonObject, declared: DeclaredType | undefined, isResource: boolean): RuleTree | undefined {
  const own = declared === undefined ? [] : rulesOf(node).map((rule) => compileRule(rule, node, declared));
  const child = (schema: unknown, type: DeclaredType | undefined): RuleTree | undefined =>
    isObject(schema) ? buildTree(schema, type, isEmbedded(schema)) : undefined;
  const properties = new Map<string, RuleTree>();
  const schemas = isObject(node.properties) ? node.properties : {};
  for (const name of Object.keys(schemas)) {
    const schema = schemas[name];
    const escaped = escapeName(name);
    // What no expression can name has rules of its own, still.
    const apart =
      isObject(schema) && escaped === undefined ? declareType(schema, isEmbedded(schema), 'selfType') : undefined;
    const type = escaped === undefined ? apart : declared?.fields?.get(escaped);
    const tree = type === undefined ? undefined : child(schema, type);
    if (tree !== undefined) properties.set(name, tree);
  }
  const items = child(node.items, declared?.element);
  const values = child(node.additionalProperties, declared?.element);
  if (own.length === 0 && properties.size === 0 && items === undefined && values === undefined) return undefined;
  const schema = isResource ? withTypeAndMetadata(node) : node;
  return { schema, type: String(node.type ?? ''), rules: own, items, values, properties };
}

const isEmbedded = (schema: JsonObject): boolean => schema['x-kubernetes-embedded-resource'] === true;

class Run {
  readonly errors: FieldError[] = [];
  readonly #warn: ((text: string) => void) | undefined;
  /** Below zero when nothing more is run. */
  #budget = BUDGET;

  constructor(warn: ((text: string) => void) | undefined) {
    this.#warn = warn;
  }

  validate(tree: RuleTree, path: string, value: unknown, old: unknown, ratchet: Ratchet): void {
    if (value === null || value === undefined || this.#budget < 0) return;
    this.#runRules(tree, path, value, old, ratchet);
    if (this.#budget < 0) return;
    if (Array.isArray(value)) this.#validateList(tree, path, value, old, ratchet);
    else if (isObject(value)) this.#validateObject(tree, path, value, old, ratchet);
  }

  #validateList(
    { items, schema }: RuleTree,
    path: string,
    list: readonly unknown[],
    old: unknown,
    ratchet: Ratchet,
  ): void {
    if (items === undefined) return;
    const before = Array.isArray(old) ? old : [];
    for (const [index, item] of list.entries()) {
      const inner =
        ratchet.current === undefined
          ? ratchet
          : { current: correlateIndex(ratchet.current, index), nearest: ratchet.current };
      this.validate(items, `${path}[${index}]`, item, findByKeys(schema, before, item), inner);
    }
  }

  #validateObject(tree: RuleTree, path: string, object: JsonObject, old: unknown, ratchet: Ratchet): void {
    const before = isObject(old) ? old : {};
    const visit = (child: RuleTree, at: string, key: string): void => {
      const was = Object.hasOwn(before, key) ? before[key] : undefined;
      this.validate(child, at, object[key], was, keyRatchet(ratchet, key));
    };
    for (const key of Object.keys(object)) {
      if (tree.values !== undefined) visit(tree.values, `${path}[${key}]`, key);
      const property = tree.properties.get(key);
      if (property !== undefined) visit(property, path === '' ? key : `${path}.${key}`, key);
    }
  }

  #runRules(tree: RuleTree, path: string, value: unknown, old: unknown, ratchet: Ratchet): void {
    if (tree.rules.length === 0) return;
    const at = path === '' ? '<nil>' : path;
    if (this.#budget === 0) {
      this.#stop(invalid(at, tree.type, OUT_OF_BUDGET));
      return;
    }
    const self = schemaValue(value, tree.schema);
    const hasOld = old !== undefined && old !== null;
    const oldSelf = hasOld ? schemaValue(old, tree.schema) : undefined;
    for (const rule of tree.rules) {
      if (this.#budget < 0) return;
      const optional = rule.rule.optionalOldSelf === true;
      if (rule.usesOldSelf && !hasOld && !optional) continue;
      const activation: Activation = (name) => {
        if (name === 'self') return self;
        if (!optional) return oldSelf;
        return oldSelf === undefined ? NONE : new Optional(oldSelf);
      };
      this.#runRule(tree, rule, path, activation, ratchet);
    }
  }

  #stop(error: FieldError): void {
    this.errors.push(error);
    this.#budget = -1;
  }

  #runRule(tree: RuleTree, compiled: CompiledRule, path: string, activation: Activation, ratchet: Ratchet): void {
    const at = path === '' ? '<nil>' : path;
    const { rule, program, error } = compiled;
    if (error !== undefined) this.errors.push(invalid(at, tree.type, `rule compile error: ${error}`));
    if (program === undefined) return;
    const { value, cost, exceeded } = program.evaluate(activation, CALL_LIMIT);
    if (cost > this.#budget) {
      this.#stop(invalid(at, tree.type, OUT_OF_BUDGET));
      return;
    }
    this.#budget -= cost;
    if (isError(value)) {
      const text = value.message;
      if (exceeded)
        this.#stop(
          invalid(
            at,
            tree.type,
            `'${text}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`,
          ),
        );
      else if (text.startsWith('no such overload'))
        this.errors.push(
          invalid(
            at,
            tree.type,
            `'${text}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`,
          ),
        );
      else this.errors.push(invalid(at, tree.type, `${text} evaluating rule: ${ruleText(rule)}`));
      return;
    }
    if (value === true) return;
    const place = compiled.path === '' ? at : path === '' ? compiled.path : `${path}.${compiled.path}`;
    const message = this.#message(compiled, activation);
    const failed =
      'stopped' in message ? invalid(place, tree.type, message.stopped) : failure(place, tree.type, message.text, rule);
    if (!compiled.usesOldSelf && isForgiven(ratchet)) this.#warn?.(warningText(failed));
    else this.errors.push(failed);
    if ('stopped' in message) this.#budget = -1;
  }

  /** The text of a failed rule; `stopped` where finding it cost too much. */
  #message({ rule, messageProgram }: CompiledRule, activation: Activation): { text: string } | { stopped: string } {
    const fallback = rule.message === '' ? `failed rule: ${ruleText(rule)}` : rule.message.trim();
    if (messageProgram === undefined) return { text: fallback };
    const { value, cost, exceeded } = messageProgram.evaluate(activation, CALL_LIMIT);
    if (cost > this.#budget)
      return {
        stopped:
          'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
      };
    if (exceeded)
      return {
        stopped: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(rule.messageExpression)}`,
      };
    this.#budget -= cost;
    const text = typeof value === 'string' ? value.trim() : '';
    const good = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= LONGEST_MESSAGE;
    return { text: good ? text : fallback };
  }
}

function keyRatchet(ratchet: Ratchet, key: string): Ratchet {
  const { current, nearest } = ratchet;
  if (current === undefined) return ratchet;
  // Old and new have been made the same version: that they differ can't be seen.
  if (nearest === undefined && (key === 'apiVersion' || key === 'kind'))
    return { current: undefined, nearest: undefined };
  return { current: correlateKey(current, key), nearest: current };
}

function isForgiven({ current, nearest }: Ratchet): boolean {
  return isUnchanged(current ?? nearest);
}

function failure(path: string, type: string, text: string, { reason }: Rule): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, text);
    case 'FieldValueRequired':
      return required(path, text);
    case 'FieldValueDuplicate':
      return duplicate(path, type);
    default:
      return invalid(path, type, text);
  }
}

const WORDS: Partial<Record<FieldError['type'], string>> = {
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
};

function warningText({ field, type, text }: FieldError): string {
  return `${field}: ${WORDS[type] ?? 'Invalid value'}${text}`;
}
