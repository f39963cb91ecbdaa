/**
 * The rules of a definition, checked when it is written: what is written in them, that they compile, and what they can
 * cost (apiextensions-apiserver's pkg/apis/apiextensions/validation, v1.34).
 */
import {
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  Printed,
  required,
} from '../../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';
import { escapeName } from '../../../cel/identifiers.ts';
import { type DeclaredType, declareType } from '../../../cel/schema-types.ts';
import { readFieldPath } from './field-path.ts';
import { cardinality, compileRule, type Rule, rulesOf } from './rule.ts';

const RULE_COST_LIMIT = 10_000_000;
const TOTAL_COST_LIMIT = 100_000_000;
const MOST_NAMED = 4;
const LIMIT = 2 ** 64;
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const RULES = 'x-kubernetes-validations';

interface Total {
  cost: number;
  /** Whether what is at a path is wrong in other ways. */
  readonly isBroken: (path: string) => boolean;
  /** Rules that take more than a hundredth of what all may. */
  readonly expensive: { readonly path: string; readonly cost: number }[];
}

/** Where a schema stands: the type of its values if that is known, and how often they can be there. */
interface Place {
  readonly path: string;
  readonly isResource: boolean;
  readonly declared: DeclaredType | undefined;
  /** Undefined where no bound is known. */
  readonly count: number | undefined;
  /** The map that keeps old and new values from going together. */
  readonly uncorrelatable: string | undefined;
}

interface Found {
  readonly schema: FieldError[];
  readonly cel: FieldError[];
}

/** All that is wrong with the rules of a schema; `path` is where it stands. They are compiled where no other errors
 * are `known`; null: nowhere. */
