/**
 * The values of CEL (cel-go's common/types). A bool, a string and null are JavaScript's; an int is a bigint, a double a
 * number; all else has a class. An error is a value too: `false && error` is false.
 */
import {
  BOOL,
  BYTES,
  CelType,
  DOUBLE,
  DURATION,
  ERROR,
  INT,
  LIST,
  MAP,
  NULL,
  OPTIONAL,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
} from './types.ts';

export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | Uint
  | Uint8Array
  | Duration
  | Timestamp
  | CelList
  | CelMap
  | CelType
  | Optional
  | Opaque
  | CelError;

export class CelError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export const NO_SUCH_OVERLOAD = new CelError('no such overload');

export function isError(value: Value): value is CelError {
  return value instanceof CelError;
}

export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

export class Timestamp {
  /** Since 1970, UTC. */
  readonly nanoseconds: bigint;
  /** The zone it was written in, in minutes east of UTC: kept for printing. */
  readonly offset: number;

  constructor(nanoseconds: bigint, offset = 0) {
    this.nanoseconds = nanoseconds;
    this.offset = offset;
  }
}

export class Optional {
  /** Undefined in optional.none(). */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

/** A list. Those of a schema may be sets or maps by key: they compare and add up as such. */
export class CelList {
  readonly items: readonly Value[];
  readonly rules: ListRules | undefined;

  constructor(items: readonly Value[], rules?: ListRules) {
    this.items = items;
    this.rules = rules;
  }
}

/** How a list of x-kubernetes-list-type compares and adds up. */
export interface ListRules {
  equal(a: CelList, b: CelList): boolean;
  add(a: CelList, b: CelList): CelList;
}

/** A map or an object: objects of a schema have its fields, escaped, as keys. */
export interface CelMap {
  readonly isMap: true;
  readonly size: number;
  find(key: Value): Value | undefined;
  keys(): Iterable<Value>;
  /** Maps that are not equal key by key. */
  equals?(other: CelMap): boolean;
}

/** A value that only functions look into: a URL, an IP, a quantity. */
export interface Opaque {
  readonly isOpaque: true;
  readonly type: CelType;
  equals(other: Value): boolean;
  /** Whether `size` of it counts in costs; 1 where undefined. */
  readonly size?: number;
}

export function isList(value: Value): value is CelList {
  return value instanceof CelList;
}

export function isMap(value: Value): value is CelMap {
  return typeof value === 'object' && value !== null && 'isMap' in value;
}

export function isOpaque(value: Value): value is Opaque {
  return typeof value === 'object' && value !== null && 'isOpaque' in value;
}

/** The type of a value at run time; what a list holds is not told. */
export function valueType(value: Value): CelType {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
  }
  if (value === null) return NULL;
  if (value instanceof Uint) return UINT;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof CelList) return LIST;
  if (value instanceof Duration) return DURATION;
  if (value instanceof Timestamp) return TIMESTAMP;
  if (value instanceof Optional) return OPTIONAL;
  if (value instanceof CelType) return TYPE;
  if (value instanceof CelError) return ERROR;
  if ('isMap' in value) return MAP;
  return value.type;
}

/** Maps that expressions make. A key is one of bool, int, uint or string; 1, 1u and 1.0 are the same key. */
export class EntryMap implements CelMap {
  readonly isMap = true;
  readonly #entries: Map<string, readonly [Value, Value]>;

  constructor(entries: Iterable<readonly [Value, Value]>) {
    this.#entries = new Map([...entries].map((entry) => [keyText(entry[0]), entry] as const));
  }

  get size(): number {
    return this.#entries.size;
  }

  protected set(key: Value, value: Value): void {
    this.#entries.set(keyText(key), [key, value]);
  }

  find(key: Value): Value | undefined {
    return this.#entries.get(keyText(key))?.[1];
  }

  *keys(): Iterable<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }
}

/** Equal for keys that CEL takes as equal. */
function keyText(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  return `${typeof key}${String(key)}`;
}
