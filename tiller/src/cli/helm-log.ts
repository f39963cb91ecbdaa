/** Lines on stderr as Helm's logger (log/slog's text handler without the time) writes them. */
import { writeErr } from './write-out.ts';

/** `attributes` follow the message, quoted where they need it. */
export function logLine(
  level: 'INFO' | 'WARN' | 'ERROR',
  message: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  const pairs = Object.entries({ msg: message, ...attributes }).map(
    ([key, value]) => `${key}=${quoteWhereNeeded(value)}`,
  );
  writeErr(`level=${level} ${pairs.join(' ')}\n`);
}

function quoteWhereNeeded(text: string): string {
  return text === '' || /[\s"=\p{Cc}]/u.test(text) ? JSON.stringify(text) : text;
}
