/** The formats of times and spans of time. Follows format.go of santhosh-tekuri/jsonschema v6.0.3. */
import { parseByLayout } from '../../engine/functions/time-parse.ts';
import { byteLength } from '../../engine/gotemplate/bytes.ts';
import { quoteRune } from '../../engine/gotemplate/quote.ts';

/** `hh:mm:ss`, a fraction, and `Z` or an offset. */
export function checkTime(text: string): string | undefined {
  if (byteLength(text) < 9) return 'less than 9 characters long';
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place';
  const parts = text.slice(0, 8).split(':', 3);
  if (!parts.every((part) => /^[+-]?[0-9]+$/.test(part))) return 'invalid hour/min/sec';
  const [hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (hour < 0 || minute < 0 || second < 0) return 'non-positive hour/min/sec';
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range';
  let rest = text.slice(8);
  if (rest.startsWith('.')) {
    const digits = /^\.[0-9]+/.exec(rest)?.[0];
    if (digits === undefined) return 'no digits in second fraction';
    rest = rest.slice(digits.length);
  }
  const offset = rest === 'z' || rest === 'Z' ? 0 : offsetOf(rest);
  if (typeof offset === 'string') return offset;
  const minutes = hour * 60 + minute - offset;
  const utc = minutes < 0 ? minutes + 24 * 60 : minutes;
  // A leap second is the last of a day.
  return second >= 60 && utc !== 23 * 60 + 59 ? 'invalid leap second' : undefined;
}

/** Minutes, or what is wrong. */
function offsetOf(text: string): number | string {
  if (byteLength(text) !== 6) return 'offset must be 6 characters long';
  if (text[0] !== '+' && text[0] !== '-') return 'offset must begin with plus/minus';
  if (text[3] !== ':') return 'missing colon in offset in correct place';
  const parts = text.slice(1).split(':', 2);
  if (!parts.every((part) => /^[+-]?[0-9]+$/.test(part))) return 'invalid hour/min in offset';
  const [hour = 0, minute = 0] = parts.map(Number);
  if (hour < 0 || minute < 0) return 'non-positive hour/min in offset';
  if (hour > 23 || minute > 59) return 'hour/min in offset out of range';
  return (hour * 60 + minute) * (text[0] === '+' ? 1 : -1);
}

export function checkDateTime(text: string): string | undefined {
  if (byteLength(text) < 20) return 'less than 20 characters long';
  if (text[10] !== 't' && text[10] !== 'T') return '11th character must be t or T';
  const date = parseByLayout('2006-01-02', text.slice(0, 10));
  if ('error' in date) return `invalid date element: ${date.error}`;
  const problem = checkTime(text.slice(11));
  return problem === undefined ? undefined : `invalid time element: ${problem}`;
}

/** ISO 8601's `P1Y2M3DT4H5M6S` or `P1W`. */
export function checkDuration(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P';
  const rest = text.slice(1);
  if (rest === '') return 'nothing after P';
  if (rest.endsWith('W')) {
    const weeks = rest.slice(0, -1);
    if (weeks === '') return 'no number in week';
    return /^[0-9]+$/.test(weeks) ? undefined : 'invalid week';
  }
  const units = ['YMD', 'HMS'];
  for (const [i, part] of rest.split('T').entries()) {
    if (i !== 0 && part === '') return 'no time elements';
    const known = units[i];
    if (known === undefined) return 'more than one T';
    const problem = checkAmounts(part, known);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkAmounts(text: string, known: string): string | undefined {
  let left = known;
  let rest = text;
  while (rest !== '') {
    const digits = /^[0-9]+/.exec(rest)?.[0];
    if (digits === undefined) return 'missing number';
    rest = rest.slice(digits.length);
    if (rest === '') return 'missing unit';
    const unit = rest.charAt(0);
    const at = left.indexOf(unit);
    if (at < 0)
      return known.includes(unit) ? `unit ${quoteUnit(unit)} out of order` : `invalid unit ${quoteUnit(unit)}`;
    left = left.slice(at + 1);
    rest = rest.slice(1);
  }
  return undefined;
}

function quoteUnit(unit: string): string {
  return quoteRune(unit.charCodeAt(0));
}

/** Two date-times, or a date-time and a duration, with a slash between. */
export function checkPeriod(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return 'missing slash';
  const start = text.slice(0, slash);
  const end = text.slice(slash + 1);
  const startProblem = start.startsWith('P') ? checkDuration(start) : checkDateTime(start);
  const startKind = start.startsWith('P') ? 'duration' : 'date-time';
  if (startProblem !== undefined) return `invalid start ${startKind}: ${startProblem}`;
  const spans = end.startsWith('P') && startKind === 'date-time';
  const endProblem = spans ? checkDuration(end) : checkDateTime(end);
  return endProblem === undefined ? undefined : `invalid end ${spans ? 'duration' : 'date-time'}: ${endProblem}`;
}
