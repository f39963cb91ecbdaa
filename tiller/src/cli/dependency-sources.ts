/**
 * Where dependencies come from: folders (file://), repositories over HTTP, configured with Helm or not, OCI registries,
 * and charts/ itself. Says what it does on stdout in Helm's words.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import {
  archiveFileName,
  type Chart,
  type ChartDependency,
  isSameVersion,
  packageChart,
  parseVersionRange,
  type VersionRange,
} from '@drydock/charts';
import type { ServerAccess } from '../chart-sources/download.ts';
import {
  type ConfiguredRepository,
  configuredRepositories,
  type HelmPaths,
  helmPaths,
  indexCachePath,
  registryLogin,
  unmanagedName,
} from '../chart-sources/helm-settings.ts';
import { OciChartSource } from '../chart-sources/oci.ts';
import { fetchIndexText, fetchPackage, fetchProvenance } from '../chart-sources/repository.ts';
import { type RepositoryIndex, readIndex, resolveUrl } from '../chart-sources/repository-index.ts';
import { loadForDependencies } from './dependency-chart.ts';
import { checkPackage, type Fetched, type VerifyStrategy } from './dependency-verify.ts';
import { formatPull } from './format-pull.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import { accessOf, pathFlags } from './server-flags.ts';
import { reasonOf } from './value-files.ts';

import { writeOut } from './write-out.ts';

export interface Brought {
  readonly version: string;
  /** Absent for what is in charts/ already, or came with another dependency. */
  readonly file?: { readonly name: string; readonly data: Uint8Array };
}

export interface DependencySources {
  /** With the URL in place of a name of Helm's repositories. Throws CliError where it is not known. */
  withUrl<T extends ChartDependency>(dependency: T): T;
  /** Fetches the indexes of all repositories that are named, unless told not to. */
  refresh(dependencies: readonly ChartDependency[]): Promise<void>;
  /** Throws CliError where the index is not there. */
  index(url: string): RepositoryIndex;
  /** Versions of a chart in an OCI registry, newest first. */
  ociVersions(dependency: ChartDependency): Promise<readonly string[]>;
  /** A chart in a folder of file://. Throws CliError. */
  local(repository: string): Chart;
  /** `fetched` has the URLs that came before. */
  bring(dependency: ChartDependency, fetched: Set<string>): Promise<Brought | undefined>;
}

