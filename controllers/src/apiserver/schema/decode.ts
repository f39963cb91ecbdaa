/**
 * From the JSON of a request to an object as the API server writes it: what Go's decoding into a typed struct and
 * encoding again leave (sigs.k8s.io/json and encoding/json, Kubernetes v1.34). Unknown fields are dropped and reported,
 * null is the same as absent, empty omitempty fields disappear, fields without omitempty appear, quantities and times
 * take their canonical form. The result shares nothing with the input but what is stored already.
 */
import { deepCopy, isObject, type JsonObject, setKey } from '../../apimachinery/json.ts';
import { canonicalQuantity, QUANTITY_ERROR, tryParseQuantity } from '../../apimachinery/quantity.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import type { Field, Schema } from './types.ts';
import { type FieldPlan, type StructPlan, structPlanOf, zero, zeroOf } from './zero.ts';

export interface Decoded {
  /** A fresh object that the caller may change, but for what it shares with a stored one. */
  readonly value: Record<string, unknown>;
  /** The first mismatch of types, in Go's words: the object can't be used. */
  readonly error: string | undefined;
  /** `unknown field "spec.foo"`, in the order of the document. */
  readonly unknown: readonly string[];
}

const MAX_GOOD_TIMES = 1000;
const NOTHING: readonly string[] = [];

/**
 * Decodes a document of a built-in type. Documents without problems take one quick pass. Parts of the metadata that are
 * the very ones of a stored object, which came from here, are taken over: they are shared and must stay as they are.
 */
export function decode(schema: Schema, document: JsonObject, stored?: JsonObject): Decoded {
  const quick = new Decoder(false);
  const value = quick.struct(schema, document, stored, true);
  if (!quick.failed) return { value, error: undefined, unknown: NOTHING };
  const exact = new Decoder(true);
  exact.struct(schema, document);
  return { value, error: exact.error, unknown: exact.unknown };
}

class Decoder {
  /** Whether problems are described: in document order, with paths. */
  readonly #exact: boolean;
  failed = false;
  #ended: string | undefined;
  #mismatched: string | undefined;
  readonly unknown: string[] = [];
  readonly #path: string[] = [];
  #struct = '';
  #fields: string[] = [];

  constructor(exact: boolean) {
    this.#exact = exact;
  }

  /** With `stored`, the same struct as it is stored: what is taken over of it (of the root only the metadata's parts). */
  struct(schema: Schema, input: JsonObject, stored?: JsonObject, isRoot = false): Record<string, unknown> {
    if (this.#exact) {
      this.#describe(schema, input);
      return {};
    }
    const plan = structPlanOf(schema);
    const out: Record<string, unknown> = {};
    let next = 0;
    let written = 0;
    for (const name in input) {
      const given = input[name];
      if (given === undefined) continue;
      const place = plan.places.get(name);
      if (place === undefined) {
        this.failed = true;
        return out;
      }
      if (place < next) return this.#unordered(plan, input, stored, isRoot);
      next = place + 1;
      for (let at = plan.written[written]; at !== undefined && at <= place; at = plan.written[written]) {
        if (at < place) writeZero(out, plan.fields[at] as FieldPlan);
        written += 1;
      }
      this.#field(out, plan.fields[place] as FieldPlan, given, stored, isRoot);
    }
    for (; written < plan.written.length; written += 1) {
      writeZero(out, plan.fields[plan.written[written] as number] as FieldPlan);
    }
    return out;
  }

