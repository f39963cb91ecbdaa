/**
 * Where things lie in storage, and the record that makes a version exist.
 *
 *   blobs/sha256/AB/ABCD…                    bytes under their own digest: written once, equal bytes once for all spaces
 *   spaces/SPACE/space.json                  the space exists
 *   spaces/SPACE/charts/CHART/VERSION.json   the version exists: a record with the digest of its package and its metadata
 *
 * A push puts the blob, then the record, then the row of the catalogue. The record is the moment at which the version
 * exists: it is put only if absent, so of two pushes, also from two servers, one wins. A crash before it leaves a blob that
 * nothing refers to, which garbage collection removes after its grace period; a crash after it leaves a version that the
 * catalogue does not know, which reconciling adds. Records carry the metadata so that the catalogue can be made again from
 * them without opening a package, and OCI manifests can name the same blobs without copying.
 *
 * The `/` of a space such as `team/dev` is written `~`, so that no space lies within another. Upper-case letters, which some file systems fold, are written as `!` and the lower-case letter, as Go's module cache does.
 */
import { digestOfHex, isDigest, splitDigest } from './digest.ts';
import { oneLine, RegistryError } from './errors.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { VersionRef } from './names.ts';
import { parseVersion } from './versions.ts';

export const spacesPrefix = 'spaces/';
export const blobsPrefix = 'blobs/';

/** What is stored for a version. */
export interface VersionRecord extends Attachments {
  readonly chart: string;
  readonly version: string;
  /** `sha256:` and 64 hex digits, of the package. */
  readonly digest: string;
  /** Bytes of the package. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Chart.yaml. */
  readonly metadata: JsonObject;
  /** The packaged subcharts, each with its own. */
  readonly subcharts: readonly ChartTree[];
}

/** Digests of blobs that belong to a version beside its package. */
export interface Attachments {
  /** The provenance file (.prov). */
  readonly provenance?: string;
  /** The OCI manifest that the version was pushed with. */
  readonly manifest?: string;
}

/** What is stored for a space. */
export interface SpaceRecord {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Whether a push that asks for it may replace a version by other bytes. */
  readonly overwrite: boolean;
}

/** A subchart's Chart.yaml and those of its own subcharts. */
export interface ChartTree {
  readonly metadata: JsonObject;
  readonly subcharts: readonly ChartTree[];
}

export function spacePrefix(space: string): string {
  return `${spacesPrefix}${space.replaceAll('/', '~')}/`;
}

export function spaceKey(space: string): string {
  return `${spacePrefix(space)}space.json`;
}

export function chartPrefix(space: string, chart: string): string {
  return `${spacePrefix(space)}charts/${escapeCase(chart)}/`;
}

export function versionKey(ref: VersionRef): string {
  return `${chartPrefix(ref.space, ref.chart)}${escapeCase(ref.version)}.json`;
}

export function blobKey(digest: string): string {
  const { algorithm, hex } = splitDigest(digest);
  return `${blobsPrefix}${algorithm}/${hex.slice(0, 2)}/${hex}`;
}

/** The space of `spaces/SPACE/space.json`, or undefined for any other key. */
export function parseSpaceKey(key: string): string | undefined {
  return /^spaces\/([^/]+)\/space\.json$/.exec(key)?.[1]?.replaceAll('~', '/');
}

/** What a record's key stands for, or undefined for any other key. */
export function parseVersionKey(key: string): VersionRef | undefined {
  const match = /^spaces\/([^/]+)\/charts\/([^/]+)\/([^/]+)\.json$/.exec(key);
  const [, space, chart, version] = match ?? [];
  if (space === undefined || chart === undefined || version === undefined) {
    return undefined;
  }
  return { space: space.replaceAll('~', '/'), chart: unescapeCase(chart), version: unescapeCase(version) };
}

/** The digest of a blob's key, or undefined for any other key. */
export function parseBlobKey(key: string): string | undefined {
  const hex = /^blobs\/sha(?:256|512)\/[0-9a-f]{2}\/([0-9a-f]+)$/.exec(key)?.[1];
  return hex === undefined ? undefined : digestOfHex(hex);
}

export function formatVersionRecord(record: VersionRecord): Uint8Array {
  const { created, ...rest } = record;
  return Buffer.from(`${JSON.stringify({ schemaVersion: 1, ...rest, created: new Date(created).toISOString() })}\n`);
}

export function formatSpaceRecord(record: SpaceRecord): Uint8Array {
  const { name, created, overwrite } = record;
  return Buffer.from(
    `${JSON.stringify({ schemaVersion: 1, name, created: new Date(created).toISOString(), overwrite })}\n`,
  );
}

/** The record of a space; what it does not say, or says wrongly, is as for a new one that was made at `modified`. */
export function parseSpaceRecord(
  bytes: Uint8Array,
  about: { readonly name: string; readonly modified: number },
): SpaceRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    parsed = undefined;
  }
  const fields = isJsonObject(parsed) ? parsed : {};
  const created = typeof fields.created === 'string' ? Date.parse(fields.created) : Number.NaN;
  return {
    name: about.name,
    created: Number.isNaN(created) ? about.modified : created,
    overwrite: fields.overwrite === true,
  };
}

/** Throws Corrupt when the bytes are not a record of the version that the key names. */
export function parseVersionRecord(bytes: Uint8Array, key: string): VersionRecord {
  const corrupt = (reason: string): RegistryError =>
    new RegistryError('Corrupt', `record ${key} in storage: ${reason}`, { details: { key } });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw corrupt(`not JSON: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  }
  if (!isJsonObject(parsed)) {
    throw corrupt('not an object');
  }
  const { chart, version, digest, size, created, metadata, subcharts } = parsed;
  const ref = parseVersionKey(key);
  if (typeof chart !== 'string' || typeof version !== 'string' || chart !== ref?.chart || version !== ref.version) {
    throw corrupt('names another version than its key');
  }
  if (typeof digest !== 'string' || !isDigest(digest) || parseVersion(version) === undefined) {
    throw corrupt('has no valid digest or version');
  }
  const time = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  if (typeof size !== 'number' || Number.isNaN(time) || !isJsonObject(metadata)) {
    throw corrupt('has no size, time of creation or metadata');
  }
  return {
    chart,
    version,
    digest,
    size,
    created: time,
    metadata,
    subcharts: parseTrees(subcharts),
    ...parseAttachments(parsed),
  };
}

/** The attachments among the fields of a record. */
export function parseAttachments(fields: JsonObject): Attachments {
  const { provenance, manifest } = fields;
  return {
    ...(typeof provenance === 'string' ? { provenance } : {}),
    ...(typeof manifest === 'string' ? { manifest } : {}),
  };
}

function parseTrees(value: unknown): ChartTree[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item) =>
    isJsonObject(item) && isJsonObject(item.metadata)
      ? [{ metadata: item.metadata, subcharts: parseTrees(item.subcharts) }]
      : [],
  );
}

/** The text in lower case, each letter that was not behind a `!`. */
export function escapeCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

export function unescapeCase(text: string): string {
  return text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