/** `path` is the folder of the chart. */
export function openSources(
  path: string,
  { flags, verify }: { readonly flags: GoFlags; readonly verify: VerifyStrategy },
): DependencySources {
  const paths = helmPaths(process.env, pathFlags(flags));
  const configured = configuredRepositories(paths);
  const access = accessOf(flags);
  const login = (host: string): ServerAccess =>
    access.username ? access : { ...access, ...registryLogin(paths, host) };
  const oci = new OciChartSource({ access: login });
  const indexes = new Map<string, RepositoryIndex>();
  const repositoryOf = (url: string): Repository => findRepository(url, { configured, access });

  const index = (url: string): RepositoryIndex => {
    const known = indexes.get(url);
    if (known !== undefined) return known;
    const read = readCachedIndex(repositoryOf(url).name, paths);
    indexes.set(url, read);
    return read;
  };
  const local = (repository: string): Chart => loadForDependencies(localPath(repository, path));

  return {
    index,
    local,
    withUrl: (dependency) => withConfiguredUrl(dependency, { configured, path }),
    async refresh(dependencies) {
      if (flags.is('skipRefresh')) return;
      const urls = new Set(dependencies.map(({ repository = '' }) => repository).filter(isHttpRepository));
      const all = [...new Map([...urls].map(repositoryOf).map((each) => [each.name, each])).values()];
      const unmanaged = all.filter(({ isConfigured }) => !isConfigured);
      if (unmanaged.length > 0) say('Getting updates for unmanaged Helm repositories...');
      await refreshAll(unmanaged, paths);
      const managed = all.filter(({ isConfigured }) => isConfigured);
      if (managed.length === 0) return;
      say('Hang tight while we grab the latest from your chart repositories...');
      await refreshAll(managed, paths);
      say('Update Complete. ⎈Happy Helming!⎈');
    },
    async ociVersions({ name, repository = '' }) {
      const { parseOciReference } = await import('../chart-sources/oci-client.ts');
      try {
        return await oci.versions(parseOciReference(`${repository}/${name}`));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw verbatim(`could not retrieve list of tags for repository ${repository}: ${reason}`);
      }
    },
    async bring(dependency, fetched) {
      const { name, version = '', repository = '' } = dependency;
      if (repository === '') {
        say(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory`);
        checkInPlace(dependency, path);
        return undefined;
      }
      if (repository.startsWith('file://')) return packLocal(dependency, local(repository));
      const bring = repository.startsWith('oci://')
        ? { url: `${repository}/${name}:${version}`, fetch: () => fetchOci(oci, dependency) }
        : findInIndex(dependency, { index: index(repository), repository: repositoryOf(repository) });
      if (fetched.has(bring.url)) {
        say(`Already downloaded ${name} from repo ${repository}`);
        return { version };
      }
      say(`Downloading ${name} from repo ${repository}`);
      fetched.add(bring.url);
      try {
        const { fetched: pulled, brought } = await bring.fetch();
        if (verify !== 'never') await checkPackage(pulled, { verify, flags });
        return brought;
      } catch (error) {
        const url = repository.startsWith('oci://') ? `${repository}/${name}` : bring.url;
        throw verbatim(`could not download ${url}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

interface Repository {
  readonly name: string;
  readonly url: string;
  readonly access: ServerAccess;
  readonly isConfigured: boolean;
}

function findRepository(
  url: string,
  known: { readonly configured: readonly ConfiguredRepository[]; readonly access: ServerAccess },
): Repository {
  const found = known.configured.find((each) => sameUrl(each.url, url));
  if (found !== undefined) return { ...found, isConfigured: true };
  return { name: unmanagedName(url), url, access: known.access, isConfigured: false };
}

function withConfiguredUrl<T extends ChartDependency>(
  dependency: T,
  known: { readonly configured: readonly ConfiguredRepository[]; readonly path: string },
): T {
  const { repository = '' } = dependency;
  if (repository === '' || repository.startsWith('oci://')) return dependency;
  if (repository.startsWith('file://')) {
    localPath(repository, known.path);
    return dependency;
  }
  const alias = /^(?:@|alias:)(.*)$/s.exec(repository)?.[1];
  const found = known.configured.find(({ name }) => name === alias);
  if (found !== undefined) return { ...dependency, repository: found.url };
  if (alias === undefined && /^[a-z][a-z0-9+.-]*:|^\//i.test(repository)) return dependency;
  const hint =
    alias === undefined && !repository.includes('//')
      ? `
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`
      : '';
  throw verbatim(`no repository definition for ${repository}. Please add them via 'helm repo add'${hint}`, 'NotFound');
}

function isHttpRepository(repository: string): boolean {
  return repository !== '' && !/^(?:file|oci):\/\//.test(repository);
}

/** Whether two URLs are the same but for slashes at the end. */
function sameUrl(a: string, b: string): boolean {
  const trim = (url: string): string => url.replace(/\/+$/, '');
  return trim(a) === trim(b);
}

/** A repository that can't be reached is told of; what is missed is told when it is looked up. */
async function refreshAll(repositories: readonly Repository[], paths: HelmPaths): Promise<void> {
  await Promise.all(
    repositories.map(async (repository) => {
      const { isConfigured, name, url } = repository;
      try {
        const text = await fetchIndexText(repository);
        readIndex(text.toString('utf8'));
        writeAtomically(indexCachePath(paths, name), text);
        say(`...Successfully got an update from the "${isConfigured ? name : url}" chart repository`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const what = isConfigured ? `"${name}" chart repository (${url})` : `"${url}" chart repository`;
        say(`...Unable to get an update from the ${what}:\n\t${reason}`);
      }
    }),
  );
}

function readCachedIndex(name: string, paths: HelmPaths): RepositoryIndex {
  const path = indexCachePath(paths, name);
  try {
    return readIndex(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error && 'syscall' in error ? `open ${path}: ${reasonOf(error)}` : String(error);
    throw verbatim(`no cached repository for ${name} found. (try 'helm repo update'): ${reason}`, 'NotFound');
  }
}

/** The folder of a file:// URL. Throws CliError where there is none. */
export function localPath(repository: string, chart: string): string {
  const plain = repository.replace(/^file:\/\//, '');
  const path = isAbsolute(plain) ? resolve(plain) : join(chart, plain);
  if (existsSync(path)) return path;
  throw verbatim(`directory ${path} not found`, 'NotFound');
}

function packLocal({ name, version = '' }: ChartDependency, chart: Chart): Brought {
  const { metadata } = chart;
  if (!readRange({ name, version }).includes(metadata.version)) {
    throw verbatim(`can't get a valid version for dependency ${name}`);
  }
  const data = packageChart(chart, { allowMissing: true });
  return { version: metadata.version, file: { name: archiveFileName(metadata), data } };
}

function checkInPlace({ name, version = '' }: ChartDependency, path: string): void {
  const folder = join(path, 'charts', name);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw verbatim(`unable to load chart '${folder}': no such folder`, 'NotFound');
  }
  const { metadata } = loadForDependencies(folder);
  if (readRange({ name, version }).includes(metadata.version)) return;
  throw verbatim(`dependency ${name} at version ${metadata.version} does not satisfy the constraint ${version}`);
}

function readRange({ name, version }: { readonly name: string; readonly version: string }): VersionRange {
  try {
    return parseVersionRange(version);
  } catch (error) {
    throw verbatim(`dependency ${name} has an invalid version/constraint format: ${(error as Error).message}`);
  }
}

function findInIndex(
  { name, version = '' }: ChartDependency,
  from: { readonly index: RepositoryIndex; readonly repository: Repository },
): { url: string; fetch: () => Promise<Fetched> } {
  const { index, repository } = from;
  const entries = index.get(name);
  if (entries === undefined) throw verbatim('could not find : entry not found', 'NotFound');
  const entry = entries.find(({ urls, version: each }) => urls.length > 0 && isSameVersion(version, each));
  if (entry === undefined) throw verbatim('could not find : no matching version', 'NotFound');
  const url = resolveUrl(repository.url, entry.urls[0] ?? '');
  const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  return {
    url,
    fetch: async () => {
      const archive = await fetchPackage(entry, repository);
      const fetched = { archive, url, fileName: file, provenance: () => fetchProvenance(entry, repository) };
      return { fetched, brought: { version, file: { name: fileName(file), data: archive } } };
    },
  };
}

async function fetchOci(
  oci: OciChartSource,
  { name, version = '', repository = '' }: ChartDependency,
): Promise<Fetched> {
  const pull = await oci.pullArchive(await oci.resolve(`${repository}/${name}`, version));
  writeOut(formatPull(pull));
  const file = fileName(`${name}-${version}.tgz`);
  const fetched = { ...pull, url: `oci://${pull.ref}`, fileName: file };
  return { fetched, brought: { version, file: { name: file, data: pull.archive } } };
}

/** A name within charts/, whatever a server says. */
function fileName(name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name;
  throw verbatim(`${JSON.stringify(name)} is no name for a file of charts/`);
}

function writeAtomically(path: string, data: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, data);
  renameSync(fresh, path);
}

function say(line: string): void {
  writeOut(`${line}\n`);
}
