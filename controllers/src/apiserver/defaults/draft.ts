/**
 * Small steps of defaulting on decoded objects, which their request owns.
 */
export type Value = Record<string, unknown>;
export type TypeDefault = (value: Value) => void;

/** Sets what is absent, zero strings included. */
export function fill(value: Value, defaults: Readonly<Value>): void {
  for (const key in defaults) if (value[key] === undefined || value[key] === '') value[key] = defaults[key];
}

/** A default that only fills in constants. */
export function filled(defaults: Readonly<Value>): TypeDefault {
  return (value) => fill(value, defaults);
}

/** The object in a field, made where there is none. */
export function child(value: Value, key: string): Value {
  const inner = value[key];
  if (typeof inner === 'object' && inner !== null) return inner as Value;
  const made: Value = {};
  value[key] = made;
  return made;
}

/** The list in a field; empty where there is none. */
export function items(value: Value, key: string): Value[] {
  const list = value[key];
  return Array.isArray(list) ? (list as Value[]) : [];
}

/** A map with the entries of another that it lacks; itself when there is nothing to add. */
export function withMissing(map: unknown, more: unknown): Value | undefined {
  if (typeof more !== 'object' || more === null) return map as Value | undefined;
  return { ...more, ...(map as object | undefined) };
}
