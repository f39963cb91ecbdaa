/** Manifests of OCI repositories: those that were pushed to them, and those of their charts' versions. */
import type { VersionEntry } from '../catalog/catalog.ts';
import { digestOf, hasDigest, isDigest } from '../digest.ts';
import { RegistryError } from '../errors.ts';
import { blobKey } from '../layout.ts';
import { putBlob } from '../push.ts';
import { type ManifestFacts, mediaTypes, parseManifest } from './manifest.ts';
import type { OciBlobs } from './oci-blobs.ts';
import type { OciContext } from './oci-context.ts';
import { checkDigest, checkTag, type Repository, versionOf } from './reference.ts';
import type { ManifestRecord } from './repository-store.ts';

export interface OciManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface OciManifests {
  /** By tag or digest. Throws ManifestUnknown. */
  getManifest(repository: Repository, reference: string): Promise<OciManifest>;
  /**
   * Throws ManifestInvalid, DigestInvalid, ManifestBlobUnknown, and for a chart what a push throws. `subject` is the digest that
   * it refers to.
   */
  putManifest(
    repository: Repository,
    reference: string,
    manifest: { readonly bytes: Uint8Array; readonly contentType: string },
  ): Promise<{ readonly digest: string; readonly subject: string | undefined }>;
  /** By tag: the tag, or the chart's version. By digest: the manifest with its tags or versions. Throws ManifestUnknown. */
  deleteManifest(repository: Repository, reference: string): Promise<void>;
}

export function createOciManifests(context: OciContext, blobs: OciBlobs): OciManifests {
  const { stores, charts, records, artifacts, readBytes, findVersion, findChartBlob } = context;

  async function versionManifest(entry: VersionEntry): Promise<OciManifest> {
    const stored = entry.manifest === undefined ? undefined : await readBytes(entry.manifest);
    if (entry.manifest !== undefined && stored !== undefined) {
      return { digest: entry.manifest, mediaType: mediaTypes.manifest, bytes: stored };
    }
    const { manifest } = await artifacts.make(entry);
    return { ...manifest, mediaType: mediaTypes.manifest };
  }

  async function manifestByDigest(repository: Repository, digest: string): Promise<OciManifest | undefined> {
    const record = await records.getManifest(repository.name, digest);
    if (record !== undefined) {
      const bytes = await readBytes(digest);
      return bytes === undefined ? undefined : { digest, mediaType: record.mediaType, bytes };
    }
    const ofChart = await findChartBlob(repository, digest);
    if (ofChart?.kind !== 'manifest' && ofChart?.kind !== 'stored-manifest') {
      return undefined;
    }
    const bytes = 'bytes' in ofChart ? ofChart.bytes : await readBytes(digest);
    return bytes === undefined ? undefined : { digest, mediaType: mediaTypes.manifest, bytes };
  }

  async function manifestByTag(repository: Repository, tag: string): Promise<OciManifest | undefined> {
    const entry = await findVersion(repository, tag);
    if (entry !== undefined) {
      return versionManifest(entry);
    }
    const digest = await records.getTag(repository.name, tag);
    return digest === undefined ? undefined : manifestByDigest(repository, digest);
  }

  async function getManifest(repository: Repository, reference: string): Promise<OciManifest> {
    const byDigest = checkReference(reference);
    const manifest = byDigest
      ? await manifestByDigest(repository, reference)
      : await manifestByTag(repository, reference);
    if (manifest === undefined) {
      throw manifestUnknown(repository, reference);
    }
    return manifest;
  }

  async function checkBlobs(repository: Repository, facts: ManifestFacts): Promise<void> {
    for (const { digest, mediaType } of facts.blobs) {
      if (mediaType.includes('.nondistributable.')) {
        continue;
      }
      if (!isDigest(digest) || !(await blobs.hasBlob(repository, digest))) {
        throw new RegistryError('ManifestBlobUnknown', `repository ${repository.name} lacks the blob ${digest}`, {
          details: { digest },
        });
      }
    }
  }

  /** A chart under its version is a push like any other. */
  async function pushChart(
    repository: Repository,
    chart: { readonly tag: string; readonly bytes: Uint8Array; readonly facts: ManifestFacts },
  ): Promise<void> {
    const layer = (type: string): string | undefined =>
      chart.facts.blobs.find(({ mediaType }) => mediaType === type)?.digest;
    const content = layer(mediaTypes.chartContent);
    if (content === undefined) {
      throw new RegistryError('ManifestInvalid', `chart without a layer ${mediaTypes.chartContent}`);
    }
    const provenance = layer(mediaTypes.chartProvenance);
    const { space, chart: name, version } = versionOf(repository, chart.tag);
    await charts.push(space, await blobs.getBlob(repository, content), {
      expect: { chart: name, version },
      manifest: chart.bytes,
      ...(provenance === undefined ? {} : { provenance: await blobs.getBlob(repository, provenance) }),
    });
  }

  return {
    getManifest,

    async putManifest(repository, reference, { bytes, contentType }) {
      const byDigest = checkReference(reference);
      const facts = parseManifest(bytes, contentType);
      if (byDigest && !hasDigest(bytes, reference)) {
        throw new RegistryError('DigestInvalid', `the manifest is ${digestOf(bytes)}, not ${reference}`);
      }
      const digest = byDigest ? reference : digestOf(bytes);
      await checkBlobs(repository, facts);
      const isChart = !byDigest && facts.configType === mediaTypes.chartConfig;
      if (isChart) {
        await pushChart(repository, { tag: reference, bytes, facts });
      } else if (!byDigest && (await findVersion(repository, reference)) !== undefined) {
        throw new RegistryError(
          'Conflict',
          `${repository.name}:${reference} is a version of a chart, which stays as it is`,
        );
      }
      await putBlob(stores, blobKey(digest), bytes);
      await records.putManifest(repository.name, digest, recordOf(facts, bytes.byteLength));
      if (!byDigest && !isChart) {
        await records.putTag(repository.name, reference, digest);
      }
      return { digest, subject: facts.subject?.digest };
    },

    async deleteManifest(repository, reference) {
      const byDigest = checkReference(reference);
      const { digest } = await getManifest(repository, reference);
      if (!byDigest) {
        const entry = await findVersion(repository, reference);
        await (entry === undefined ? records.deleteTag(repository.name, reference) : charts.delete(entry));
        return;
      }
      for (const entry of (await context.listVersions(repository)).items) {
        if ((await versionManifest(entry)).digest === digest) {
          await charts.delete(entry);
        }
      }
      for (const tag of await records.listTags(repository.name)) {
        if ((await records.getTag(repository.name, tag)) === digest) {
          await records.deleteTag(repository.name, tag);
        }
      }
      await records.deleteManifest(repository.name, digest);
    },
  };
}

function recordOf(facts: ManifestFacts, size: number): ManifestRecord {
  const { mediaType, blobs, manifests, subject, artifactType, annotations } = facts;
  return {
    mediaType,
    size,
    refers: [...blobs, ...manifests].map(({ digest }) => digest),
    ...(subject === undefined ? {} : { subject: subject.digest }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Whether the reference is a digest. Throws DigestInvalid, TagInvalid. */
function checkReference(reference: string): boolean {
  if (reference.includes(':')) {
    checkDigest(reference);
    return true;
  }
  checkTag(reference);
  return false;
}

function manifestUnknown(repository: Repository, reference: string): RegistryError {
  return new RegistryError('ManifestUnknown', `repository ${repository.name} has no manifest ${reference}`);
}
