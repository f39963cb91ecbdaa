/**
 * The String methods of Go's named number types that templates can meet: those of package time.
 */
import type { GoNumber } from './go-value.ts';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** What String() gives for a number of a named type; undefined where the type has no such method. */
export function numberString(number: GoNumber): string | undefined {
  switch (number.type) {
    case 'time.Duration':
      return durationString(BigInt(number.value));
    case 'time.Month':
      return months[Number(number.value) - 1] ?? `%!Month(${number.value})`;
    case 'time.Weekday':
      return weekdays[Number(number.value)] ?? `%!Weekday(${number.value})`;
    default:
      return undefined;
  }
}

/** Nanoseconds as time.Duration writes them: `1h2m3.5s`, `1.5ms`, `0s`. */
export function durationString(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const seconds = size / 1_000_000_000n;
  const hours = seconds / 3600n;
  const minutes = (seconds / 60n) % 60n;
  const rest = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}`;
  return minutes > 0n ? `${sign}${minutes}m${rest}` : sign + rest;
}

/** size / 10^places without trailing zeros. */
function decimal(size: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = (size % unit).toString().padStart(places, '0').replace(/0+$/, '');
  return fraction === '' ? String(size / unit) : `${size / unit}.${fraction}`;
}
