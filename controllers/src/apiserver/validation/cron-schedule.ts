/**
 * Whether a cron schedule can be parsed, with the words of robfig/cron v3 (its standard parser).
 */
interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: DAYS },
];
const DESCRIPTORS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** The complaint about a schedule; undefined when it is good. */
export function scheduleProblem(text: string): string | undefined {
  let spec = text;
  const zone = /^(?:TZ|CRON_TZ)=(\S*)\s*/.exec(text);
  if (zone !== null) spec = text.slice(zone[0].length);
  if (spec.startsWith('@')) {
    if (DESCRIPTORS.has(spec)) return undefined;
    const every = /^@every (.*)$/.exec(spec);
    if (every === null) return `unrecognized descriptor: ${spec}`;
    return /^([0-9.]+(ns|us|µs|ms|s|m|h))+$/.test(every[1] ?? '')
      ? undefined
      : `failed to parse duration ${spec}: time: invalid duration "${every[1]}"`;
  }
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [index, field] of fields.entries()) {
    const bounds = FIELDS[index];
    for (const part of field.split(',')) {
      const problem = bounds === undefined ? undefined : partProblem(part, bounds);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function partProblem(part: string, bounds: Bounds): string | undefined {
  const [range = '', step, moreSteps] = part.split('/');
  if (moreSteps !== undefined) return `too many slashes: ${part}`;
  const [first = '', last, moreRange] = range.split('-');
  if (moreRange !== undefined) return `too many hyphens: ${part}`;
  let start = bounds.low;
  let end = bounds.high;
  if (first !== '*' && first !== '?') {
    const low = fieldNumber(first, bounds);
    if (typeof low === 'string') return low;
    start = low;
    end = low;
    if (last !== undefined) {
      const high = fieldNumber(last, bounds);
      if (typeof high === 'string') return high;
      end = high;
    }
    if (step !== undefined && last === undefined) end = bounds.high;
  }
  if (step !== undefined) {
    const count = Number(step);
    if (!/^\d+$/.test(step))
      return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`;
    if (count === 0) return `step of range should be a positive number: ${part}`;
  }
  if (start < bounds.low) return `beginning of range (${start}) below minimum (${bounds.low}): ${part}`;
  if (end > bounds.high) return `end of range (${end}) above maximum (${bounds.high}): ${part}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`;
  return undefined;
}

function fieldNumber(text: string, { names, low }: Bounds): number | string {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return low === 1 ? index + 1 : index;
  if (/^-?\d+$/.test(text)) return Number(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
