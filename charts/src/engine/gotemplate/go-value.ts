/**
 * How Go's values look in this engine: the one representation that the evaluator, printf, the template functions,
 * the YAML reader and the YAML emitter share. Follows Go 1.26's reflect kinds as text/template sees them.
 *
 * | Go                          | here                                                          |
 * | --------------------------- | ------------------------------------------------------------- |
 * | untyped nil / nil interface | `null`                                                        |
 * | the zero reflect.Value      | `undefined` (prints as `<no value>`)                          |
 * | string                      | `string`; a byte that is not valid UTF-8 is U+DC80..U+DCFF    |
 * | bool                        | `boolean`                                                     |
 * | float64                     | `number`                                                      |
 * | int                         | `bigint`, always within int64                                 |
 * | any other number type       | `GoNumber` (int64, uint8, float32, time.Duration, ...)        |
 * | map[string]interface {}     | `Map<string, GoValue>`                                        |
 * | any other or a named map    | `GoMap`                                                       |
 * | []interface {}              | `GoValue[]`                                                   |
 * | []byte                      | `Uint8Array`                                                  |
 * | any other slice             | `GoSlice`                                                     |
 * | a nil slice or map          | `GoSlice` or `GoMap` with `isNil`: see nilSlice, nilMap       |
 * | struct or pointer to one    | `GoStruct`                                                    |
 * | func                        | `GoFunction`                                                  |
 *
 * Values are never changed in place, save by `set`, `unset` and the merge functions, whose point it is.
 */

/** Any value that a template can hold. */
export type GoValue =
  | null
  | undefined
  | string
  | boolean
  | number
  | bigint
  | GoNumber
  | Map<string, GoValue>
  | GoMap
  | GoValue[]
  | Uint8Array
  | GoSlice
  | GoStruct
  | GoFunction;

/** A number of a type other than int and float64. `type` is Go's name for it, as `%T` prints it. */
export class GoNumber {
  readonly type: string;
  readonly kind: NumberKind;
  /** Integers are bigints within their kind's range; floats are numbers; a complex number's real part. */
  readonly value: bigint | number;
  /** The imaginary part of a complex number, else 0. */
  readonly imaginary: number;
  constructor(type: string, kind: NumberKind, value: bigint | number, imaginary: number = 0) {
    this.type = type;
    this.kind = kind;
    this.value = value;
    this.imaginary = imaginary;
  }
}

export type NumberKind =
  /** Of a named type only: a plain int is a bigint. */
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'complex128';

/** An int64, wrapped around as Go's arithmetic does. */
export function int64(value: bigint): GoNumber {
  return new GoNumber('int64', 'int64', BigInt.asIntN(64, value));
}

/**
 * A method that templates can call. `parameters` are the Go types of its arguments, as in TemplateFunction; without
 * them any number of arguments of any type is passed on as it is. `method()` makes one with parameters.
 */
export interface GoMethod<Receiver> {
  (receiver: Receiver, args: readonly GoValue[]): GoValue;
  readonly parameters?: readonly string[];
  /** Why templates can't call it: its results are not one value, or one and an error. */
  readonly refused?: string;
}

/** A method with checked parameters, e.g. `method(['string'], (files, [name]) => ...)`. */
export function method<Receiver>(
  parameters: readonly string[],
  call: (receiver: Receiver, args: readonly GoValue[]) => GoValue,
): GoMethod<Receiver> {
  return Object.assign((receiver: Receiver, args: readonly GoValue[]) => call(receiver, args), { parameters });
}

/** A method without parameters that templates can't call for the sake of its results. */
export function refusedMethod<Receiver>(refused: string): GoMethod<Receiver> {
  const parameters: readonly string[] = [];
  return Object.assign(() => null, { parameters, refused });
}

/** A slice whose elements are not interfaces, e.g. `[]string` (type `[]string`, elem `string`). */
export class GoSlice {
  readonly type: string;
  readonly elem: string;
  readonly items: GoValue[];
  /** A nil slice: empty and printed `[]`, but `null` in JSON and not equal to an empty one. */
  readonly isNil: boolean = false;
  constructor(elem: string, items: GoValue[], type: string = `[]${elem}`) {
    this.type = type;
    this.elem = elem;
    this.items = items;
  }
}

/** A map whose value type is not interface {}, e.g. `map[string]string`. Keys are strings in all that Helm offers. */
export class GoMap {
  readonly type: string;
  readonly elem: string;
  readonly entries: Map<string, GoValue>;
  /** A nil map: empty and printed `map[]`, but `null` in JSON, and it can't be written to. */
  readonly isNil: boolean = false;
  constructor(elem: string, entries: Map<string, GoValue>, type: string = `map[string]${elem}`) {
    this.type = type;
    this.elem = elem;
    this.entries = entries;
  }
}

