/**
 * Time inside the simulation: milliseconds, as plain numbers. RFC 3339 to the second (meta/v1 Time) is only for the wire.
 */

/** Milliseconds since the epoch. */
export type Instant = number;

/** Milliseconds. */
export type Duration = number;

export const SECOND: Duration = 1000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

/** meta/v1 Time: RFC 3339 in UTC, truncated to the second. */
export function formatTime(instant: Instant): string {
  if (instant !== lastFormatted.instant) {
    lastFormatted = { instant, text: `${new Date(instant).toISOString().slice(0, 19)}Z` };
  }
  return lastFormatted.text;
}

/** Most times that are written at one moment are that moment. */
let lastFormatted = { instant: 0, text: '1970-01-01T00:00:00Z' };

/** meta/v1 MicroTime, as leases and events.k8s.io carry it. */
export function formatMicroTime(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 23)}000Z`;
}

/** Reads RFC 3339; NaN where it is not. */
export function parseTime(text: string): Instant {
  return Date.parse(text);
}
