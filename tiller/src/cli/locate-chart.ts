/**
 * Finds the CHART of a command line, as Helm's LocateChart does: a path, a chart of `--repo`, an oci:// reference, a
 * URL, a chart of a repository that Helm knows by name, and beyond Helm SPACE/NAME of Drydock's registry.
 */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type Chart, loadArchive, loadChart } from '@drydock/charts';
import type { ChartSource } from '../chart-sources/chart-source.ts';
import type { ServerAccess } from '../chart-sources/download.ts';
import { versionFlag } from './chart-argument.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import { logLine } from './helm-log.ts';

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
  const archive = await fetchArchive({ name, repository }, flags);
  return { load: () => loadArchive(archive) };
}

/** The flags of a command about servers. */
export function accessOf(flags: GoFlags): ServerAccess {
  const text = (name: string): string => flags.text(name) ?? '';
  return {
    username: text('username'),
    password: text('password'),
    caFile: text('caFile'),
    certFile: text('certFile'),
    keyFile: text('keyFile'),
    passCredentials: flags.is('passCredentials'),
    insecureSkipTlsVerify: flags.is('insecureSkipTlsVerify'),
    plainHttp: flags.is('plainHttp'),
  };
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

async function fetchArchive(
  chart: { readonly name: string; readonly repository: string },
  flags: GoFlags,
): Promise<Uint8Array> {
  const { name, repository } = chart;
  const version = versionFlag(flags)?.trim() ?? '';
  const access = accessOf(flags);
  const { helmPaths, configuredRepositories, registryLogin } = await import('../chart-sources/helm-settings.ts');
  const paths = helmPaths(process.env, pathFlags(flags));
  if (repository !== '') {
    const { RepositoryChartSource } = await import('../chart-sources/repository.ts');
    const source = new RepositoryChartSource({ url: repository, access, warn: warnOfFallback });
    return pullFrom(source, { ref: name, version });
  }
  if (name.startsWith('oci://')) {
    const { OciChartSource } = await import('../chart-sources/oci.ts');
    const login = (host: string): ServerAccess =>
      access.username ? access : { ...access, ...registryLogin(paths, host) };
    return pullOci(new OciChartSource({ access: login }), { ref: name, version });
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) {
    const { download, downloadLimits } = await import('../chart-sources/download.ts');
    return passing(() => download({ url: name, access, limit: downloadLimits.package }));
  }
  const [owner = '', ...rest] = name.split('/');
  if (rest.length === 0) {
    throw verbatim(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`, 'NotFound');
  }
  const configured = configuredRepositories(paths).find((each) => each.name === owner);
  if (configured === undefined) return fromRegistry({ name, version }, flags);
  const { RepositoryChartSource } = await import('../chart-sources/repository.ts');
  const source = new RepositoryChartSource({ ...configured, warn: warnOfFallback });
  return pullFrom(source, { ref: rest.join('/'), version });
}

/** The paths of Helm's own files that the command line names. */
export function pathFlags(flags: GoFlags): Record<'repositoryConfig' | 'repositoryCache' | 'registryConfig', string> {
  return {
    repositoryConfig: flags.text('repositoryConfig') ?? '',
    repositoryCache: flags.text('repositoryCache') ?? '',
    registryConfig: flags.text('registryConfig') ?? '',
  };
}

async function fromRegistry(chart: { name: string; version: string }, flags: GoFlags): Promise<Uint8Array> {
  const { checkRef } = await import('./chart-argument.ts');
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

async function pullOci(
  source: InstanceType<typeof import('../chart-sources/oci.ts').OciChartSource>,
  chart: { ref: string; version: string },
): Promise<Uint8Array> {
  const pull = await passing(async () => source.pullArchive(await source.resolve(chart.ref, chart.version)));
  const { formatPull } = await import('./format-pull.ts');
  process.stderr.write(formatPull(pull));
  return pull.archive;
}

/** Errors of chart sources have Helm's text, of several lines at times. */
async function passing<T>(act: () => Promise<T>): Promise<T> {
  const { ReleaseError } = await import('../releases/release.ts');
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
