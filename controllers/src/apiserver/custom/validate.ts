/**
 * Validation of custom resources by their OpenAPI v3 schema (apiextensions-apiserver's validation, v1.34).
 */
import {
  type FieldError,
  invalid,
  notSupported,
  required,
  tooMany,
  typeInvalid,
} from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { compilePattern } from '../../cel/pattern.ts';
import { versionOf } from './definition.ts';
import { hasFormat } from './formats.ts';
import { validateEmbedded, validateLists, validateScale } from './invariants.ts';
import { type Correlation, correlateIndex, correlateKey, isUnchanged } from './rules/correlation.ts';

const MAX_ERRORS = 100;

/** All that is wrong with an object. What an update left as it was may stay wrong. */
export function validateCustom(
  definition: KubeObject,
  version: string,
  object: KubeObject,
  old?: KubeObject,
): readonly FieldError[] {
  const schema = versionOf(definition, version)?.schema?.openAPIV3Schema;
  if (schema === undefined) return [];
  const errors: FieldError[] = [];
  const { apiVersion: _v, kind: _k, metadata: _m, ...rest } = object;
  const correlation = old === undefined ? undefined : { value: object, old, schema };
  validateObject(rest, schema, '', errors, correlation);
  const { apiVersion: _ov, kind: _ok, metadata: _om, ...before } = old ?? object;
  const listsWereSound = old === undefined || validateLists(before, schema, '').length === 0;
  return [
    ...errors,
    ...validateScale(rest, versionOf(definition, version)),
    ...validateEmbedded(rest, schema, ''),
    ...(listsWereSound ? validateLists(rest, schema, '') : []),
  ];
}

/** What is wrong with a value by its schema, as far as an update has changed it. */
export function validateValue(
  value: unknown,
  schema: JsonObject,
  path: string,
  errors: FieldError[],
  correlation?: Correlation,
): void {
  if (errors.length >= MAX_ERRORS) return;
  const before = errors.length;
  checkValue(value, schema, path, errors, correlation);
  if (errors.length > before && isUnchanged(correlation)) errors.length = before;
}

function checkValue(
  value: unknown,
  schema: JsonObject,
  path: string,
  errors: FieldError[],
  correlation: Correlation | undefined,
): void {
  if (value === null && schema.nullable === true) return;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value !== 'string' && !Number.isInteger(value))
      errors.push(
        typeInvalid(
          path,
          typeName(value),
          `${path} in body must be of type integer,string: ${JSON.stringify(typeName(value))}`,
        ),
      );
  } else if (typeof schema.type === 'string' && !hasType(value, schema.type)) {
    errors.push(
      typeInvalid(
        path,
        typeName(value),
        `${path} in body must be of type ${schema.type}: ${JSON.stringify(typeName(value))}`,
      ),
    );
    return;
  }
  combined(value, schema, path, errors);
  if (Array.isArray(schema.enum) && !schema.enum.some((item) => deepEqual(item, value))) {
    errors.push(notSupported(path, value, schema.enum.map(String)));
  }
  if (typeof value === 'string') validateText(value, schema, path, errors);
  else if (typeof value === 'number') validateNumber(value, schema, path, errors);
  else if (Array.isArray(value)) validateList(value, schema, path, errors, correlation);
  else if (isObject(value)) validateObject(value, schema, path, errors, correlation);
}

