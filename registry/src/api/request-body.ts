/**
 * Bodies of uploads, received whole into memory with two limits: bytes of one, and bytes of all that are being received
 * together, so that neither one endless body nor ten thousand at once can exhaust the process.
 */
import type { IncomingMessage } from 'node:http';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { tooLarge } from '../not-found.ts';

export interface BodyReader {
  /**
   * Receives the body and gives it to `work`; the bytes count as in use until that is done. Throws TooLarge (before reading,
   * where the length is announced), TooManyUploads, UnsupportedMediaType for a compressed body, ClientClosedRequest for a
   * truncated one.
   */
  withBody<T>(request: IncomingMessage, work: (body: Buffer) => Promise<T>): Promise<T>;
}

/** A form's boundaries and headers stand around the package. */
const formAllowance = 64 * 1024;

export function createBodyReader(limits: RegistryLimits): BodyReader {
  const limit = limits.packageBytes + formAllowance;
  let inUse = 0;

  return {
    async withBody(request, work) {
      checkHeaders(request, limits.packageBytes);
      let taken = 0;
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) {
          taken += chunk.length;
          inUse += chunk.length;
          if (taken > limit) {
            throw tooLarge(undefined, limits.packageBytes);
          }
          if (inUse > limits.uploadBytes) {
            throw new RegistryError('TooManyUploads', 'too many uploads at once; try again in a moment');
          }
          chunks.push(chunk);
        }
        return await work(Buffer.concat(chunks));
      } catch (error) {
        if (request.errored !== null && request.errored === error) {
          throw new RegistryError('ClientClosedRequest', 'the upload ended before its announced length', {
            cause: error,
          });
        }
        throw error;
      } finally {
        inUse -= taken;
      }
    },
  };
}

function checkHeaders(request: IncomingMessage, packageBytes: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > packageBytes + formAllowance) {
    throw tooLarge(announced, packageBytes);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new RegistryError(
      'UnsupportedMediaType',
      `content-encoding ${encoding} is not supported: send the package as it is`,
    );
  }
}
