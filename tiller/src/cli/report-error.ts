/** How an error ends the program: one line on stderr, what is known of it indented below, and the exit code. */
import { CliError } from './cli-error.ts';
import { EXIT_CODES } from './exit-codes.ts';

export function reportError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Error: ${message.trimEnd()}\n`);
  if (error instanceof CliError) {
    for (const line of error.lines) process.stderr.write(`  ${line}\n`);
  }
  if (process.argv.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = EXIT_CODES.error;
}
