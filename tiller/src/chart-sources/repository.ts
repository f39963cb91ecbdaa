/**
 * Charts of a Helm repository over HTTP: an index.yaml and packages that it leads to. Follows Helm v4's
 * FindChartInRepoURL; the digest of the index, which Helm leaves unchecked here, must fit the package.
 */
import { createHash } from 'node:crypto';
import { ReleaseError } from '../releases/release.ts';
import { packageFromArchive } from './archive.ts';
import type { ChartPackage, ChartSource, ChartVersion } from './chart-source.ts';
import { download, downloadLimits, type ServerAccess } from './download.ts';
import {
  findEntry,
  type IndexEntry,
  isRange,
  type RepositoryIndex,
  readIndex,
  resolveUrl,
} from './repository-index.ts';

export interface RepositoryOptions {
  /** Of the folder that index.yaml is in. */
  readonly url: string;
  readonly access?: ServerAccess;
  /** Told when another version than the one that was named is taken. */
  readonly warn?: (fallback: { readonly chart: string; readonly requested: string; readonly selected: string }) => void;
}

/** A package as it was pulled. */
export interface RepositoryPull {
  readonly url: string;
  readonly archive: Buffer;
  readonly provenance: () => Promise<Buffer>;
}

export class RepositoryChartSource implements ChartSource {
  private readonly options: RepositoryOptions;
  private index: Promise<RepositoryIndex> | undefined;

  constructor(options: RepositoryOptions) {
    this.options = options;
  }

  /** `ref` is the chart's name. The index is fetched once. */
  async resolve(ref: string, range = ''): Promise<ChartVersion> {
    const { version } = await this.find(ref, range);
    return { ref, name: ref, version };
  }

  /** The bytes of a package, where they are, and how to get the provenance beside them. */
  async pullArchive({ name, version }: ChartVersion): Promise<RepositoryPull> {
    const entry = await this.find(name, version);
    const url = packageUrl(entry, this.options);
    return { url, archive: await this.fetch(entry), provenance: () => fetchProvenance(entry, this.options) };
  }

  async pull(version: ChartVersion): Promise<ChartPackage> {
    const { url } = this.options;
    const entry = await this.find(version.name, version.version);
    const archive = await this.fetch(entry);
    return packageFromArchive(archive, `${version.name} ${version.version} of ${url}`);
  }

  private async find(name: string, range: string): Promise<IndexEntry> {
    const { url, warn } = this.options;
    this.index ??= fetchIndex(this.options);
    const index = await this.index.catch((cause: Error) => {
      const message = `looks like ${JSON.stringify(url)} is not a valid chart repository or cannot be reached: ${cause.message}`;
      throw new ReleaseError(cause instanceof ReleaseError ? cause.code : 'Unavailable', message, { cause });
    });
    const what = `chart ${JSON.stringify(name)}${range === '' ? '' : ` version ${JSON.stringify(range)}`}`;
    let entry: IndexEntry | undefined;
    try {
      entry = findEntry(index, { name, range });
    } catch {
      // What is no range fits nothing.
    }
    if (entry === undefined) throw new ReleaseError('NotFound', `${what} not found in ${url} repository`);
    if (entry.urls.length === 0) throw new ReleaseError('NotFound', `${what} has no downloadable URLs`);
    if (range !== '' && entry.version !== range && !isRange(range)) {
      warn?.({ chart: name, requested: range, selected: entry.version });
    }
    return entry;
  }

  private async fetch(entry: IndexEntry): Promise<Buffer> {
    return fetchPackage(entry, this.options);
  }
}

/** Fetches and reads index.yaml. Throws ReleaseError. */
export async function fetchIndex(repository: RepositoryOptions): Promise<RepositoryIndex> {
  return readIndex((await fetchIndexText(repository)).toString('utf8'));
}

/** The index as it is served. Throws ReleaseError. */
export function fetchIndexText({ url, access }: RepositoryOptions): Promise<Buffer> {
  const index = resolveUrl(url, 'index.yaml');
  return download({ url: index, owner: url, limit: downloadLimits.index, ...(access === undefined ? {} : { access }) });
}

/** Where an entry of the index leads to. */
export function packageUrl(entry: IndexEntry, { url }: RepositoryOptions): string {
  return resolveUrl(url, entry.urls[0] ?? '');
}

/** What is beside the package. Throws ReleaseError. */
export function fetchProvenance(entry: IndexEntry, repository: RepositoryOptions): Promise<Buffer> {
  const { url, access } = repository;
  return download({
    url: `${packageUrl(entry, repository)}.prov`,
    owner: url,
    limit: downloadLimits.document,
    ...(access === undefined ? {} : { access }),
  });
}

/** The package that an entry of the index leads to, its digest checked. Throws ReleaseError. */
export async function fetchPackage(entry: IndexEntry, { url, access }: RepositoryOptions): Promise<Buffer> {
  const archive = await download({
    url: resolveUrl(url, entry.urls[0] ?? ''),
    owner: url,
    headers: { accept: 'application/gzip,application/octet-stream' },
    limit: downloadLimits.package,
    ...(access === undefined ? {} : { access }),
  });
  const digest = createHash('sha256').update(archive).digest('hex');
  if (entry.digest === undefined || entry.digest === digest) return archive;
  throw new ReleaseError(
    'Invalid',
    `chart "${entry.name}" ${entry.version} of ${url} is not what its index says: sha256 is ${digest}, not ${entry.digest}`,
  );
}
