/** The CHART of a command line: a path that exists is packed and sent along, anything else is SPACE/NAME. */
import { existsSync } from 'node:fs';
import type { ChartInput } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';

/** Throws CliError, and ChartError for a chart that is broken. */
export async function readChartArgument(chart: string, flags: Flags): Promise<ChartInput> {
  const version = versionFlag(flags);
  if (isLocal(chart)) {
    const { packageFromPath } = await import('../chart-sources/directory.ts');
    const { archive } = await packageFromPath(chart);
    return { archive: Buffer.from(archive).toString('base64'), source: chart };
  }
  checkRef(chart);
  return { ref: chart, ...(version === undefined ? {} : { version }) };
}

/** --version, or any version, pre-releases too, with --devel. */
export function versionFlag(flags: Flags): string | undefined {
  return flags.text('version') ?? (flags.is('devel') ? '>0.0.0-0' : undefined);
}

/** As Helm, a path that exists wins over a reference. */
export function isLocal(chart: string): boolean {
  return existsSync(chart);
}

export function checkRef(chart: string): void {
  if (/^[a-z0-9][^/\s]*\/[^/\s]+$/i.test(chart) && !chart.includes('://')) return;
  throw new CliError(`chart "${chart}" not found: no such file or folder, and not SPACE/NAME of the registry`, {
    code: 'NotFound',
  });
}
