/**
 * Uploads of blobs in several requests. Each part is a blob of its own in storage under its offset, so that an upload goes on
 * after a restart and on any server of the same storage.
 */
import { randomUUID } from 'node:crypto';
import { isRegistryError, RegistryError } from '../errors.ts';
import { tooLarge } from '../not-found.ts';
import type { StorageBackend } from '../storage/storage-backend.ts';
import { repositoryPrefix } from './repository-store.ts';

export interface Uploads {
  /** Gives the id of the new upload. */
  start(repository: string): Promise<string>;
  /** Bytes that are there. Throws BlobUploadUnknown. */
  size(repository: string, id: string): Promise<number>;
  /**
   * Adds bytes, which must begin where the upload ends when `offset` says where they begin. Gives the size then. Throws
   * BlobUploadUnknown, RangeInvalid, TooLarge.
   */
  append(
    repository: string,
    id: string,
    part: { readonly bytes: Uint8Array; readonly offset?: number },
  ): Promise<number>;
  /** All bytes. Throws BlobUploadUnknown. */
  read(repository: string, id: string): Promise<Buffer>;
  /** Absent is success. */
  delete(repository: string, id: string): Promise<void>;
}

const digits = 12;

export function createUploads(storage: StorageBackend, maxBytes: number): Uploads {
  const prefixOf = (repository: string, id: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(id)) {
      throw unknownUpload(id);
    }
    return `${repositoryPrefix(repository)}uploads/${id}/`;
  };

  /** Keys of the parts in order; the mark of the upload, which sorts behind them, is left out. */
  async function partsOf(repository: string, id: string): Promise<{ keys: string[]; size: number }> {
    const prefix = prefixOf(repository, id);
    const keys: string[] = [];
    let size = 0;
    let isThere = false;
    for await (const info of storage.list(prefix)) {
      isThere ||= info.key === `${prefix}upload.json`;
      if (info.key.endsWith('.part')) {
        keys.push(info.key);
        size += info.size;
      }
    }
    if (!isThere) {
      throw unknownUpload(id);
    }
    return { keys, size };
  }

  return {
    async start(repository) {
      const id = randomUUID();
      await storage.put(`${prefixOf(repository, id)}upload.json`, Buffer.from('{}\n'));
      return id;
    },

    async size(repository, id) {
      return (await partsOf(repository, id)).size;
    },

    async append(repository, id, { bytes, offset }) {
      const { size } = await partsOf(repository, id);
      if (offset !== undefined && offset !== size) {
        throw outOfOrder(offset, size);
      }
      if (size + bytes.byteLength > maxBytes) {
        throw tooLarge(size + bytes.byteLength, maxBytes);
      }
      if (bytes.byteLength > 0) {
        const key = `${prefixOf(repository, id)}${String(size).padStart(digits, '0')}.part`;
        try {
          await storage.put(key, bytes, { absent: true });
        } catch (error) {
          throw isRegistryError(error, 'PreconditionFailed') ? outOfOrder(offset ?? size, size) : error;
        }
      }
      return size + bytes.byteLength;
    },

    async read(repository, id) {
      const { keys } = await partsOf(repository, id);
      const parts = await Promise.all(keys.map(async (key) => (await storage.get(key)).body));
      return Buffer.concat(parts);
    },

    async delete(repository, id) {
      for await (const { key } of storage.list(prefixOf(repository, id))) {
        await storage.delete(key);
      }
    },
  };
}

function unknownUpload(id: string): RegistryError {
  return new RegistryError('BlobUploadUnknown', `there is no upload ${JSON.stringify(id.slice(0, 50))}`);
}

function outOfOrder(offset: number, size: number): RegistryError {
  return new RegistryError('RangeInvalid', `the part begins at ${offset}, but the upload ends at ${size}`, {
    details: { size },
  });
}
