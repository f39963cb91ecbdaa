/**
 * The registry as OCI tools see it: repositories of blobs, manifests and tags. The repository SPACE/CHART holds the chart's
 * versions as tags, beside whatever else was pushed there (signatures, other artifacts); a chart pushed as a manifest becomes
 * a version at once, under the rules of any push.
 */
import { RegistryError } from '../errors.ts';
import { createOciBlobs, type OciBlobs } from './oci-blobs.ts';
import { createOciContext, type OciOptions } from './oci-context.ts';
import { createOciManifests, type OciManifests } from './oci-manifests.ts';
import { checkDigest, type Repository, tagOf } from './reference.ts';
import type { RepositoryStore } from './repository-store.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface Referrer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: object;
}

export interface OciRegistry extends OciBlobs, OciManifests {
  readonly uploads: Uploads;
  /** In the order of their bytes. Throws NameUnknown for a repository that holds nothing. */
  listTags(repository: Repository): Promise<readonly string[]>;
  listReferrers(repository: Repository, subject: string): Promise<readonly Referrer[]>;
  listRepositories(): Promise<readonly string[]>;
}

export function createOciRegistry(options: OciOptions): OciRegistry {
  const context = createOciContext(options);
  const { records } = context;
  const { catalog, storage } = options.stores;
  const blobs = createOciBlobs(context);

  return {
    ...blobs,
    ...createOciManifests(context, blobs),
    uploads: createUploads(storage, options.limits.packageBytes),

    async listTags(repository) {
      const versions = (await context.listVersions(repository)).items.map(({ version }) => tagOf(version));
      const tags = [...new Set([...versions, ...(await records.listTags(repository.name))])].sort();
      if (tags.length === 0 && !(await isKnown(records, repository))) {
        throw new RegistryError('NameUnknown', `there is no repository ${repository.name}`);
      }
      return tags;
    },

    async listReferrers(repository, subject) {
      checkDigest(subject);
      const referrers: Referrer[] = [];
      for (const digest of await records.listReferrers(repository.name, subject)) {
        const record = await records.getManifest(repository.name, digest);
        if (record !== undefined) {
          const { mediaType, size, artifactType, annotations } = record;
          referrers.push({
            mediaType,
            digest,
            size,
            ...(artifactType === undefined ? {} : { artifactType }),
            ...(annotations === undefined ? {} : { annotations }),
          });
        }
      }
      return referrers;
    },

    async listRepositories() {
      await context.opened();
      const names = new Set(await records.listRepositories());
      const everything = { start: 0, limit: Number.MAX_SAFE_INTEGER };
      for (const { name } of (await catalog.listSpaces(everything)).items) {
        for (const chart of (await catalog.listCharts(name, everything)).items) {
          names.add(`${name}/${chart}`);
        }
      }
      return [...names].sort();
    },
  };
}

async function isKnown(records: RepositoryStore, repository: Repository): Promise<boolean> {
  return (await records.listRepositories()).includes(repository.name);
}
