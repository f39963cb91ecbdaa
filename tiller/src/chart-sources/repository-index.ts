/**
 * index.yaml of a chart repository: reading it, and finding a version in it. Follows Helm v4's pkg/repo/v1/index.go.
 */
import { isVersion, parseVersionRange, parseYaml, sortVersions } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';

export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  /** Relative to the repository, or absolute; the first one counts. */
  readonly urls: readonly string[];
  /** SHA-256 of the package in hexadecimal, where the index has it. */
  readonly digest?: string;
}

/** Entries by the name of the chart, newest first. */
export type RepositoryIndex = ReadonlyMap<string, readonly IndexEntry[]>;

/** Reads YAML or JSON. Entries without a valid version are passed over. Throws ReleaseError Invalid. */
export function readIndex(text: string): RepositoryIndex {
  if (text === '') throw new ReleaseError('Invalid', 'empty index.yaml file');
  const document = parseDocument(text);
  const entries = document instanceof Map ? document.get('entries') : undefined;
  if (!(document instanceof Map) || !document.get('apiVersion')) {
    throw new ReleaseError('Invalid', 'no API version specified');
  }
  const index = new Map<string, readonly IndexEntry[]>();
  if (!(entries instanceof Map)) return index;
  for (const [name, versions] of entries) {
    if (!Array.isArray(versions)) continue;
    const read = versions.map(readEntry).filter((entry) => entry !== undefined);
    index.set(
      String(name),
      sortVersions(read, ({ version }) => version),
    );
  }
  return index;
}

/**
 * The version that a range means: the text itself where an entry has it, else the newest that fits; without a range
 * the newest release. Undefined where there is none. Throws ChartError for what is no range.
 */
export function findEntry(index: RepositoryIndex, chart: { name: string; range: string }): IndexEntry | undefined {
  const entries = index.get(chart.name) ?? [];
  const range = parseVersionRange(chart.range === '' ? '*' : chart.range);
  const exact = chart.range === '' ? undefined : entries.find(({ version }) => version === chart.range);
  return exact ?? entries.find(({ version }) => range.includes(version));
}

/** Whether a version was asked for as a range, and not as one version. */
export function isRange(version: string): boolean {
  if (/[\^~<>=!*]|\|\|| - /.test(version)) return true;
  return /x/i.test(version.split(/[-+]/, 1)[0] ?? '');
}

/** A URL of an index made absolute: below the repository's own, whose query goes along. */
export function resolveUrl(repository: string, url: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url;
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  const resolved = new URL(url, base);
  resolved.search = base.search;
  resolved.hash = '';
  return resolved.href;
}

function parseDocument(text: string): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new ReleaseError('Invalid', (cause as Error).message, { cause });
  }
}

function readEntry(value: unknown): IndexEntry | undefined {
  if (!(value instanceof Map)) return undefined;
  const name = textOf(value.get('name'));
  const version = textOf(value.get('version'));
  const urls: unknown = value.get('urls');
  if (name === '' || name.includes('/') || !isVersion(version)) return undefined;
  const digest = textOf(value.get('digest')).replace(/^sha256:/, '');
  return {
    name,
    version,
    urls: Array.isArray(urls) ? urls.map(textOf) : [],
    ...(digest === '' ? {} : { digest }),
  };
}

/** A version such as `1.2` may be a number in YAML. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
