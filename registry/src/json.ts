/** Plain JSON as records, catalogue and answers hold it. */
export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Plain JSON from what a chart's YAML gave: Maps become objects, absent fields are left out, keys such as `__proto__` stay
 * ordinary keys. Throws RangeError when nested deeper than 100 levels.
 */
export function toJson(value: unknown, depth = 0): unknown {
  if (depth > 100) {
    throw new RangeError('nested deeper than 100 levels');
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => toJson(item, depth + 1));
  }
  if (typeof value === 'bigint') {
    return Number(value);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  const fields: [string, unknown][] = [];
  for (const [key, item] of entries) {
    if (item !== undefined) {
      fields.push([String(key), toJson(item, depth + 1)]);
    }
  }
  return Object.fromEntries(fields);
}

/** As toJson, of a value that is an object. */
export function toJsonObject(value: object): JsonObject {
  const json = toJson(value);
  return isJsonObject(json) ? json : {};
}
