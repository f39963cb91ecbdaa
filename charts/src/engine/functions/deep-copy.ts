/**
 * Copies of values with all that is in them, as mitchellh/copystructure 1.2.0: unexported fields are not copied, so a
 * copied semver.Version is 0.0.0.
 */
import { zeroValue } from '../gotemplate/go-types.ts';
import { GoMap, GoNumber, GoSlice, GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { copiedFrom } from './capacity.ts';
import { type CallContext, FunctionError } from './function.ts';

const MAX_DEPTH = 1000;

/** A copy that shares nothing with the value. Throws FunctionError for nil, as Go does. */
export function deepCopy(value: GoValue, context: CallContext): GoValue {
  if (value === null || value === undefined) {
    throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  }
  return copyAt(value, context, 0);
}

function copyAt(value: GoValue, context: CallContext, depth: number): GoValue {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) throw new FunctionError('values are nested too deep to copy');
  const items = (list: readonly GoValue[]) => {
    context.spend(list.length * 8);
    return list.map((item) => copyAt(item, context, depth + 1));
  };
  const entries = (map: ReadonlyMap<string, GoValue>) => {
    context.spend(map.size * 16);
    return new Map([...map].map(([key, item]) => [key, copyAt(item, context, depth + 1)]));
  };
  if (value instanceof Map) return entries(value);
  if (Array.isArray(value)) return copiedFrom(value, items(value));
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof GoNumber) return value;
  if (value instanceof GoMap) return value.isNil ? value : new GoMap(value.elem, entries(value.entries), value.type);
  if (value instanceof GoSlice) {
    return value.isNil ? value : copiedFrom(value, new GoSlice(value.elem, items(value.items), value.type));
  }
  if (value instanceof GoStruct) return copiedStruct(value, entries(value.fields));
  return value;
}

/** What is not exported is not copied. */
function copiedStruct(struct: GoStruct, fields: Map<string, GoValue>): GoStruct {
  for (const { name, type } of struct.type.fields) {
    if (!/^\p{Lu}/u.test(name)) fields.set(name, zeroValue(type));
  }
  return new GoStruct(struct.type, fields, copiedNative(struct));
}

/** A time is copied as it is; other native types have unexported fields, and their zero is given instead. */
function copiedNative(struct: GoStruct): unknown {
  if (struct.type.name === 'time.Time') return struct.native;
  return struct.type.zeroNative;
}
