/** Laying one set of user-supplied values over another. */
import type { Values } from '@drydock/charts';

/** Tables are merged, anything else of `over` wins. A null stays, since it takes away the chart's default. */
export function mergeValues(over: Values, under: Values): Values {
  const merged: Values = new Map(under);
  for (const [key, value] of over) {
    const below = merged.get(key);
    merged.set(key, value instanceof Map && below instanceof Map ? mergeValues(value, below) : value);
  }
  return merged;
}