  /** The fields of a document that has them in another order than Go. All of them are known so far. */
  #unordered(plan: StructPlan, input: JsonObject, stored: JsonObject | undefined, isRoot: boolean) {
    const out: Record<string, unknown> = {};
    for (const field of plan.fields) {
      const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
      if (given !== undefined) this.#field(out, field, given, stored, isRoot);
      else if (field.isWritten) writeZero(out, field);
    }
    for (const name in input) if (input[name] !== undefined && !plan.places.has(name)) this.failed = true;
    return out;
  }

  #field(
    out: Record<string, unknown>,
    { name, field, isWritten, isDropped }: FieldPlan,
    given: unknown,
    stored: JsonObject | undefined,
    isRoot: boolean,
  ): void {
    let value: unknown;
    if (given === null) value = undefined;
    else if (stored !== undefined && isRoot) {
      const before = stored[name];
      value =
        name === 'metadata' && isObject(given) && isObject(before)
          ? this.struct(field.schema, given, before)
          : this.#value(field.schema, given, field);
    } else if (stored !== undefined && typeof given === 'object' && given === stored[name]) value = given;
    else value = this.#value(field.schema, given, field);
    if (value === undefined || (isDropped && isEmpty(value, field.schema))) {
      if (isWritten) out[name] = zeroOf(field);
    } else out[name] = value;
  }

  /** In the order of the document: what is unknown, and what does not fit. The result is of no interest. */
  #describe(schema: Schema, input: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(input)) {
      const given = input[key];
      if (given === undefined) continue;
      const field = schema.fields.get(key);
      if (field === undefined) {
        this.unknown.push(`unknown field "${this.#path.join('')}${this.#path.length === 0 ? '' : '.'}${key}"`);
        continue;
      }
      if (given === null) continue;
      const outer = this.#struct;
      this.#struct = schema.goType.slice(schema.goType.lastIndexOf('.') + 1);
      this.#fields.push(key);
      this.#path.push(this.#path.length === 0 ? key : `.${key}`);
      this.#value(field.schema, given, field);
      this.#path.pop();
      this.#fields.pop();
      this.#struct = outer;
    }
  }

  /** Undefined is the zero value. */
  #value(schema: Schema, given: unknown, field: Field | undefined): unknown {
    switch (schema.kind) {
      case 'struct':
        if (isObject(given)) return this.struct(schema, given);
        return this.#mismatch(schema, given);
      case 'list':
        return this.#list(schema, given);
      case 'map':
        return this.#map(schema, given);
      case 'string':
        return typeof given === 'string' ? given : this.#mismatch(schema, given);
      case 'bool':
        return typeof given === 'boolean' ? given : this.#mismatch(schema, given);
      case 'int32':
      case 'int64':
      case 'uint32':
      case 'uint64':
        return this.#integer(schema, given);
      case 'float64':
        return typeof given === 'number' ? given : this.#mismatch(schema, given);
      case 'Raw':
        return deepCopy(given);
      default:
        return this.#special(schema, given, field);
    }
  }

  #list(schema: Schema, given: unknown): unknown {
    if (!Array.isArray(given)) return this.#mismatch(schema, given);
    // Storage does not keep nil and empty apart.
    if (given.length === 0) return undefined;
    const element = schema.element as Schema;
    const out = new Array<unknown>(given.length);
    for (let i = 0; i < given.length; i += 1) {
      const item: unknown = given[i];
      if (this.#exact) this.#path.push(`[${i}]`);
      const value = item === null || item === undefined ? undefined : this.#value(element, item, undefined);
      out[i] = value === undefined ? zero(element) : value;
      if (this.#exact) this.#path.pop();
    }
    return out;
  }

  #map(schema: Schema, given: unknown): unknown {
    if (!isObject(given)) return this.#mismatch(schema, given);
    const element = schema.element as Schema;
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(given)) {
      const item = given[key];
      if (item === undefined) continue;
      if (this.#exact) this.#path.push(`.${key}`);
      const value = item === null ? undefined : this.#value(element, item, undefined);
      setKey(out, key, value === undefined ? zero(element) : value);
      if (this.#exact) this.#path.pop();
    }
    return out;
  }

  #integer(schema: Schema, given: unknown): unknown {
    if (typeof given !== 'number') return this.#mismatch(schema, given);
    const limit = schema.kind === 'int32' ? 2_147_483_648 : schema.kind === 'uint32' ? 4_294_967_296 : 2 ** 63;
    const lowest = schema.kind.startsWith('u') ? 0 : -limit;
    if (!Number.isInteger(given) || given < lowest || given >= limit)
      return this.#fail(schema.goType, `number ${given}`);
    return given;
  }

  /** Types that decode themselves. */
  #special(schema: Schema, given: unknown, field: Field | undefined): unknown {
    switch (schema.kind) {
      case 'Quantity': {
        const text = typeof given === 'string' || typeof given === 'number' ? String(given) : undefined;
        if (text === undefined || (text !== '' && tryParseQuantity(text) === undefined))
          return this.#problem(QUANTITY_ERROR);
        return text === '' ? this.#problem(QUANTITY_ERROR) : canonicalQuantity(text);
      }
      case 'Time':
      case 'MicroTime': {
        if (typeof given !== 'string') return this.#failValue('string', describe(given));
        if (schema.kind === 'Time' && goodTimes.has(given)) return given;
        const instant = RFC3339.test(given) ? Date.parse(given) : Number.NaN;
        if (Number.isNaN(instant)) return this.#problem(timeError(given, schema.kind));
        return schema.kind === 'Time' ? rememberTime(formatTime(instant)) : canonicalMicroTime(given, instant);
      }
      case 'Duration':
        return typeof given === 'string' ? given : this.#failValue('string', describe(given));
      case 'IntOrString':
        if (typeof given === 'string') return given;
        if (typeof given !== 'number') return this.#failValue('int32', describe(given));
        if (!Number.isInteger(given) || Math.abs(given) > 2_147_483_648)
          return this.#failValue('int32', `number ${given}`);
        return given;
      case 'bytes': {
        if (typeof given !== 'string') return this.#fail(schema.goType, describe(given));
        const bad = firstBadBase64(given);
        if (bad >= 0) return this.#mistake(`illegal base64 data at input byte ${bad}`);
        return given.replace(/[\r\n]/g, '');
      }
      default:
        throw new RangeError(`no decoder for ${schema.kind} (${field?.name ?? ''})`);
    }
  }

  #mismatch(schema: Schema, given: unknown): undefined {
    // The one name of a type that the published data does not have.
    const isUid = schema.kind === 'string' && schema.goType === 'string' && this.#fields.at(-1) === 'uid';
    return this.#fail(isUid ? 'types.UID' : schema.goType, describe(given));
  }

  /** A value that does not fit: Go goes on, and tells of the first one in the end. */
  #fail(goType: string, value: string): undefined {
    return this.#mistake(this.#mismatchText(goType, value));
  }

  #mistake(text: string): undefined {
    this.failed = true;
    this.#mismatched ??= text;
    return undefined;
  }

  /** A type that decodes itself: its error ends the decoding. */
  #failValue(goType: string, value: string): undefined {
    return this.#problem(this.#mismatchText(goType, value));
  }

  #mismatchText(goType: string, value: string): string {
    const where = this.#fields.length === 0 ? 'Go value' : `Go struct field ${this.#struct}.${this.#fields.join('.')}`;
    return `json: cannot unmarshal ${value} into ${where} of type ${goType}`;
  }

  #problem(text: string): undefined {
    this.failed = true;
    this.#ended ??= text;
    return undefined;
  }

  /** What ended the decoding, else the first value that did not fit. */
  get error(): string | undefined {
    return this.#ended ?? this.#mismatched;
  }
}

