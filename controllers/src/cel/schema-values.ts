/**
 * JSON as values of CEL, by its schema (the apiserver's pkg/cel/common/valuesunstructured.go) or as it is. Objects and
 * maps are read when they are asked, so that a large object costs only what an expression looks at.
 */
import { deepEqual, isObject, type JsonObject } from '../apimachinery/json.ts';
import { equalValues } from './equality.ts';
import { escapeName, unescapeName } from './identifiers.ts';
import { withTypeAndMetadata } from './schema-types.ts';
import { parseDate, parseDuration, parseTimestamp } from './time.ts';
import { CelError, CelList, type CelMap, isError, type ListRules, type Value } from './values.ts';

const isEmbedded = (schema: JsonObject): boolean => schema['x-kubernetes-embedded-resource'] === true;

/** A value of a schema; an error where it is not of its type. */
export function schemaValue(json: unknown, schema: JsonObject): Value {
  if (json === null || json === undefined)
    return schema.nullable === true ? null : new CelError('invalid data, got null for schema with nullable=false');
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof json === 'string') return json;
    if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json);
    return new CelError('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      return isObject(json)
        ? new SchemaMap(json, isEmbedded(schema) ? withTypeAndMetadata(schema) : schema)
        : new CelError('invalid data, expected a map for the provided schema with type=object');
    case 'array':
      return Array.isArray(json)
        ? listValue(json, schema)
        : new CelError('invalid data, expected an array for the provided schema with type=array');
    case 'string':
      return typeof json === 'string'
        ? textValue(json, schema)
        : new CelError(`invalid data, expected string, got ${goType(json)}`);
    case 'number':
      return typeof json === 'number' ? json : new CelError(`invalid data, expected float, got ${goType(json)}`);
    case 'integer':
      return typeof json === 'number' && Number.isInteger(json)
        ? BigInt(json)
        : new CelError(`invalid data, expected int, got ${goType(json)}`);
    case 'boolean':
      return typeof json === 'boolean' ? json : new CelError(`invalid data, expected bool, got ${goType(json)}`);
    default:
      return jsonValue(json);
  }
}

/** As Go names the type of a JSON value. */
function goType(json: unknown): string {
  if (typeof json === 'string') return 'string';
  if (typeof json === 'boolean') return 'bool';
  if (typeof json === 'number') return Number.isInteger(json) ? 'int64' : 'float64';
  return Array.isArray(json) ? '[]interface {}' : 'map[string]interface {}';
}

function textValue(text: string, schema: JsonObject): Value {
  switch (schema.format) {
    case 'duration': {
      const value = parseDuration(text);
      return isError(value)
        ? new CelError(`Invalid duration ${text}: unable to parse ${JSON.stringify(text)} as duration`)
        : value;
    }
    case 'date': {
      const value = parseDate(text);
      return isError(value) ? new CelError(`Invalid date formatted string ${text}: parsing time`) : value;
    }
    case 'date-time': {
      const value = parseTimestamp(text);
      return isError(value) ? new CelError(`Invalid date-time formatted string ${text}: parsing time`) : value;
    }
    case 'byte':
      return Buffer.from(text, 'base64');
    default:
      return text;
  }
}

/** An object with the fields of a schema, by escaped name, or a map with its keys. */
class SchemaMap implements CelMap {
  readonly isMap = true;
  readonly #json: JsonObject;
  readonly #properties: JsonObject | undefined;
  readonly #values: JsonObject | undefined;

  constructor(json: JsonObject, schema: JsonObject) {
    this.#json = json;
    this.#properties = isObject(schema.properties) ? schema.properties : undefined;
    this.#values =
      this.#properties === undefined && isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
  }

