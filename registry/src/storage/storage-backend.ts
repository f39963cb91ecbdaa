/**
 * The port to bytes: blobs by key. Implementations: filesystem, s3. Keys follow the grammar in `key.ts`; every method
 * throws InvalidKey for any other, and StorageFull or StorageUnavailable when the medium fails.
 */
export interface BlobInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Changes with every put of the key. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

export interface StoredBlob extends BlobInfo {
  readonly body: Uint8Array;
}

export interface StorageBackend {
  /** The whole blob. Throws BlobNotFound. */
  get(key: string): Promise<StoredBlob>;
  /**
   * All or nothing, durable when it resolves, replacing what is there. Throws PreconditionFailed, and changes nothing, when
   * `when` does not hold: of many that put an absent key, or the same etag, at once, one succeeds.
   */
  put(key: string, body: Uint8Array, when?: { absent: true } | { etag: string }): Promise<BlobInfo>;
  /** Absent is success. */
  delete(key: string): Promise<void>;
  /** What starts with `prefix` (any beginning of a key, empty for all), in the order of the keys' bytes. */
  list(prefix: string): AsyncIterable<BlobInfo>;
}
