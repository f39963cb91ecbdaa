/** Programs that tell the time: date, in UTC, as busybox prints it. */
import { formatTime } from '../../apimachinery/time.ts';
import type { Process } from './process.ts';
import { NotUnderstood } from './shell-syntax.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function date(process: Process, args: readonly string[]): number {
  const { start } = process.world;
  if (start === undefined) throw new NotUnderstood('date of an unknown time');
  const instant = start + process.elapsed;
  const seconds = Math.floor(instant / 1000);
  const [day = '', time = ''] = formatTime(instant).replace('Z', '').split('T');
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  const weekday = DAYS[(Math.floor(seconds / 86_400) + 4) % 7] ?? '';
  const monthName = MONTHS[Number(month) - 1] ?? '';
  const others = args.filter((arg) => arg !== '-u');
  const [format] = others;
  if (others.length > 1 || (format !== undefined && !format.startsWith('+'))) throw new NotUnderstood('date');
  if (format === undefined) {
    process.write(`${weekday} ${monthName} ${dayOfMonth.replace(/^0/, ' ')} ${time} UTC ${year}\n`);
    return 0;
  }
  const [hours = '', minutes = '', second = ''] = time.split(':');
  const fields = new Map([
    ['s', String(seconds)],
    ['Y', year],
    ['m', month],
    ['d', dayOfMonth],
    ['H', hours],
    ['M', minutes],
    ['S', second],
    ['F', day],
    ['T', time],
    ['a', weekday],
    ['b', monthName],
    ['Z', 'UTC'],
    ['z', '+0000'],
    ['%', '%'],
  ]);
  const text = format.slice(1).replace(/%(.)/g, (_, key: string) => {
    const value = fields.get(key);
    if (value === undefined) throw new NotUnderstood(`date +%${key}`);
    return value;
  });
  process.write(`${text}\n`);
  return 0;
}

export const timePrograms: readonly (readonly [string, typeof date])[] = [['date', date]];
