/**
 * What is wrong with a configuration's types, in the words of structured-merge-diff (v6 typed/validate.go): server-side
 * apply looks at these before anything is decoded.
 */
import { getKey, isObject } from '../json.ts';
import { type ApplySchema, childSchema, isAssociative } from './apply.ts';

/** Each as `PATH: what is wrong`; no more than a client can read. */
export function typedErrors(schema: ApplySchema, value: unknown): readonly string[] {
  const errors: string[] = [];
  visit(schema, value, { path: '', errors });
  return errors;
}

/** One error alone, or a list of them (ValidationErrors.Error). */
export function formatTypedErrors(errors: readonly string[]): string {
  const [first = '', ...others] = errors;
  return others.length === 0 ? first : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

interface Place {
  readonly path: string;
  readonly errors: string[];
}

const MOST_ERRORS = 100;

const NUMERIC = new Set(['int32', 'int64', 'uint32', 'uint64', 'float64']);
const TEXT = new Set(['string', 'bytes', 'Time', 'MicroTime', 'Duration']);
const ANY_SCALAR = new Set(['Quantity', 'IntOrString']);

function visit(schema: ApplySchema, value: unknown, place: Place): void {
  if (value === null || value === undefined || place.errors.length >= MOST_ERRORS) return;
  const { kind } = schema;
  if (kind === 'list') {
    if (Array.isArray(value)) visitItems(schema, value, place);
    else report(place, `expected list, got ${printed(value)}`);
  } else if (kind === 'struct' || kind === 'map') {
    if (isObject(value)) visitFields(schema, value, place);
    else report(place, `expected map, got ${printed(value)}`);
  } else if (TEXT.has(kind)) {
    if (typeof value !== 'string')
      report(place, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
  } else if (NUMERIC.has(kind)) {
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      report(place, `expected numeric (int or float), got ${goTypeOf(value)}`);
    }
  } else if (kind === 'bool') {
    if (typeof value !== 'boolean') report(place, `expected boolean, got ${printed(value)}`);
  } else if (ANY_SCALAR.has(kind) && typeof value === 'object') {
    report(place, `expected any scalar, got ${printed(value)}`);
  }
}

function visitFields(schema: ApplySchema, value: Readonly<Record<string, unknown>>, place: Place): void {
  for (const key of Object.keys(value)) {
    const path = `${place.path}.${key}`;
    const inner = childSchema(schema, key);
    if (inner !== undefined) {
      visit(inner, value[key], { ...place, path });
    } else if (schema.kind === 'struct' && schema.fields.size > 0 && schema.preserveUnknown !== true) {
      report({ ...place, path }, 'field not declared in schema');
      // The walk over a map ends at such a field.
      return;
    }
  }
}

function visitItems(schema: ApplySchema, items: readonly unknown[], place: Place): void {
  const { element } = schema;
  if (element === undefined) return;
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    let name = `[${index}]`;
    if (isAssociative(schema)) {
      const problem = itemProblem(schema, item);
      if (problem !== undefined) {
        report(place, `element ${index}: ${problem}`);
        return;
      }
      name = itemName(schema, item);
      if (seen.has(name)) report(place, `duplicate entries for key ${name}`);
      seen.add(name);
    }
    visit(element, item, { ...place, path: place.path + name });
  }
}

/** Why an item of an associative list has no key. */
function itemProblem(schema: ApplySchema, item: unknown): string | undefined {
  if (schema.listType === 'map') {
    if (item === null) return 'associative list with keys may not have a null element';
    return isObject(item) ? undefined : 'associative list with keys may not have non-map elements';
  }
  if (item === null) return "associative list without keys has an element that's an explicit null";
  if (isObject(item)) return "associative list without keys has an element that's a map type";
  return Array.isArray(item) ? 'not supported: associative list with lists as elements' : undefined;
}

/** `[name="a",port=80]`, or of a set, `[="a"]`; what is not said has its default. */
function itemName(schema: ApplySchema, item: unknown): string {
  if (schema.listType === 'set') return `[=${keyText(item)}]`;
  const keys = [...schema.listMapKeys].sort().flatMap((key) => {
    const field = schema.element?.fields.get(key);
    const value = isObject(item) ? getKey(item, key) : undefined;
    return [`${key}=${keyText(value ?? field?.default ?? (NUMERIC.has(field?.schema.kind ?? '') ? 0 : ''))}`];
  });
  return `[${keys.join(',')}]`;
}

function keyText(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : goText(value);
}

function report({ path, errors }: Place, message: string): void {
  errors.push(path === '' ? message : `${path}: ${message}`);
}

/** Go's `%v` of a pointer to the value's holder. */
function printed(value: unknown): string {
  return `&{${goText(value)}}`;
}

/** Go's `%v`. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObject(value)) {
    return `map[${sortedEntries(value)
      .map(([key, item]) => `${key}:${goText(item)}`)
      .join(' ')}]`;
  }
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** Go's `%#v`. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value)) {
    const entries = sortedEntries(value).map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`);
    return `map[string]interface {}{${entries.join(', ')}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? numberText(value) : String(value);
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** Go writes exponents with two digits. */
function numberText(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function sortedEntries(value: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
