/** Blobs of OCI repositories: those that were uploaded to them, and those of their charts' versions. */
import { hasDigest, isDigest } from '../digest.ts';
import { RegistryError } from '../errors.ts';
import { blobKey } from '../layout.ts';
import { tooLarge } from '../not-found.ts';
import { putBlob } from '../push.ts';
import type { OciContext } from './oci-context.ts';
import { checkDigest, type Repository } from './reference.ts';

export interface OciBlobs {
  hasBlob(repository: Repository, digest: string): Promise<boolean>;
  /** Throws BlobUnknown. */
  getBlob(repository: Repository, digest: string): Promise<Uint8Array>;
  /** Throws DigestInvalid when the bytes are not of the digest, TooLarge. */
  putBlob(repository: Repository, digest: string, bytes: Uint8Array): Promise<void>;
  /** Makes a blob of another repository one of this; gives false when it is not there. */
  mountBlob(repository: Repository, digest: string, from: Repository): Promise<boolean>;
  /** Throws BlobUnknown; Conflict for a blob of a chart's version. */
  deleteBlob(repository: Repository, digest: string): Promise<void>;
}

export function createOciBlobs(context: OciContext): OciBlobs {
  const { stores, limits, records, readBytes, findChartBlob } = context;

  async function hasBlob(repository: Repository, digest: string): Promise<boolean> {
    return (
      (await records.has(repository.name, 'blobs', digest)) || (await findChartBlob(repository, digest)) !== undefined
    );
  }

  async function getBlob(repository: Repository, digest: string): Promise<Uint8Array> {
    checkDigest(digest);
    const isOwn = await records.has(repository.name, 'blobs', digest);
    const ofChart = isOwn ? undefined : await findChartBlob(repository, digest);
    const made = ofChart !== undefined && 'bytes' in ofChart ? ofChart.bytes : undefined;
    const bytes = made ?? (isOwn || ofChart !== undefined ? await readBytes(digest) : undefined);
    if (bytes === undefined) {
      throw new RegistryError('BlobUnknown', `repository ${repository.name} has no blob ${digest}`);
    }
    return bytes;
  }

  return {
    hasBlob,
    getBlob,

    async putBlob(repository, digest, bytes) {
      checkDigest(digest);
      if (bytes.byteLength > limits.packageBytes) {
        throw tooLarge(bytes.byteLength, limits.packageBytes);
      }
      if (!hasDigest(bytes, digest)) {
        throw new RegistryError('DigestInvalid', `the bytes are not of the digest ${digest}`);
      }
      await putBlob(stores, blobKey(digest), bytes);
      await records.putBlob(repository.name, digest);
    },

    async mountBlob(repository, digest, from) {
      if (!isDigest(digest) || !(await hasBlob(from, digest))) {
        return false;
      }
      await putBlob(stores, blobKey(digest), await getBlob(from, digest));
      await records.putBlob(repository.name, digest);
      return true;
    },

    async deleteBlob(repository, digest) {
      checkDigest(digest);
      if (!(await records.has(repository.name, 'blobs', digest))) {
        if ((await findChartBlob(repository, digest)) !== undefined) {
          throw new RegistryError('Conflict', `blob ${digest} belongs to a version of ${repository.name}: delete that`);
        }
        throw new RegistryError('BlobUnknown', `repository ${repository.name} has no blob ${digest}`);
      }
      await records.deleteBlob(repository.name, digest);
    },
  };
}
