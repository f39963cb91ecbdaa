/**
 * Finds the CHART of a command line, as Helm's LocateChart does: a path, a chart of `--repo`, an oci:// reference, a
 * URL, a chart of a repository that Helm knows by name, and beyond Helm SPACE/NAME of Drydock's registry.
 */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type Chart, loadArchive, loadChart } from '@drydock/charts';
import type { Flags } from './command.ts';
import { verbatim } from './go-flags.ts';

const TLS_FLAGS = ['caFile', 'certFile', 'keyFile'];

export interface LocatedChart {
  readonly load: () => Chart;
  /** Of a chart on disk. */
  readonly path?: string;
}

/** Throws CliError with Helm's text where there is no such chart, or --verify finds fault with it. */
export async function locateChart(ref: string, flags: Flags): Promise<LocatedChart> {
  if (TLS_FLAGS.some((name) => (flags.text(name) ?? '') !== '')) (await import('./tls-files.ts')).checkTlsFiles(flags);
  const path = await localPath(ref, flags);
  if (path !== undefined) return { path, load: () => loadChart(path) };
  const { fetchArchive } = await import('./locate-remote.ts');
  const archive = await fetchArchive({ name: ref.trim(), repository: flags.text('repo') ?? '' }, flags);
  return { load: () => loadArchive(archive) };
}

/** The absolute path of a chart on disk, checked where --verify asks for it. Throws CliError. */
export async function localPath(ref: string, flags: Flags): Promise<string | undefined> {
  const name = ref.trim();
  if ((flags.text('repo') ?? '') !== '') return undefined;
  if (statSync(name, { throwIfNoEntry: false }) === undefined) {
    if (isAbsolute(name) || name.startsWith('.')) throw verbatim(`path ${JSON.stringify(name)} not found`, 'NotFound');
    return undefined;
  }
  const path = resolve(name);
  if (flags.is('verify')) {
    const { verifyFile } = await import('./verify-chart.ts');
    await verifyFile(path, flags);
  }
  return path;
}