function writeZero(out: Record<string, unknown>, { name, field }: FieldPlan): void {
  out[name] = zeroOf(field);
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** The parts of a time as Go reads them, one after the other. */
const TIME_PARTS: readonly (readonly [layout: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
  ['.000000', /^\.\d{6}/],
  ['Z07:00', /^(Z|[+-]\d\d:\d\d)/],
];

/** What Go says of a text that is no time: the part that it expected, and what was left. */
function timeError(text: string, kind: 'Time' | 'MicroTime'): string {
  const layout = kind === 'Time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  const fail = (problem: string): string => `parsing time ${JSON.stringify(text)}${problem}`;
  let rest = text;
  for (const [part, pattern] of TIME_PARTS) {
    if (part === '.000000' && kind === 'Time') {
      rest = rest.replace(/^[.,]\d+/, '');
      continue;
    }
    const found = pattern.exec(rest);
    if (found === null)
      return fail(` as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`);
    rest = rest.slice(found[0].length);
  }
  if (rest !== '') return fail(`: extra text: ${JSON.stringify(rest)}`);
  const [, month = 0, day = 0, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number);
  const range =
    month < 1 || month > 12
      ? 'month'
      : day < 1 || day > 31
        ? 'day'
        : hour > 23
          ? 'hour'
          : minute > 59
            ? 'minute'
            : 'second';
  return fail(`: ${range} out of range`);
}

/** Times in canonical form; an object's times are those of others. */
const goodTimes = new Set<string>();

function rememberTime(text: string): string {
  if (goodTimes.size >= MAX_GOOD_TIMES) goodTimes.clear();
  goodTimes.add(text);
  return text;
}

/** Six digits, whatever was given: milliseconds are too coarse to go through. */
function canonicalMicroTime(text: string, instant: number): string {
  const digits = /\.(\d+)/.exec(text)?.[1] ?? '';
  const base = formatMicroTime(instant);
  return digits === '' ? base : `${base.slice(0, 20)}${digits.padEnd(6, '0').slice(0, 6)}Z`;
}

/** What encoding/json's omitempty leaves out. */
function isEmpty(value: unknown, schema: Schema): boolean {
  if (value === 0 || value === false) return true;
  if (value === '') return schema.kind !== 'IntOrString';
  if (Array.isArray(value)) return value.length === 0;
  if (schema.kind === 'map') for (const _ in value as object) return false;
  return schema.kind === 'map';
}

function describe(given: unknown): string {
  if (Array.isArray(given)) return 'array';
  if (typeof given === 'boolean') return 'bool';
  return typeof given;
}

/** The offset that Go's base64 decoder reports; -1 where all is well. */
function firstBadBase64(text: string): number {
  const clean = text.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)) return -1;
  const bad = text.search(/[^A-Za-z0-9+/\r\n]/);
  if (bad < 0) return text.length;
  return text.charAt(bad) === '=' ? Math.min(text.length, bad + 1) : bad;
}
