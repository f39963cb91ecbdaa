/**
 * Finds the CHART of a command line, as Helm's LocateChart does: a path, a chart of `--repo`, an oci:// reference, a
 * URL, a chart of a repository that Helm knows by name, and beyond Helm SPACE/NAME of Drydock's registry.
 */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type Chart, loadArchive, loadChart } from '@drydock/charts';
import { type GoFlags, verbatim } from './go-flags.ts';

export interface LocatedChart {
  readonly load: () => Chart;
  /** Of a chart on disk. */
  readonly path?: string;
}

/** Throws CliError with Helm's text where there is no such chart. */
export async function locateChart(ref: string, flags: GoFlags): Promise<LocatedChart> {
  const name = ref.trim();
  const repository = flags.text('repo') ?? '';
  if (repository === '') {
    if (statSync(name, { throwIfNoEntry: false }) !== undefined) return localChart(resolve(name), flags);
    if (isAbsolute(name) || name.startsWith('.')) throw verbatim(`path ${JSON.stringify(name)} not found`, 'NotFound');
  }
  refuseVerify(flags);
  const { fetchArchive } = await import('./locate-remote.ts');
  const archive = await fetchArchive({ name, repository }, flags);
  return { load: () => loadArchive(archive) };
}

/** Signatures are OpenPGP, which is not read here: better to say so than to render what nobody has checked. */
export function refuseVerify(flags: GoFlags): void {
  if (!flags.is('verify')) return;
  throw verbatim(
    '--verify is not supported: check the signature with "helm verify", and leave --verify out',
    'Refused',
  );
}

function localChart(path: string, flags: GoFlags): LocatedChart {
  if (flags.is('verify')) {
    if (statSync(path).isDirectory()) throw verbatim('unpacked charts cannot be verified');
    if (!/\.tgz$/i.test(path)) throw verbatim('chart must be a tgz file');
    if (statSync(`${path}.prov`, { throwIfNoEntry: false }) === undefined) {
      const proof = `${path}.prov`;
      throw verbatim(`could not load provenance file ${proof}: stat ${proof}: no such file or directory`);
    }
    refuseVerify(flags);
  }
  return { path, load: () => loadChart(path) };
}