class NilSlice extends GoSlice {
  override readonly isNil = true;
}

class NilMap extends GoMap {
  override readonly isNil = true;
}

/** The nil slice of an element type, e.g. what `rest (list)` gives: `nilSlice('interface {}')`. */
export function nilSlice(elem: string): GoSlice {
  return new NilSlice(elem, []);
}

/** The nil map of a value type, e.g. what `fromYaml "null"` gives: `nilMap('interface {}')`. */
export function nilMap(elem: string): GoMap {
  return new NilMap(elem, new Map());
}

/** What a struct type has: its exported fields in declaration order, and the methods that templates can call. */
export interface GoStructType {
  /** As `%T` prints it, e.g. `*chart.Metadata`, `common.KubeVersion`, `time.Time`. */
  readonly name: string;
  /** A pointer prints as `&{...}` and is a different kind to `kindOf`. */
  readonly pointer: boolean;
  /** True for a nil pointer of this type, for printing. */
  readonly isNil?: boolean;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly json?: string }[];
  readonly methods: ReadonlyMap<string, GoMethod<GoStruct>>;
  /** String() or Error(): what print, printf %v and %s use in place of the fields. */
  readonly format?: (receiver: GoStruct) => string;
  /**
   * String() of the pointer, for a type whose value has none: used where a template prints a field of a pointer's
   * struct itself (Go can take its address there), not by print and printf, which get a copy.
   */
  readonly formatInPlace?: (receiver: GoStruct) => string;
  /** The type of a copy in an interface, whose address Go cannot take: without the methods of the pointer. */
  readonly held?: GoStructType;
  /** GoString(): what %#v prints. */
  readonly goString?: (receiver: GoStruct) => string;
  /** All fields as fmt finds them, unexported ones too, where `fields` does not have them. */
  readonly shown?: (receiver: GoStruct) => ReadonlyMap<string, GoValue>;
  /** MarshalJSON, where the type has one. */
  readonly toJson?: (receiver: GoStruct) => GoValue;
  /** The native of the type's zero value: what a deep copy holds, which leaves unexported fields out. */
  readonly zeroNative?: unknown;
}

/** A struct, or a pointer to one. `native` holds what a native type is made of (a time, a compiled expression). */
export class GoStruct {
  readonly type: GoStructType;
  readonly fields: ReadonlyMap<string, GoValue>;
  readonly native: unknown;
  constructor(type: GoStructType, fields: ReadonlyMap<string, GoValue>, native?: unknown) {
    this.type = type;
    this.fields = fields;
    this.native = native;
  }
}

/** A struct as an interface holds it, which is what functions are given. */
export function inInterface(value: GoStruct): GoStruct {
  const { held } = value.type;
  return held === undefined ? value : new GoStruct(held, value.fields, value.native);
}

/** A function value: only `call` can use it. */
export class GoFunction {
  readonly type: string;
  readonly call: (args: readonly GoValue[]) => GoValue;
  constructor(type: string, call: (args: readonly GoValue[]) => GoValue) {
    this.type = type;
    this.call = call;
  }
}

/** What a named number type has beyond its kind, e.g. time.Duration, time.Month, time.Weekday. */
export interface GoNumberType {
  /** As `%T` prints it. */
  readonly name: string;
  readonly kind: NumberKind;
  /** String(): what print, printf %v and %s use in place of the number. */
  readonly format: (receiver: GoNumber) => string;
  readonly methods: ReadonlyMap<string, GoMethod<GoNumber>>;
}

/** A number of a named type with methods. */
export class GoNamedNumber extends GoNumber {
  readonly named: GoNumberType;
  constructor(named: GoNumberType, value: bigint) {
    super(named.name, named.kind, value);
    this.named = named;
  }
}

/** A map of a named type with methods: `.Files` (engine.files), which is a map[string][]byte with `Get` and more. */
export class GoNamedMap extends GoMap {
  readonly methods: ReadonlyMap<string, GoMethod<GoMap>>;
  constructor(
    type: { name: string; elem: string; methods: ReadonlyMap<string, GoMethod<GoMap>> },
    entries: Map<string, GoValue>,
  ) {
    super(type.elem, entries, type.name);
    this.methods = type.methods;
  }
}

/** A slice of a named type with methods: `.Capabilities.APIVersions` (common.VersionSet), a []string with `Has`. */
export class GoNamedSlice extends GoSlice {
  readonly methods: ReadonlyMap<string, GoMethod<GoSlice>>;
  constructor(type: { name: string; elem: string; methods: ReadonlyMap<string, GoMethod<GoSlice>> }, items: GoValue[]) {
    super(type.elem, items, type.name);
    this.methods = type.methods;
  }
}
