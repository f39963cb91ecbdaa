/** Answers that all faces share: errors as one line of JSON, packages with their digest as ETag. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { httpStatusOf, isRegistryError, oneLine, RegistryError } from '../errors.ts';
import { packageFileName } from '../names.ts';
import type { PulledPackage } from '../package-reader.ts';

/** How long, and for how many bytes, a refused upload is still received, so that its sender comes to read the answer. */
const drainMilliseconds = 2000;
const drainBytes = 8 * 1024 * 1024;

/** Answers with the package, or 304 when the client has it. */
export function sendPackage(request: Request, response: Response, { entry, archive }: PulledPackage): void {
  response.set({
    ETag: `"${entry.digest}"`,
    'Last-Modified': new Date(entry.created).toUTCString(),
    'Content-Disposition': `attachment; filename="${packageFileName(entry)}"`,
  });
  if (matchesEtag(request.get('if-none-match'), entry.digest)) {
    response.status(304).end();
    return;
  }
  response.set({ 'Content-Type': 'application/gzip', 'Content-Length': String(archive.byteLength) });
  response.end(archive);
}

/** Whether an If-None-Match header names the tag, given without quotes; weak and strong tags match alike, as for GET. */
export function matchesEtag(header: string | undefined, tag: string): boolean {
  return (
    header?.trim() === '*' || (header ?? '').split(',').some((item) => item.trim().replace(/^W\//, '') === `"${tag}"`)
  );
}

/** Answers 405 with the methods that there are. */
export function allowOnly(...methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', methods.join(', '));
    throw new RegistryError('MethodNotAllowed', `${request.method} is not allowed here, but ${methods.join(', ')}`);
  };
}

/** Answers `{code, message, details}` with the status of the code; what is no error of the client or ours goes on. */
export const answerError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const described = describeError(error);
  if (response.headersSent || described === undefined) {
    next(error);
    return;
  }
  const { status, ...body } = described;
  const text = Buffer.from(`${JSON.stringify(body)}\n`);
  response.status(status).removeHeader('ETag');
  response.set({ 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': String(text.length) });
  if (status === 503) {
    response.set('Retry-After', '1');
  }
  if (request.complete || request.destroyed) {
    response.end(text);
    return;
  }
  response.set('Connection', 'close');
  response.write(text);
  drain(request, response);
};

function describeError(error: unknown): { status: number; code: string; message: string; details: object } | undefined {
  if (isRegistryError(error)) {
    return { status: httpStatusOf(error.code), code: error.code, message: error.message, details: error.details };
  }
  // Express and its parsers give errors of the client a status below 500, e.g. for a path that can't be decoded.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status >= 400 && status < 500 && error instanceof Error) {
    return { status, code: 'BadRequest', message: oneLine(error.message), details: {} };
  }
  return undefined;
}

/** Receives and drops the rest of the body, within bounds, then ends the answer, and with it the connection. */
function drain(request: Request, response: Response): void {
  let received = 0;
  const end = (): void => {
    clearTimeout(timer);
    request.removeAllListeners('data');
    response.end();
  };
  const timer = setTimeout(end, drainMilliseconds);
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > drainBytes) {
      end();
    }
  });
  request.once('end', end);
  request.once('close', end);
  request.resume();
}
