/** Manifests of the OCI image specification 1.1: what a registry reads of them. */
import { RegistryError } from '../errors.ts';
import { isJsonObject, isOversized, type JsonObject } from '../json.ts';

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  chartConfig: 'application/vnd.cncf.helm.config.v1+json',
  chartContent: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  chartProvenance: 'application/vnd.cncf.helm.chart.provenance.v1.prov',
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface ManifestFacts {
  readonly mediaType: string;
  /** Blobs that must be there: config and layers. */
  readonly blobs: readonly Descriptor[];
  /** Manifests of an index. */
  readonly manifests: readonly Descriptor[];
  /** What it refers to, when it is a referrer. */
  readonly subject: Descriptor | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: JsonObject | undefined;
  readonly configType: string | undefined;
}

/** What a manifest is served as again: a name of the application tree (RFC 6838), so nothing that a browser would run. */
const mediaTypePattern = /^application\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

const fallbackTypes: ReadonlySet<string> = new Set(['application/octet-stream', 'application/json', '']);

/** Throws ManifestInvalid. `contentType` is the header that it came with. */
export function parseManifest(bytes: Uint8Array, contentType: string): ManifestFacts {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isJsonObject(parsed) || parsed.schemaVersion !== 2) {
    throw invalid('it is no object with schemaVersion 2');
  }
  const declared = typeof parsed.mediaType === 'string' ? parsed.mediaType : undefined;
  const given = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (declared !== undefined && !fallbackTypes.has(given) && declared !== given) {
    throw invalid(`its mediaType ${declared} is not its content-type ${given}`);
  }
  const mediaType = declared ?? (fallbackTypes.has(given) ? guessType(parsed) : given);
  if (!mediaTypePattern.test(mediaType)) {
    throw invalid(`its mediaType ${JSON.stringify(mediaType.slice(0, 100))} is not application/...`);
  }
  const config = parsed.config === undefined ? undefined : parseDescriptor(parsed.config, 'config');
  const layers = parseDescriptors(parsed.layers, 'layers');
  if (isOversized(parsed.annotations, { length: Number.POSITIVE_INFINITY, depth: 2 })) {
    throw invalid('its annotations are no map of texts');
  }
  const artifactType = typeof parsed.artifactType === 'string' ? parsed.artifactType : config?.mediaType;
  return {
    mediaType,
    blobs: config === undefined ? layers : [config, ...layers],
    manifests: parseDescriptors(parsed.manifests, 'manifests'),
    subject: parsed.subject === undefined ? undefined : parseDescriptor(parsed.subject, 'subject'),
    artifactType,
    annotations: isJsonObject(parsed.annotations) ? parsed.annotations : undefined,
    configType: config?.mediaType,
  };
}

function guessType(manifest: JsonObject): string {
  return manifest.manifests === undefined ? mediaTypes.manifest : mediaTypes.index;
}

function parseDescriptors(value: unknown, field: string): Descriptor[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value) || value.length > 10_000) {
    throw invalid(`its ${field} are no list of at most 10000`);
  }
  return value.map((item: unknown) => parseDescriptor(item, field));
}

function parseDescriptor(value: unknown, field: string): Descriptor {
  if (!isJsonObject(value)) {
    throw invalid(`${field} is no descriptor`);
  }
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number') {
    throw invalid(`${field} lacks a mediaType, a digest or a size`);
  }
  if (!/^[a-z0-9]{1,20}:[0-9a-f]{32,128}$/.test(digest)) {
    throw invalid(`${field} has the digest ${JSON.stringify(digest.slice(0, 100))}`);
  }
  return { mediaType, digest, size };
}

function invalid(reason: string): RegistryError {
  return new RegistryError('ManifestInvalid', `manifest is not valid: ${reason}`);
}
