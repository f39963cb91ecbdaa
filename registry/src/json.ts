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

/**
 * Whether JSON takes more than about `length` characters as text, or nests deeper than `depth` levels. Looks at no more of
 * it than that, so parts that are shared a million times do no harm.
 */
export function isOversized(value: unknown, most: { readonly length: number; readonly depth: number }): boolean {
  let left = most.length;
  const fits = (item: unknown, depth: number): boolean => {
    left -= typeof item === 'string' ? item.length + 2 : 4;
    if (left < 0 || depth > most.depth) {
      return false;
    }
    if (typeof item !== 'object' || item === null) {
      return true;
    }
    return Object.entries(item).every(([key, child]) => {
      left -= Array.isArray(item) ? 1 : key.length + 3;
      return fits(child, depth + 1);
    });
  };
  return !fits(value, 0);
}
