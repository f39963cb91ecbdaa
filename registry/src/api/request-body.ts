/**
 * Bodies of uploads, received whole into memory within limits: bytes of one, bytes of all that are being received together,
 * and time, so that neither one endless body, nor ten thousand at once, nor those that never end can exhaust the process.
 */
import type { IncomingMessage } from 'node:http';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { tooLarge } from '../not-found.ts';

export interface BodyReader {
  /**
   * Receives the body and gives it to `work`; the bytes count as in use until that is done. `maxBytes` replaces the limit of
   * a package. Throws TooLarge (before reading, where the length is announced), TooManyUploads, RequestTimeout,
   * UnsupportedMediaType for a compressed body, ClientClosedRequest for a truncated one.
   */
  withBody<T>(
    request: IncomingMessage,
    work: (body: Buffer) => Promise<T>,
    options?: { readonly maxBytes?: number },
  ): Promise<T>;
}

/** A form's boundaries and headers stand around the package. */
const formAllowance = 64 * 1024;

export function createBodyReader(limits: RegistryLimits): BodyReader {
  let inUse = 0;

  return {
    async withBody(request, work, { maxBytes } = {}) {
      const shown = maxBytes ?? limits.packageBytes;
      const limit = maxBytes ?? limits.packageBytes + formAllowance;
      checkHeaders(request, { limit, shown });
      let taken = 0;
      const take = (chunk: Buffer): void => {
        taken += chunk.length;
        inUse += chunk.length;
        if (taken > limit) {
          throw tooLarge(undefined, shown);
        }
        if (inUse > limits.uploadBytes) {
          throw new RegistryError('TooManyUploads', 'too many uploads at once; try again in a moment');
        }
      };
      try {
        return await work(await receive(request, { take, limits }));
      } finally {
        inUse -= taken;
      }
    },
  };
}

/** The whole body. `take` is shown each chunk and throws where it is one too many; then the rest stays unread. */
function receive(
  request: IncomingMessage,
  { take, limits }: { readonly take: (chunk: Buffer) => void; readonly limits: RegistryLimits },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stop = (): void => {
      clearTimeout(whole);
      clearTimeout(pause);
      request.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose);
    };
    const refuse = (error: unknown): void => {
      stop();
      request.pause();
      reject(error);
    };
    const late = (time: number) => (): void => {
      refuse(new RegistryError('RequestTimeout', `the upload did not go on, or not end, within ${time / 1000} s`));
    };
    const onData = (chunk: Buffer): void => {
      pause.refresh();
      try {
        take(chunk);
        chunks.push(chunk);
      } catch (error) {
        refuse(error);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const onClose = (cause?: Error): void => {
      stop();
      reject(new RegistryError('ClientClosedRequest', 'the upload ended before its announced length', { cause }));
    };
    const whole = setTimeout(late(limits.uploadTime), limits.uploadTime);
    const pause = setTimeout(late(limits.uploadPause), limits.uploadPause);
    request.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
    if (request.destroyed) {
      onClose();
    }
  });
}

function checkHeaders(
  request: IncomingMessage,
  { limit, shown }: { readonly limit: number; readonly shown: number },
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) {
    throw tooLarge(announced, shown);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new RegistryError(
      'UnsupportedMediaType',
      `content-encoding ${encoding} is not supported: send the package as it is`,
    );
  }
}
