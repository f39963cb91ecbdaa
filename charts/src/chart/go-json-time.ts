/** Times in JSON as Go's time.Time reads and writes them: RFC 3339 as leniently as time.Parse reads it. Follows time of Go 1.26. */

import { formatMoment } from '../engine/functions/go-time.ts';
import { encodeJson } from '../engine/functions/json-encode.ts';
import { parseByLayout } from '../engine/functions/time-parse.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';

const RFC_3339 = '2006-01-02T15:04:05Z07:00';

/** The zero time.Time, which a field without a value has. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Reads a time and writes it as Go does, e.g. without zeros at the end of a fraction; or tells why it is none. */
export function readJsonTime(value: GoValue): { readonly text: string } | { readonly error: string } {
  if (typeof value !== 'string') return { error: 'Time.UnmarshalJSON: input is not a JSON string' };
  // Go reads what stands between the quotes as it stands there, escapes and all.
  const raw = encodeJson(value, { indent: false, escapesHtml: true, context: { spend: () => {} } }).slice(1, -1);
  const moment = parseByLayout(RFC_3339, raw);
  if ('error' in moment) return moment;
  return { text: formatMoment(moment, '2006-01-02T15:04:05.999999999Z07:00') };
}
