/** The words of a command line that name a chart, and which version of it. */
import { existsSync } from 'node:fs';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';

/** --version, or any version, pre-releases too, with --devel. */
export function versionFlag(flags: Flags): string | undefined {
  return flags.text('version') ?? (flags.is('devel') ? '>0.0.0-0' : undefined);
}

/** As Helm, a path that exists wins over a reference. */
export function isLocal(chart: string): boolean {
  return existsSync(chart);
}

export function checkRef(chart: string): void {
  if (/^[a-z0-9][^\s]*\/[^/\s]+$/i.test(chart) && !chart.includes('://')) return;
  throw new CliError(`chart "${chart}" not found: no such file or folder, and not SPACE/NAME of the registry`, {
    code: 'NotFound',
  });
}
