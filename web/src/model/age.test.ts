/** Ages and times as they are printed. */
import { expect, test } from 'vitest';
import { formatAge, formatDuration, formatTime } from './age.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, '0s'],
  [-5000, '0s'],
  [119_999, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 1000, '2m1s'],
  [10 * minute + 30_000, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour + 59 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [729 * day, '729d'],
  [731 * day, '2y1d'],
  [3000 * day, '8y'],
])('a duration of %i ms is %s, as kubectl prints it', (duration, text) => {
  expect(formatDuration(duration)).toBe(text);
});

test('an age counts from one time to the other, and is a dash without both', () => {
  expect(formatAge('2026-01-01T00:00:00Z', '2026-01-01T00:03:00Z')).toBe('3m');
  expect(formatAge('2026-01-01T00:00:00Z', undefined)).toBe('–');
  expect(formatAge('', '2026-01-01T00:03:00Z')).toBe('–');
});

test('a time is shown without its letters, and other text as it is', () => {
  expect(formatTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05');
  expect(formatTime('soon')).toBe('soon');
});
