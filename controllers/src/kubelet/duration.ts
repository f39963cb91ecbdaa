/**
 * Durations as Go writes them (time.ParseDuration): `500ms`, `1m30s`, `2h`; also days (`30d`), which Go has not.
 */
import type { Duration } from '../apimachinery/time.ts';

const UNITS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Undefined for what is no duration. A number alone is seconds. */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let sum = 0;
  for (const [, amount, , unit] of trimmed.matchAll(/(\d+(\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    sum += Number(amount) * (UNITS.get(unit ?? '') ?? 0);
  }
  return Math.round(sum);
}
