/** How an error ends the program: one line on stderr, what is known of it indented below, and the exit code. */

import { oneLine } from '../releases/release.ts';
import { isCliError } from './cli-error.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { logLine } from './helm-log.ts';
import { writeErr } from './write-out.ts';

export function reportError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const isVerbatim = isCliError(error) && error.isVerbatim;
  if (isCliError(error) && error.isLogged) logLine('WARN', 'command failed', { error: message });
  else writeErr(`Error: ${isVerbatim ? message : oneLine(message)}\n`);
  if (isCliError(error)) {
    for (const line of error.lines) writeErr(`  ${line}\n`);
  }
  // What has Helm's own words is printed as Helm prints it.
  if (process.argv.includes('--debug') && error instanceof Error && !isVerbatim) writeErr(`${error.stack}\n`);
  process.exitCode = EXIT_CODES.error;
}
