/** Lines on stderr as Helm's logger (log/slog's text handler without the time) writes them. */
import type { Flags } from './command.ts';
import { writeErr } from './write-out.ts';

/** Whether Helm would tell of what it does: --debug, or HELM_DEBUG. */
export function isDebug(flags: Flags): boolean {
  return flags.is('debug') || /^(?:1|t|T|TRUE|true|True)$/.test(process.env.HELM_DEBUG ?? '');
}

/** With --debug, the version that was asked for; the commands differ in the first letter. */
export function logVersion(flags: Flags, word: 'original' | 'Original'): void {
  if (!isDebug(flags)) return;
  const version = flags.text('version') ?? '';
  logLine('DEBUG', `${word} chart version`, { version });
  if (version === '' && flags.is('devel')) logLine('DEBUG', 'setting version to >0.0.0-0');
}

/** `attributes` follow the message, quoted where they need it. */
export function logLine(
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR',
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
