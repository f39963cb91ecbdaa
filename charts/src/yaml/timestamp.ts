/** Which texts go.yaml.in/yaml 2.4 takes for timestamps: four layouts, read as Go's time.Parse reads them. */

const LAYOUT =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[+-]([0-9]{2}):([0-9]{2}))| +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?$/;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True when the unquoted text is a timestamp. */
export function isTimestamp(text: string): boolean {
  if (text.charCodeAt(4) !== 45 || text.length < 8) return false;
  const match = LAYOUT.exec(text);
  if (match === null) return false;
  const part = (index: number): number => Number(match[index] ?? 0);
  const year = part(1);
  const month = part(2);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  if (part(3) < 1 || part(3) > days) return false;
  const dated = match[4] !== undefined;
  const [hour, minute, second] = dated ? [part(4), part(5), part(6)] : [part(9), part(10), part(11)];
  return hour < 24 && minute < 60 && second < 60 && part(7) <= 24 && part(8) <= 60;
}