export function validateRules(
  schema: JsonObject,
  path: string,
  known: readonly FieldError[] | null = [],
): readonly FieldError[] {
  if (!hasRules(schema)) return [];
  const total: Total = {
    cost: 0,
    expensive: [],
    isBroken: (at) => known?.some(({ field }) => isWithin(field, at)) ?? true,
  };
  const root: Place = {
    path,
    isResource: true,
    declared: undefined,
    count: 1,
    uncorrelatable: undefined,
  };
  const { schema: words, cel } = validateNode(schema, root, total);
  const errors = [...words, ...cel];
  if (total.cost > TOTAL_COST_LIMIT) {
    for (const each of total.expensive)
      errors.push(
        forbiddenField(
          each.path,
          'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        ),
      );
    const name = `${RULES} estimated rule cost total for entire OpenAPIv3 schema`;
    errors.push(forbiddenField(path, costMessage(name, total.cost, TOTAL_COST_LIMIT)));
  }
  return errors;
}

function isWithin(field: string, path: string): boolean {
  return field === path || field.startsWith(`${path}.`);
}

/** Whether a schema has rules, here or further in. */
export function hasRules(schema: JsonObject): boolean {
  if (Array.isArray(schema[RULES]) && schema[RULES].length > 0) return true;
  return childrenOf(schema).some(({ child }) => hasRules(child));
}

function childrenOf(
  schema: JsonObject,
): { readonly name: string | undefined; readonly path: string; readonly child: JsonObject }[] {
  const { additionalProperties, properties, items } = schema;
  const out: { name: string | undefined; path: string; child: JsonObject }[] = [];
  if (isObject(additionalProperties))
    out.push({ name: undefined, path: '.additionalProperties', child: additionalProperties });
  if (isObject(properties))
    for (const name of Object.keys(properties)) {
      const child = properties[name];
      if (isObject(child)) out.push({ name, path: `.properties[${name}]`, child });
    }
  if (isObject(items)) out.push({ name: undefined, path: '.items', child: items });
  return out;
}

function validateNode(schema: JsonObject, place: Place, total: Total): Found {
  const found: Found = { schema: [], cel: [] };
  const rules = rulesOf(schema);
  const declared = place.declared ?? (hasRules(schema) ? declareType(schema, place.isResource, 'selfType') : undefined);
  for (const { name, path, child } of childrenOf(schema)) {
    const inner = validateNode(child, childPlace(schema, { ...place, declared }, name, path, child), total);
    found.schema.push(...inner.schema);
    found.cel.push(...inner.cel);
  }
  for (const [index, rule] of rules.entries())
    found.schema.push(...validateWords(rule, schema, `${place.path}.${RULES}[${index}]`));
  if (found.schema.length > 0 || total.isBroken(place.path) || declared === undefined || rules.length === 0)
    return found;
  // Each rule sees the type of its own value as the outermost.
  const self = declareType(schema, place.isResource, 'selfType') ?? declared;
  for (const [index, rule] of rules.entries()) found.cel.push(...validateRule(rule, schema, self, place, index, total));
  return found;
}

function childPlace(
  schema: JsonObject,
  place: Place,
  name: string | undefined,
  path: string,
  child: JsonObject,
): Place {
  const most = maxElements(schema);
  const escaped = name === undefined ? undefined : escapeName(name);
  const granular = schema['x-kubernetes-map-type'] === undefined || schema['x-kubernetes-map-type'] === 'granular';
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  const listType = schema['x-kubernetes-list-type'];
  const apart =
    (name !== undefined && !granular && !atomic) || (path === '.items' && listType !== 'map') ? place.path : undefined;
  return {
    path: `${place.path}${path}`,
    isResource: child['x-kubernetes-embedded-resource'] === true,
    declared:
      name === undefined
        ? place.declared?.element
        : escaped === undefined
          ? undefined
          : place.declared?.fields?.get(escaped),
    count: place.count === undefined || most === undefined ? undefined : Math.min(LIMIT, place.count * most),
    uncorrelatable: place.uncorrelatable ?? apart,
  };
}

function maxElements(schema: JsonObject): number | undefined {
  const bound = (value: unknown): number | undefined => (typeof value === 'number' ? Math.max(0, value) : undefined);
  if (schema.type === 'array') return bound(schema.maxItems);
  if (schema.type === 'object' && schema.additionalProperties !== undefined) return bound(schema.maxProperties);
  return 1;
}

function validateWords(rule: Rule, schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const text = rule.rule.trim();
  const message = rule.message.trim();
  const breaks = (value: string): boolean => /[\n\r]/.test(value);
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (rule.message !== '' && message === '')
    errors.push(invalid(`${path}.message`, rule.message, 'must be non-empty if specified'));
  else if (breaks(message)) errors.push(invalid(`${path}.message`, rule.message, 'must not contain line breaks'));
  else if (breaks(text) && message === '')
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (rule.messageExpression !== '' && rule.messageExpression.trim() === '')
    errors.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  if (rule.reason !== undefined && !REASONS.includes(rule.reason))
    errors.push(notSupported(`${path}.reason`, rule.reason, REASONS));
  if (rule.fieldPath === '') return errors;
  if (rule.fieldPath.trim() === '')
    errors.push(invalid(`${path}.fieldPath`, rule.fieldPath, 'must be non-empty if specified'));
  if (breaks(rule.fieldPath)) errors.push(invalid(`${path}.fieldPath`, rule.fieldPath, 'must not contain line breaks'));
  if (typeof readFieldPath(rule.fieldPath, schema, true) === 'string')
    errors.push(invalid(`${path}.fieldPath`, rule.fieldPath, 'must be a valid path'));
  return errors;
}

function validateRule(
  rule: Rule,
  schema: JsonObject,
  declared: DeclaredType,
  place: Place,
  index: number,
  total: Total,
): FieldError[] {
  const errors: FieldError[] = [];
  const path = `${place.path}.${RULES}[${index}]`;
  const compiled = compileRule(rule, schema, declared);
  const times = place.count ?? cardinality(declared);
  const cost = Math.min(LIMIT, compiled.maxCost * times);
  if (cost > RULE_COST_LIMIT)
    errors.push(forbiddenField(`${path}.rule`, costMessage('estimated rule cost', cost, RULE_COST_LIMIT)));
  observe(total, `${path}.rule`, cost);
  if (compiled.error !== undefined) errors.push(invalid(`${path}.rule`, printRule(rule), compiled.error));
  if (compiled.messageError !== undefined)
    errors.push(invalid(`${path}.messageExpression`, printRule(rule), compiled.messageError));
  else if (compiled.messageProgram !== undefined) {
    const messageCost = compiled.messageMaxCost;
    if (messageCost > RULE_COST_LIMIT) {
      const text = costMessage('estimated messageExpression cost', messageCost, RULE_COST_LIMIT);
      errors.push(forbiddenField(`${path}.messageExpression`, text));
    }
    observe(total, `${path}.messageExpression`, messageCost);
  }
  if (compiled.usesOldSelf) {
    if (place.uncorrelatable !== undefined)
      errors.push(
        invalid(
          `${path}.rule`,
          rule.rule,
          `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`,
        ),
      );
  } else if (rule.optionalOldSelf !== undefined)
    errors.push(
      invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
    );
  return errors;
}

function observe(total: Total, path: string, cost: number): void {
  total.cost = Math.min(LIMIT, total.cost + cost);
  if (cost < TOTAL_COST_LIMIT / 100) return;
  total.expensive.push({ path, cost });
  total.expensive.sort((a, b) => b.cost - a.cost);
  total.expensive.length = Math.min(total.expensive.length, MOST_NAMED);
}

function costMessage(name: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** As Go prints its struct in JSON, with what HTML might take amiss escaped. */
function printRule(rule: Rule): Printed {
  const struct = {
    Rule: rule.rule,
    Message: rule.message,
    MessageExpression: rule.messageExpression,
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath,
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
  return new Printed(
    JSON.stringify(struct).replace(
      /[<>&\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}
