/**
 * Durations as people write them: Go's (`1h30m`, `5m`, `250ms`), with `d` and `w` for clocks that jump, or milliseconds.
 */
import { ReleaseError } from '../releases/release.ts';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** Milliseconds. Throws Invalid, also for what is negative. */
export function parseDuration(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  if (typeof value === 'string' && /^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(value)) {
    let total = 0;
    for (const [, number = '0', , unit = ''] of value.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d|w)/g)) {
      total += Number(number) * (UNITS.get(unit) ?? 0);
    }
    return total;
  }
  throw new ReleaseError('Invalid', `"${String(value)}" is not a duration: write it like 90s, 5m or 30d`);
}
