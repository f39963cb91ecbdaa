/**
 * Charts as OCI artifacts, whichever way they came. A version that was pushed by OCI has its own manifest; for any other, one
 * is made from its metadata as Helm v4 makes it (pkg/registry: config, content and provenance layers, annotations), the same
 * bytes on every server and each time, so that its digest can be pinned.
 */
import type { Catalog, VersionEntry } from '../catalog/catalog.ts';
import { digestOf } from '../digest.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { VersionRef } from '../names.ts';
import { type Descriptor, mediaTypes } from './manifest.ts';

export interface MadeArtifact {
  readonly manifest: Artifact;
  readonly config: Artifact;
}

export interface Artifact {
  readonly digest: string;
  readonly bytes: Buffer;
}

/** What a digest is to a chart: something made here, or bytes in storage. */
export type ChartBlob =
  | { readonly kind: 'manifest' | 'config'; readonly bytes: Buffer }
  | { readonly kind: 'stored' | 'stored-manifest' };

export interface ChartArtifacts {
  /** The manifest and config for a version. */
  make(entry: VersionEntry): Promise<MadeArtifact>;
  /** What the digest is among the versions of the chart, or undefined. */
  find(chart: { readonly space: string; readonly chart: string }, digest: string): Promise<ChartBlob | undefined>;
}

/** The manifest and config for a version. */
export function makeArtifact(entry: VersionEntry, provenanceSize: number | undefined): MadeArtifact {
  const config = artifactOf(entry.metadata);
  const layers: Descriptor[] = [{ mediaType: mediaTypes.chartContent, digest: entry.digest, size: entry.size }];
  if (entry.provenance !== undefined && provenanceSize !== undefined) {
    layers.push({ mediaType: mediaTypes.chartProvenance, digest: entry.provenance, size: provenanceSize });
  }
  const manifest = artifactOf({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.chartConfig, digest: config.digest, size: config.bytes.length },
    layers,
    annotations: annotationsOf(entry),
  });
  return { manifest, config };
}

/**
 * Finds by digest among what was made lately, which is what clients ask for next; else among all versions of the chart.
 * `provenanceSize` gives the bytes of a version's provenance.
 */
export function createChartArtifacts(
  catalog: Catalog,
  provenanceSize: (entry: VersionEntry) => Promise<number | undefined>,
): ChartArtifacts {
  const recent = new Map<string, { readonly ref: VersionRef; readonly blob: ChartBlob; readonly of: string }>();
  const maxRecent = 2000;

  async function make(entry: VersionEntry): Promise<MadeArtifact> {
    const made = makeArtifact(entry, await provenanceSize(entry));
    for (const [digest, blob] of blobsOf(entry, made)) {
      recent.delete(keyOf(entry, digest));
      recent.set(keyOf(entry, digest), { ref: entry, blob, of: entry.etag });
    }
    for (const [oldest] of recent) {
      if (recent.size <= maxRecent) {
        break;
      }
      recent.delete(oldest);
    }
    return made;
  }

  return {
    make,
    async find(chart, digest) {
      const found = recent.get(keyOf(chart, digest));
      if (found !== undefined && (await catalog.getVersion(found.ref))?.etag === found.of) {
        return found.blob;
      }
      const { items } = await catalog.listVersions(chart, { start: 0, limit: Number.MAX_SAFE_INTEGER });
      for (const entry of items) {
        const made = makeArtifact(entry, await provenanceSize(entry));
        const blob = blobsOf(entry, made).find(([blobDigest]) => blobDigest === digest)?.[1];
        if (blob !== undefined) {
          await make(entry);
          return blob;
        }
      }
      return undefined;
    },
  };
}

function blobsOf(entry: VersionEntry, made: MadeArtifact): readonly (readonly [string, ChartBlob])[] {
  return [
    [made.manifest.digest, { kind: 'manifest', bytes: made.manifest.bytes }],
    [made.config.digest, { kind: 'config', bytes: made.config.bytes }],
    [entry.digest, { kind: 'stored' }],
    [entry.provenance ?? '', { kind: 'stored' }],
    [entry.manifest ?? '', { kind: 'stored-manifest' }],
  ];
}

function keyOf(chart: { readonly space: string; readonly chart: string }, digest: string): string {
  return `${chart.space}/${chart.chart}@${digest}`;
}

/** Annotations of Chart.yaml first; Helm's own, which these may not change, behind. */
function annotationsOf(entry: VersionEntry): JsonObject {
  const { metadata } = entry;
  const annotations = new Map<string, string>();
  const set = (name: string, value: unknown): void => {
    if (typeof value === 'string' && value !== '') {
      annotations.set(`org.opencontainers.image.${name}`, value);
    }
  };
  for (const [name, value] of Object.entries(isJsonObject(metadata.annotations) ? metadata.annotations : {})) {
    if (
      typeof value === 'string' &&
      name !== 'org.opencontainers.image.version' &&
      name !== 'org.opencontainers.image.title'
    ) {
      annotations.set(name, value);
    }
  }
  set('description', metadata.description);
  set('title', metadata.name);
  set('version', metadata.version);
  set('url', metadata.home);
  set('source', Array.isArray(metadata.sources) ? metadata.sources[0] : undefined);
  set('created', new Date(entry.created).toISOString());
  set('authors', authorsOf(metadata));
  return Object.fromEntries(annotations);
}

function authorsOf(metadata: JsonObject): string {
  const maintainers: readonly unknown[] = Array.isArray(metadata.maintainers) ? metadata.maintainers : [];
  return maintainers
    .filter(isJsonObject)
    .map(({ name, email }) => (typeof email === 'string' && email !== '' ? `${name} (${email})` : `${name}`))
    .join(', ');
}

function artifactOf(value: JsonObject): Artifact {
  const bytes = Buffer.from(JSON.stringify(value));
  return { digest: digestOf(bytes), bytes };
}