  get size(): number {
    return Object.keys(this.#json).length;
  }

  #schemaOf(key: string): JsonObject | undefined {
    if (this.#values !== undefined) return this.#values;
    const schema =
      this.#properties !== undefined && Object.hasOwn(this.#properties, key) ? this.#properties[key] : undefined;
    return isObject(schema) ? schema : undefined;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return new CelError('no such overload');
    const name = this.#properties === undefined ? key : unescapeName(key);
    if (name === undefined || !Object.hasOwn(this.#json, name)) return undefined;
    const value = this.#json[name];
    if (value === undefined || (value === null && this.#properties !== undefined)) return undefined;
    const schema = this.#schemaOf(name);
    return schema === undefined ? undefined : schemaValue(value, schema);
  }

  *keys(): Iterable<Value> {
    for (const key of Object.keys(this.#json)) {
      if (this.#json[key] === undefined || this.#schemaOf(key) === undefined) continue;
      yield this.#properties === undefined ? key : (escapeName(key) ?? key);
    }
  }

  equals(other: CelMap): boolean {
    if (this.size !== other.size) return false;
    for (const key of Object.keys(this.#json)) {
      if (this.#schemaOf(key) === undefined) {
        if (!(other instanceof SchemaMap)) return false;
        if (Object.hasOwn(other.#json, key) && !deepEqual(this.#json[key], other.#json[key])) return false;
        continue;
      }
      const name = this.#properties === undefined ? key : (escapeName(key) ?? key);
      const [left, right] = [this.find(name), other.find(name)];
      if ((left === undefined) !== (right === undefined)) return false;
      if (left !== undefined && right !== undefined && !equalValues(left, right)) return false;
    }
    return true;
  }
}

function listValue(json: readonly unknown[], schema: JsonObject): Value {
  const { items } = schema;
  if (!isObject(items)) return new CelError('invalid array type, expected Items with a non-empty Schema');
  const values = json.map((item) => schemaValue(item, items));
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return new CelList(values, SET_RULES);
    case 'map': {
      const keys = Array.isArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : [];
      return new CelList(values, mapRules(keys.map(String)));
    }
    default:
      return new CelList(values);
  }
}

/** Sets are equal in any order, and add up without doubles. */
const SET_RULES: ListRules = {
  equal: (a, b) =>
    a.items.length === b.items.length && b.items.every((item) => a.items.some((each) => equalValues(each, item))),
  add: (a, b) => {
    const fresh = b.items.filter((item) => !a.items.some((each) => equalValues(each, item)));
    return new CelList([...a.items, ...fresh], SET_RULES);
  },
};

/** Lists of items with keys are equal in any order; what is added takes the place of the item with its key. */
function mapRules(keys: readonly string[]): ListRules {
  const keyOf = (item: Value): readonly Value[] =>
    keys.map((key) =>
      typeof item === 'object' && item !== null && 'isMap' in item ? (item.find(escapeName(key) ?? key) ?? null) : null,
    );
  const same = (a: Value, b: Value): boolean => {
    const right = keyOf(b);
    return keyOf(a).every((part, index) => equalValues(part, right[index] ?? null));
  };
  const rules: ListRules = {
    equal: (a, b) =>
      a.items.length === b.items.length &&
      b.items.every((item) => a.items.some((each) => same(each, item) && equalValues(each, item))),
    add: (a, b) => {
      const items = [...a.items];
      for (const item of b.items) {
        const place = items.findIndex((each) => same(each, item));
        if (place < 0) items.push(item);
        else items[place] = item;
      }
      return new CelList(items, rules);
    },
  };
  return rules;
}

/** JSON without a schema: whole numbers are ints. */
export function jsonValue(json: unknown): Value {
  switch (typeof json) {
    case 'boolean':
    case 'string':
      return json;
    case 'number':
      return Number.isInteger(json) ? BigInt(json) : json;
    case 'bigint':
      return json;
  }
  if (json === null || json === undefined) return null;
  if (Array.isArray(json)) return new CelList(json.map(jsonValue));
  return isObject(json) ? new JsonMap(json) : null;
}

class JsonMap implements CelMap {
  readonly isMap = true;
  readonly #json: JsonObject;

  constructor(json: JsonObject) {
    this.#json = json;
  }

  get size(): number {
    return this.#names().length;
  }

  #names(): readonly string[] {
    return Object.keys(this.#json).filter((key) => this.#json[key] !== undefined);
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#json, key) || this.#json[key] === undefined) return undefined;
    return jsonValue(this.#json[key]);
  }

  keys(): Iterable<Value> {
    return this.#names();
  }
}
