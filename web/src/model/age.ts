/** Ages as kubectl prints them (k8s.io/apimachinery/pkg/util/duration HumanDuration): at most two units, fewer the older. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** The time from `since` to `now`, both ISO 8601; a dash when either is missing or no time. */
export function formatAge(since: string, now: string | undefined): string {
  const age = Date.parse(now ?? '') - Date.parse(since);
  return Number.isNaN(age) ? '–' : formatDuration(age);
}

/** A duration in milliseconds; a negative one, which clocks apart can give, is `0s`. */
export function formatDuration(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  const whole = (unit: number): number => Math.floor(age / unit);
  const two = (large: number, small: number, names: string): string => {
    const rest = Math.floor((age % large) / small);
    return rest === 0 ? `${whole(large)}${names[0]}` : `${whole(large)}${names[0]}${rest}${names[1]}`;
  };
  if (age < 2 * minute) {
    return `${whole(second)}s`;
  }
  if (age < 10 * minute) {
    return two(minute, second, 'ms');
  }
  if (age < 3 * hour) {
    return `${whole(minute)}m`;
  }
  if (age < 8 * hour) {
    return two(hour, minute, 'hm');
  }
  if (age < 2 * day) {
    return `${whole(hour)}h`;
  }
  if (age < 8 * day) {
    return two(day, hour, 'dh');
  }
  if (age < 2 * year) {
    return `${whole(day)}d`;
  }
  return age < 8 * year ? two(year, day, 'yd') : `${whole(year)}y`;
}

/** `2026-01-02T03:04:05Z` as `2026-01-02 03:04:05`, UTC; other text as it is. */
export function formatTime(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]}`;
}
