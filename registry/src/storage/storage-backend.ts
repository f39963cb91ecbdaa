/**
 * The port to bytes: blobs by key. Implementations: filesystem, s3. Keys are relative paths of `/`-separated segments.
 */
export interface BlobInfo {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

export interface StoredBlob extends BlobInfo {
  readonly body: Uint8Array;
}

export interface StorageBackend {
  /** Throws BlobNotFound. */
  get(key: string): Promise<StoredBlob>;
  /** All or nothing, durable when it resolves. Throws PreconditionFailed when `when` does not hold. */
  put(key: string, body: Uint8Array, when?: { absent: true } | { etag: string }): Promise<BlobInfo>;
  /** Absent is success. */
  delete(key: string): Promise<void>;
  /** In key order. */
  list(prefix: string): AsyncIterable<BlobInfo>;
}
