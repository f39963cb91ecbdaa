/**
 * Brings the CHART of a command line from where it is, when that is not on disk: a chart of `--repo`, an oci://
 * reference, a URL, a chart of a repository that Helm knows by name, and beyond Helm SPACE/NAME of Drydock's registry.
 */
import type { ChartSource } from '../chart-sources/chart-source.ts';
import { download, downloadLimits, type ServerAccess } from '../chart-sources/download.ts';
import { configuredRepositories, helmPaths, registryLogin } from '../chart-sources/helm-settings.ts';
import { OciChartSource } from '../chart-sources/oci.ts';
import { RepositoryChartSource } from '../chart-sources/repository.ts';
import { ReleaseError } from '../releases/release.ts';
import { checkRef, versionFlag } from './chart-argument.ts';
import { formatPull } from './format-pull.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import { logLine } from './helm-log.ts';
import { accessOf, pathFlags } from './server-flags.ts';
import { writeErr } from './write-out.ts';

/** The archive's bytes. Throws CliError with Helm's text where there is no such chart. */
export async function fetchArchive(
  chart: { readonly name: string; readonly repository: string },
  flags: GoFlags,
): Promise<Uint8Array> {
  const { name, repository } = chart;
  const version = versionFlag(flags)?.trim() ?? '';
  const access = accessOf(flags);
  const paths = helmPaths(process.env, pathFlags(flags));
  if (repository !== '') {
    const source = new RepositoryChartSource({ url: repository, access, warn: warnOfFallback });
    return pullFrom(source, { ref: name, version });
  }
  if (name.startsWith('oci://')) {
    const login = (host: string): ServerAccess =>
      access.username ? access : { ...access, ...registryLogin(paths, host) };
    return pullOci(new OciChartSource({ access: login }), { ref: name, version });
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) {
    return passing(() => download({ url: name, access, limit: downloadLimits.package }));
  }
  const [owner = '', ...rest] = name.split('/');
  if (rest.length === 0) {
    throw verbatim(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`, 'NotFound');
  }
  const configured = configuredRepositories(paths).find((each) => each.name === owner);
  if (configured === undefined) return fromRegistry({ name, version }, flags);
  const source = new RepositoryChartSource({ ...configured, warn: warnOfFallback });
  return pullFrom(source, { ref: rest.join('/'), version });
}

async function fromRegistry(chart: { name: string; version: string }, flags: GoFlags): Promise<Uint8Array> {
  checkRef(chart.name);
  const { withSession } = await import('./session.ts');
  const { pullChart } = await import('./pull.ts');
  const version = chart.version === '' ? undefined : chart.version;
  const { archive } = await withSession(flags, (client) => pullChart(client, { ref: chart.name, version }));
  return archive;
}

async function pullFrom(source: ChartSource, chart: { ref: string; version: string }): Promise<Uint8Array> {
  return passing(async () => (await source.pull(await source.resolve(chart.ref, chart.version))).archive);
}

async function pullOci(source: OciChartSource, chart: { ref: string; version: string }): Promise<Uint8Array> {
  const pull = await passing(async () => source.pullArchive(await source.resolve(chart.ref, chart.version)));
  writeErr(formatPull(pull));
  return pull.archive;
}

/** Errors of chart sources have Helm's text, of several lines at times. */
async function passing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ReleaseError) throw verbatim(error.message, error.code);
    throw error;
  }
}

function warnOfFallback(fallback: { chart: string; requested: string; selected: string }): void {
  logLine('WARN', 'unable to find exact version requested; falling back to closest available version', { ...fallback });
}
