/**
 * The types of CEL (cel-go's common/types/types.go), and how they are written in messages (checker/format.go).
 */

export type TypeKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'param'
  | 'uint';

export class CelType {
  readonly kind: TypeKind;
  /** The name at run time: `int`, `google.protobuf.Timestamp`, `kubernetes.URL`. */
  readonly name: string;
  readonly params: readonly CelType[];

  constructor(kind: TypeKind, name: string, params: readonly CelType[] = []) {
    this.kind = kind;
    this.name = name;
    this.params = params;
  }

  toString(): string {
    return formatType(this);
  }
}

export const ANY = new CelType('any', 'google.protobuf.Any');
export const BOOL = new CelType('bool', 'bool');
export const BYTES = new CelType('bytes', 'bytes');
export const DOUBLE = new CelType('double', 'double');
export const DURATION = new CelType('duration', 'google.protobuf.Duration');
export const DYN = new CelType('dyn', 'dyn');
export const ERROR = new CelType('error', 'error');
export const INT = new CelType('int', 'int');
export const NULL = new CelType('null', 'null_type');
export const STRING = new CelType('string', 'string');
export const TIMESTAMP = new CelType('timestamp', 'google.protobuf.Timestamp');
export const UINT = new CelType('uint', 'uint');
export const TYPE = new CelType('type', 'type');
/** What `type([])` and `type({})` are: their elements are not told. */
export const LIST = new CelType('list', 'list');
export const MAP = new CelType('map', 'map');
export const OPTIONAL = new CelType('opaque', 'optional_type');

export const listOf = (element: CelType): CelType => new CelType('list', 'list', [element]);
export const mapOf = (key: CelType, value: CelType): CelType => new CelType('map', 'map', [key, value]);
export const optionalOf = (value: CelType): CelType => new CelType('opaque', 'optional_type', [value]);
export const typeOf = (type: CelType): CelType => new CelType('type', 'type', [type]);
export const paramType = (name: string): CelType => new CelType('param', name);
export const structType = (name: string): CelType => new CelType('struct', name);
export const opaqueType = (name: string, params: readonly CelType[] = []): CelType =>
  new CelType('opaque', name, params);

const SHORT_NAMES: Partial<Record<TypeKind, string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
};

/** As messages write it: `map(string, list(int))`. */
export function formatType(type: CelType): string {
  const short = SHORT_NAMES[type.kind];
  if (short !== undefined) return short;
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(formatType).join(', ')})`;
}

/** A call's arguments as messages write them: `string.(int, dyn)`. */
export function formatSignature(args: readonly CelType[], member: boolean): string {
  const [target] = args;
  if (!member || target === undefined) return `(${args.map(formatType).join(', ')})`;
  return `${formatType(target)}.(${args.slice(1).map(formatType).join(', ')})`;
}

export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false;
  return a.params.every((param, index) => sameType(param, b.params[index] ?? ERROR));
}

export const isDyn = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'any';
export const isOptional = ({ kind, name }: CelType): boolean => kind === 'opaque' && name === 'optional_type';

/** T of optional_type(T); undefined for any other type. */
export function unwrapOptional(type: CelType): CelType | undefined {
  return isOptional(type) ? (type.params[0] ?? DYN) : undefined;
}
