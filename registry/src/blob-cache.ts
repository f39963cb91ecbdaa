/** Blobs by digest in memory, those used longest ago leaving first when the bytes exceed the limit. */
export class BlobCache {
  readonly #limit: number;
  readonly #blobs = new Map<string, Uint8Array>();
  #size = 0;

  /** `limit` in bytes; a blob larger than an eighth of it is not kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(digest: string): Uint8Array | undefined {
    const blob = this.#blobs.get(digest);
    if (blob !== undefined) {
      this.#blobs.delete(digest);
      this.#blobs.set(digest, blob);
    }
    return blob;
  }

  put(digest: string, blob: Uint8Array): void {
    if (blob.byteLength > this.#limit / 8) {
      return;
    }
    this.delete(digest);
    this.#blobs.set(digest, blob);
    this.#size += blob.byteLength;
    for (const [oldest] of this.#blobs) {
      if (this.#size <= this.#limit) {
        return;
      }
      this.delete(oldest);
    }
  }

  delete(digest: string): void {
    this.#size -= this.#blobs.get(digest)?.byteLength ?? 0;
    this.#blobs.delete(digest);
  }
}
