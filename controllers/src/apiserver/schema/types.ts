/**
 * The types of Kubernetes' API as Go declares them (k8s.io/api v0.34.2), read from the generated data. Everything that
 * depends on a field's type works from here: decoding and its error texts, unknown fields, patches, apply's list types.
 *
 * The data: `types[name]` is `{fields, facts?}` for a struct, or a type text (with facts) for a named map, list or
 * scalar. A field is `[json name, type text, flags, protobuf number, facts?]`; flags are `o` omitempty, `z` omitzero,
 * `i` inline. Type texts are Go's: `*` pointer, `[]` list, `{}` map of strings.
 */
import { KUBERNETES_TYPES } from './kubernetes-types.ts';

export type SchemaKind =
  | 'struct'
  | 'map'
  | 'list'
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'float64'
  | 'bytes'
  | 'Quantity'
  | 'Time'
  | 'MicroTime'
  | 'Duration'
  | 'IntOrString'
  | 'Raw';

export type ListType = 'atomic' | 'set' | 'map';

/** A type, as decoding, patching and applying need it. */
export interface Schema {
  readonly kind: SchemaKind;
  /** As Go's errors print it: `v1.PodSpec`, `[]string`, `map[string]string`. */
  readonly goType: string;
  /** The key in the data for what is named: `core/v1.PodSpec`. */
  readonly name: string;
  /** Of a struct, by JSON name, in Go's order; inlined ones flattened. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Of a list or map. */
  readonly element: Schema | undefined;
  /** How apply merges a list. */
  readonly listType: ListType;
  readonly listMapKeys: readonly string[];
  /** A struct or map that apply takes as one value. */
  readonly atomic: boolean;
  /** Unknown fields stay (custom resources: x-kubernetes-preserve-unknown-fields). */
  readonly preserveUnknown: boolean;
  /** Fields that are written even when they are zero. */
  readonly always: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly goName: string;
  readonly schema: Schema;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** Strategic merge: `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey: string | undefined;
  /** The schema's default, which matters for keys of lists. */
  readonly default: unknown;
  readonly number: number;
}

interface Facts {
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  readonly mapType?: string;
  readonly structType?: string;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly default?: unknown;
  readonly go?: string;
}

type FieldRow = readonly [json: string, type: string, flags: string, number: number, facts?: Facts];

interface StructRow {
  readonly fields: readonly FieldRow[];
  readonly facts?: Facts;
}

type TypeRow = StructRow | string | readonly [string, Facts];

/** One resource of the discovery document (apidiscovery.k8s.io/v2). */
export interface DiscoveryResource {
  readonly resource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly DiscoverySubresource[];
}

export interface DiscoverySubresource {
  readonly subresource: string;
  readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
  readonly acceptedTypes?: readonly unknown[];
}

export interface DiscoveryGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources: readonly DiscoveryResource[];
  }[];
}

interface TypeData {
  readonly version: string;
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, TypeRow>>;
  readonly discovery: readonly DiscoveryGroup[];
}

let data: TypeData | undefined;

function typeData(): TypeData {
  // Our own generated file: its shape is known.
  data ??= JSON.parse(KUBERNETES_TYPES) as TypeData;
  return data;
}

/** What the published document has, but no server whose feature gates are at their defaults. */
const GATED = new Set([
  'certificates.k8s.io/v1beta1',
  'certificates.k8s.io/v1alpha1',
  'storagemigration.k8s.io/v1alpha1',
]);
let groups: readonly DiscoveryGroup[] | undefined;

/** The built-in groups in the order of their priority. */
export function builtInGroups(): readonly DiscoveryGroup[] {
  groups ??= typeData()
    .discovery.map((group) => ({
      ...group,
      versions: group.versions.filter(({ version }) => !GATED.has(`${group.metadata.name ?? ''}/${version}`)),
    }))
    .filter(({ versions }) => versions.length > 0);
  return groups;
}

/** The type of a built-in kind; undefined where there is none. */
export function kindSchema(group: string, version: string, kind: string): Schema | undefined {
  const name = typeData().kinds[`${group}/${version}/${kind}`];
  return name === undefined ? undefined : namedSchema(name);
}

const schemas = new Map<string, Schema>();
const SCALARS = new Set<string>(['string', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'float64', 'bytes']);
const SPECIAL_TYPES = new Map<string, string>([
  ['Quantity', 'resource.Quantity'],
  ['Time', 'v1.Time'],
  ['MicroTime', 'v1.MicroTime'],
  ['Duration', 'v1.Duration'],
  ['IntOrString', 'intstr.IntOrString'],
  ['Raw', 'runtime.RawExtension'],
  ['bytes', '[]uint8'],
]);

const NO_FIELDS: ReadonlyMap<string, Field> = new Map();

/** A schema from its parts; what is left out is empty. */
export function makeSchema(parts: Partial<Schema> & { readonly kind: SchemaKind }): Schema {
  return {
    goType: parts.kind,
    name: '',
    fields: NO_FIELDS,
    element: undefined,
    listType: 'atomic',
    listMapKeys: [],
    atomic: false,
    preserveUnknown: false,
    always: [],
    ...parts,
  };
}

/** The schema of a type of the data, e.g. `core/v1.PodTemplateSpec`. */
export function namedSchema(name: string): Schema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const row = typeData().types[name];
  if (row === undefined) throw new RangeError(`no type ${name} in the data`);
  const goType = name.slice(name.lastIndexOf('/') + 1);
  let schema: Schema;
  const struct = structRow(name);
  if (struct !== undefined) schema = new StructSchema(name, goType, struct);
  else if (typeof row === 'string' || Array.isArray(row)) {
    const [text, facts] = typeof row === 'string' ? [row, {}] : (row as readonly [string, Facts]);
    schema = { ...parseType(text, facts), goType, name };
  } else throw new RangeError(`type ${name} has no fields`);
  schemas.set(name, schema);
  return schema;
}

/** The fields of a struct, also under another name of it. */
function structRow(name: string): StructRow | undefined {
  const row = typeData().types[name];
  if (typeof row === 'string') return structRow(row);
  return typeof row === 'object' && 'fields' in row ? row : undefined;
}

/** Resolves its fields when they are first asked for: types refer to each other. */
class StructSchema implements Schema {
  readonly kind = 'struct';
  readonly goType: string;
  readonly name: string;
  readonly element = undefined;
  readonly listType = 'atomic';
  readonly listMapKeys: readonly string[] = [];
  readonly atomic: boolean;
  readonly preserveUnknown = false;
  readonly #row: StructRow;
  #fields: ReadonlyMap<string, Field> | undefined;
  #always: readonly Field[] | undefined;

  constructor(name: string, goType: string, row: StructRow) {
    this.name = name;
    this.goType = goType;
    this.#row = row;
    this.atomic = row.facts?.structType === 'atomic';
  }

  get fields(): ReadonlyMap<string, Field> {
    this.#fields ??= new Map(this.#flatten(this.#row).map((field) => [field.name, field]));
    return this.#fields;
  }

  get always(): readonly Field[] {
    this.#always ??= [...this.fields.values()].filter(isAlwaysWritten);
    return this.#always;
  }

  #flatten(row: StructRow): Field[] {
    return row.fields.flatMap((field) => {
      if (!field[2].includes('i')) return [makeField(field)];
      const inner = structRow(field[1].replace(/^\*/, ''));
      return inner === undefined ? [] : this.#flatten(inner);
    });
  }
}

/** Without omitempty, or a struct by value, which Go's encoder never takes for empty. */
function isAlwaysWritten(field: Field): boolean {
  if (field.omitZero || field.pointer) return false;
  return !field.omitEmpty || isStructValue(field.schema);
}

/** What Go has as a struct: omitempty does nothing there. */
export function isStructValue(schema: Schema): boolean {
  return ['struct', 'Quantity', 'Time', 'MicroTime', 'Duration', 'IntOrString'].includes(schema.kind);
}

function makeField([name, text, flags, number, facts = {}]: FieldRow): Field {
  const pointer = text.startsWith('*');
  const type = pointer ? text.slice(1) : text;
  let schema: Schema | undefined;
  return {
    name,
    goName: facts.go ?? name.charAt(0).toUpperCase() + name.slice(1),
    get schema(): Schema {
      schema ??= parseType(type, facts);
      return schema;
    },
    pointer,
    omitEmpty: flags.includes('o'),
    omitZero: flags.includes('z'),
    patchStrategies: facts.patchStrategy?.split(',') ?? [],
    patchMergeKey: facts.patchMergeKey,
    default: facts.default,
    number,
  };
}

function parseType(text: string, facts: Facts): Schema {
  if (text.startsWith('*')) return parseType(text.slice(1), facts);
  if (text.startsWith('[]')) {
    const element = parseType(text.slice(2), {});
    return makeSchema({
      kind: 'list',
      goType: `[]${element.goType}`,
      element,
      listType: facts.listType === 'map' || facts.listType === 'set' ? facts.listType : 'atomic',
      listMapKeys: facts.listMapKeys ?? [],
    });
  }
  if (text.startsWith('{}')) {
    const element = parseType(text.slice(2), {});
    return makeSchema({
      kind: 'map',
      goType: `map[string]${element.goType}`,
      element,
      atomic: facts.mapType === 'atomic',
    });
  }
  if (SCALARS.has(text) || SPECIAL_TYPES.has(text)) {
    return makeSchema({ kind: text as SchemaKind, goType: SPECIAL_TYPES.get(text) ?? text });
  }
  if (text === 'int') return makeSchema({ kind: 'int64', goType: 'int' });
  const named = namedSchema(text);
  const atomic = facts.structType === 'atomic' || facts.mapType === 'atomic';
  const list = facts.listType === 'map' || facts.listType === 'set' ? facts.listType : undefined;
  if (named.kind === 'struct' ? !atomic || named.atomic : !atomic && list === undefined) return named;
  if (named.kind === 'struct') {
    return makeSchema({
      kind: 'struct',
      goType: named.goType,
      name: named.name,
      fields: named.fields,
      always: named.always,
      atomic,
    });
  }
  return {
    ...named,
    atomic: atomic || named.atomic,
    ...(list ? { listType: list, listMapKeys: facts.listMapKeys ?? [] } : {}),
  };
}

export interface ProtobufField {
  readonly name: string;
  readonly schema: Schema;
  /** The embedded struct that the number stands for. */
  readonly inline: Schema | undefined;
  /** Go writes no zero value of it in JSON. */
  readonly isOmittedWhenZero: boolean;
}

const protobuf = new Map<string, ReadonlyMap<number, ProtobufField>>();

/** The fields of a struct of the data by their protobuf numbers. */
export function protobufFields(name: string): ReadonlyMap<number, ProtobufField> {
  const known = protobuf.get(name);
  if (known !== undefined) return known;
  const rows = structRow(name)?.fields ?? [];
  const out = new Map<number, ProtobufField>();
  for (const field of rows) {
    if (field[3] === 0) continue;
    const inline = field[2].includes('i') ? namedSchema(field[1].replace(/^\*/, '')) : undefined;
    const { schema, pointer, omitEmpty } = makeField(field);
    const isOmittedWhenZero = omitEmpty && !pointer;
    out.set(field[3], { name: field[0], schema: inline ?? schema, inline, isOmittedWhenZero });
  }
  protobuf.set(name, out);
  return out;
}
