/**
 * Brings the CHART of a command line from where it is, when that is not on disk: a chart of `--repo`, an oci://
 * reference, a URL, a chart of a repository that Helm knows by name, and beyond Helm SPACE/NAME of Drydock's registry.
 */
import { download, downloadLimits, type ServerAccess } from '../chart-sources/download.ts';
import { configuredRepositories, helmPaths, registryLogin } from '../chart-sources/helm-settings.ts';
import { OciChartSource } from '../chart-sources/oci.ts';
import { RepositoryChartSource } from '../chart-sources/repository.ts';
import { ReleaseError } from '../releases/release.ts';
import { checkRef, versionFlag } from './chart-reference.ts';
import type { Flags } from './command.ts';
import { formatPull } from './format-pull.ts';
import { verbatim } from './go-flags.ts';
import { logLine } from './helm-log.ts';
import { accessOf, pathFlags } from './server-flags.ts';
import type { FetchedPackage } from './verify-chart.ts';
import { writeErr } from './write-out.ts';

export interface RemoteChart {
  readonly name: string;
  /** The URL of `--repo`, or empty. */
  readonly repository: string;
}

/** The archive's bytes, checked where --verify asks for it. Throws CliError with Helm's text. */
export async function fetchArchive(chart: RemoteChart, flags: Flags): Promise<Uint8Array> {
  const fetched = await fetchChart(chart, flags);
  if (flags.is('verify')) {
    const { verifyFetched } = await import('./verify-chart.ts');
    await verifyFetched(fetched, flags);
  }
  return fetched.archive;
}

/** Whether a name is one of Drydock's registry: nothing else that CHART may be. */
export function isRegistryName({ name, repository }: RemoteChart, flags: Flags): boolean {
  if (repository !== '' || hasScheme(name) || !name.includes('/')) return false;
  const owner = name.split('/', 1)[0];
  return !configuredRepositories(helmPaths(process.env, pathFlags(flags))).some((each) => each.name === owner);
}

/** The package, and how to get its provenance. Throws CliError with Helm's text where there is no such chart. */
export async function fetchChart({ name, repository }: RemoteChart, flags: Flags): Promise<FetchedPackage> {
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
  if (hasScheme(name)) {
    const archive = await passing(() => download({ url: name, access, limit: downloadLimits.package }));
    const provenance = () => download({ url: `${name}.prov`, access, limit: downloadLimits.document });
    return { archive, provenance, url: name, fileName: fileNameOf(name) };
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

function hasScheme(name: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(name);
}

async function fromRegistry(chart: { name: string; version: string }, flags: Flags): Promise<FetchedPackage> {
  checkRef(chart.name);
  const { hasState, withSession } = await import('./session.ts');
  if (!hasState(flags)) throw verbatim(`repo ${chart.name.split('/', 1)[0]} not found`, 'NotFound');
  const { provenancePath, pullChart } = await import('./registry-chart.ts');
  const version = chart.version === '' ? undefined : chart.version;
  return withSession(flags, async (client) => {
    const { archive, chart: found } = await pullChart(client, { ref: chart.name, version });
    const path = provenancePath(chart.name, found);
    const fileName = fileNameOf(path).slice(0, -'.prov'.length);
    // The session may end before it is asked for.
    const wanted = flags.is('verify') || flags.is('prov');
    const proof = wanted ? await client.bytes(path).catch((error: unknown) => asError(error)) : undefined;
    const provenance = async (): Promise<Buffer> => {
      if (Buffer.isBuffer(proof)) return proof;
      throw proof ?? new Error('the provenance was not asked for');
    };
    return { archive, fileName, url: `${client.address}${path.slice(0, -'.prov'.length)}`, provenance };
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function pullFrom(
  source: RepositoryChartSource,
  chart: { ref: string; version: string },
): Promise<FetchedPackage> {
  const pull = await passing(async () => source.pullArchive(await source.resolve(chart.ref, chart.version)));
  return { ...pull, fileName: fileNameOf(pull.url) };
}

async function pullOci(source: OciChartSource, chart: { ref: string; version: string }): Promise<FetchedPackage> {
  const pull = await passing(async () => source.pullArchive(await source.resolve(chart.ref, chart.version)));
  writeErr(formatPull(pull));
  const [, name = '', tag = ''] = /([^/]+?)[:@]([^/]*)$/.exec(pull.ref) ?? [];
  return { ...pull, url: `oci://${pull.ref}`, fileName: `${name}-${tag.replaceAll('_', '+')}.tgz` };
}

function fileNameOf(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
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