function validateText(value: string, schema: JsonObject, path: string, errors: FieldError[]): void {
  const length = [...value].length;
  if (typeof schema.maxLength === 'number' && length > schema.maxLength) {
    errors.push({ type: 'FieldValueTooLong', field: path, text: `: may not be more than ${schema.maxLength} bytes` });
  }
  if (typeof schema.minLength === 'number' && length < schema.minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`));
  }
  if (typeof schema.pattern === 'string' && !matches(schema.pattern, value)) {
    errors.push(invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (typeof schema.format === 'string' && !hasFormat(schema.format, value)) {
    errors.push(typeInvalid(path, value, `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`));
  }
}

/** A pattern that can't be read says nothing. */
function matches(pattern: string, value: string): boolean {
  const compiled = compilePattern(pattern);
  return typeof compiled === 'string' || compiled.matcher(value).find();
}

function validateNumber(value: number, schema: JsonObject, path: string, errors: FieldError[]): void {
  const { minimum, maximum, multipleOf } = schema;
  if (typeof minimum === 'number') {
    const exclusive = schema.exclusiveMinimum === true;
    if (exclusive ? value <= minimum : value < minimum)
      errors.push(
        invalid(path, value, `${path} in body should be greater than ${exclusive ? '' : 'or equal to '}${minimum}`),
      );
  }
  if (typeof maximum === 'number') {
    const exclusive = schema.exclusiveMaximum === true;
    if (exclusive ? value >= maximum : value > maximum)
      errors.push(
        invalid(path, value, `${path} in body should be less than ${exclusive ? '' : 'or equal to '}${maximum}`),
      );
  }
  if (typeof multipleOf === 'number' && value % multipleOf !== 0)
    errors.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
}

function validateList(
  value: readonly unknown[],
  schema: JsonObject,
  path: string,
  errors: FieldError[],
  correlation: Correlation | undefined,
): void {
  if (typeof schema.maxItems === 'number' && value.length > schema.maxItems)
    errors.push(tooMany(path, value.length, schema.maxItems));
  if (typeof schema.minItems === 'number' && value.length < schema.minItems) {
    errors.push(invalid(path, value.length, `${path} in body should have at least ${schema.minItems} items`));
  }
  const { items } = schema;
  if (isObject(items))
    for (const [index, item] of value.entries())
      validateValue(item, items, `${path}[${index}]`, errors, correlateIndex(correlation, index));
}

function validateObject(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  errors: FieldError[],
  correlation: Correlation | undefined,
): void {
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const name of Array.isArray(schema.required) ? schema.required.map(String) : []) {
    if (path === '' && (name === 'metadata' || name === 'apiVersion' || name === 'kind')) continue;
    if (!Object.hasOwn(value, name)) errors.push(required(path === '' ? name : `${path}.${name}`));
  }
  const count = Object.keys(value).length;
  if (typeof schema.maxProperties === 'number' && count > schema.maxProperties)
    errors.push(tooMany(path, count, schema.maxProperties));
  if (typeof schema.minProperties === 'number' && count < schema.minProperties) {
    errors.push(invalid(path, count, `${path} in body should have at least ${schema.minProperties} properties`));
  }
  for (const key of Object.keys(value)) {
    if (path === '' && key === 'metadata') continue;
    const child = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
    if (!isObject(child)) continue;
    validateValue(value[key], child, path === '' ? key : `${path}.${key}`, errors, correlateKey(correlation, key));
  }
}

/** The junctors, which tell what they miss without a field (kube-openapi's validate/schema_props.go). */
function combined(value: unknown, schema: JsonObject, path: string, errors: FieldError[]): void {
  const failures = (part: unknown): readonly FieldError[] => {
    if (!isObject(part)) return [];
    const inner: FieldError[] = [];
    validateValue(value, part, path, inner);
    return inner;
  };
  const misses = (text: string): number => errors.push(invalid('<nil>', '', `${JSON.stringify(path)} must ${text}`));
  const { allOf, anyOf, oneOf, not } = schema;
  if (Array.isArray(anyOf) && anyOf.length > 0) {
    const results = anyOf.map(failures);
    if (results.every(({ length }) => length > 0)) {
      misses('validate at least one schema (anyOf)');
      errors.push(...nearest(results));
    }
  }
  if (Array.isArray(oneOf) && oneOf.length > 0) {
    const results = oneOf.map(failures);
    const valid = results.filter(({ length }) => length === 0).length;
    if (valid !== 1) {
      const found = valid === 0 ? 'none valid' : `${valid} valid alternatives`;
      misses(`validate one and only one schema (oneOf). Found ${found}`);
      if (valid === 0) errors.push(...nearest(results));
    }
  }
  if (Array.isArray(allOf) && allOf.length > 0) {
    const results = allOf.map(failures);
    errors.push(...results.flat());
    const valid = results.filter(({ length }) => length === 0).length;
    if (valid < results.length) misses(`validate all the schemas (allOf)${valid > 0 ? '' : '. None validated'}`);
  }
  if (isObject(not) && failures(not).length === 0) misses('not validate the schema (not)');
}

/** Of several failures the one that fits best. */
function nearest(results: readonly (readonly FieldError[])[]): readonly FieldError[] {
  return results.reduce((best, result) => (result.length < best.length ? result : best));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function hasType(value: unknown, type: string): boolean {
  const name = typeName(value);
  return name === type || (type === 'number' && name === 'integer');
}
