/**
 * Whether a schema is surely valid against the meta-schema of its draft, without going through the meta-schema: a fast
 * answer for the schemas that charts have. Each keyword is held to the strictest rule of all drafts; what is unusual
 * is left to the meta-schema, which alone says what is wrong.
 */
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import type { Draft } from './drafts.ts';
import { regexFormat } from './formats.ts';
import { numberOf } from './json-value.ts';

/** True if the value of a keyword is surely valid. */
type Rule = (value: GoValue, draft: Draft) => boolean;

export function isPlainSchema(value: GoValue, draft: Draft): boolean {
  // From draft 6 on, true and false are schemas.
  if (typeof value === 'boolean') return draft.version >= 6;
  if (!(value instanceof Map)) return false;
  for (const [keyword, item] of value) {
    const rule = rules.get(keyword);
    if (rule !== undefined && !rule(item, draft)) return false;
  }
  return true;
}

const anything: Rule = () => true;
const never: Rule = () => false;
const text: Rule = (value) => typeof value === 'string';
const flag: Rule = (value) => typeof value === 'boolean';
const number: Rule = (value) => numberOf(value) !== undefined;
const laterNumber: Rule = (value, draft) => draft.version >= 6 && number(value, draft);
const regex: Rule = (value) => typeof value === 'string' && regexFormat(value) === undefined;
const schemaOrFlag: Rule = (value, draft) => typeof value === 'boolean' || isPlainSchema(value, draft);

const count: Rule = (value) => {
  const size = numberOf(value);
  return size !== undefined && Number.isInteger(size) && size >= 0;
};

const schemas: Rule = (value, draft) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isPlainSchema(item, draft));

const schemaMap: Rule = (value, draft) => {
  if (!(value instanceof Map)) return false;
  for (const item of value.values()) if (!isPlainSchema(item, draft)) return false;
  return true;
};

const names: Rule = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length;

const TYPES: ReadonlySet<GoValue> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

const types: Rule = (value, draft) =>
  TYPES.has(value) ||
  (Array.isArray(value) && value.length > 0 && names(value, draft) && value.every((item) => TYPES.has(item)));

/** Scalars, each once; 1 and 1.0 are one. */
const scalars: Rule = (value) => {
  if (!Array.isArray(value) || value.length === 0) return false;
  const plain = value.map((item) => (isPlainScalar(item) ? item : numberOf(item)));
  return !plain.includes(undefined) && new Set(plain).size === value.length;
};

const isPlainScalar = (item: GoValue) => typeof item === 'string' || typeof item === 'boolean' || item === null;

const texts: Rule = (value, draft) => Array.isArray(value) && value.length > 0 && names(value, draft);

/** Addresses that are URIs beyond doubt. */
const address: Rule = (value) => typeof value === 'string' && /^https?:\/\/[\w.-]+(?:\/[\w./-]*)?#?$/.test(value);

/** The keywords of all meta-schemas; any other keyword may have any value. */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['type', types],
  ['title', text],
  ['description', text],
  ['$comment', text],
  ['format', text],
  ['contentMediaType', text],
  ['contentEncoding', text],
  ['default', anything],
  ['const', anything],
  ['examples', (value) => Array.isArray(value)],
  ['enum', scalars],
  ['$schema', address],
  ['$id', address],
  ['id', address],
  ['$ref', (value) => typeof value === 'string' && /^#(?:\/[\w.$-]+)*$/.test(value)],
  ['properties', schemaMap],
  ['definitions', schemaMap],
  ['$defs', schemaMap],
  ['dependentSchemas', schemaMap],
  [
    'patternProperties',
    (value, draft) =>
      schemaMap(value, draft) && value instanceof Map && [...value.keys()].every((key) => regex(key, draft)),
  ],
  ['additionalProperties', schemaOrFlag],
  ['additionalItems', schemaOrFlag],
  ['items', (value, draft) => isPlainSchema(value, draft) || (draft.version < 2020 && schemas(value, draft))],
  ['prefixItems', schemas],
  ['allOf', schemas],
  ['anyOf', schemas],
  ['oneOf', schemas],
  ['not', isPlainSchema],
  ['if', isPlainSchema],
  ['then', isPlainSchema],
  ['else', isPlainSchema],
  ['contains', isPlainSchema],
  ['propertyNames', isPlainSchema],
  ['unevaluatedProperties', isPlainSchema],
  ['unevaluatedItems', isPlainSchema],
  ['required', (value, draft) => names(value, draft) && (draft.version >= 6 || texts(value, draft))],
  ['pattern', regex],
  ['uniqueItems', flag],
  ['readOnly', flag],
  ['writeOnly', flag],
  ['deprecated', flag],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', laterNumber],
  ['exclusiveMaximum', laterNumber],
  ['multipleOf', (value) => (numberOf(value) ?? 0) > 0],
  ['minLength', count],
  ['maxLength', count],
  ['minItems', count],
  ['maxItems', count],
  ['minProperties', count],
  ['maxProperties', count],
  // Too rare to know by heart.
  ...[
    'dependencies',
    'dependentRequired',
    'minContains',
    'maxContains',
    'contentSchema',
    '$anchor',
    '$vocabulary',
    '$dynamicRef',
    '$dynamicAnchor',
    '$recursiveRef',
    '$recursiveAnchor',
  ].map((keyword): [string, Rule] => [keyword, never]),
]);
