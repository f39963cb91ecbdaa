/**
 * Answers on their way out (apiserver's endpoints/handlers/responsewriters, v1.34): JSON, YAML or protobuf; large ones
 * compressed for clients that can read that.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';
import { stringify as stringifyYaml } from 'yaml';
import { isObject } from '../../apimachinery/json.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { encodeProtobuf } from '../schema/protobuf-encode.ts';
import type { Answer } from './answer.ts';
import { type Accepted, notAcceptable } from './negotiate.ts';

/** What is smaller is sent as it is. */
const COMPRESS_FROM = 128 * 1024;

export function singleHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(',');
}

/** Sends an answer in the form that was agreed on. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer, accept: Accepted): void {
  const { status, body, headers = {} } = answer;
  const { type, bytes } = encode(body, accept);
  sendBytes(request, response, { status, bytes, headers: { 'Content-Type': type, ...headers } });
}

function encode(body: unknown, accept: Accepted): { type: string; bytes: Uint8Array } {
  if (body instanceof Uint8Array) return { type: accept.type, bytes: body };
  if (typeof body === 'string') return { type: accept.type, bytes: Buffer.from(body) };
  if (accept.type === 'application/yaml') {
    const text = stringifyYaml(body, {
      version: '1.1',
      indentSeq: false,
      lineWidth: 0,
      aliasDuplicateObjects: false,
      sortMapEntries: true,
    });
    return { type: accept.type, bytes: Buffer.from(text) };
  }
  if (accept.type === 'application/vnd.kubernetes.protobuf' && isObject(body)) {
    const bytes = encodeProtobuf(body);
    if (bytes !== undefined) return { type: accept.type, bytes };
    if (!accept.ranges.some(({ type }) => type === '*/*' || type === 'application/json'))
      throw notAcceptable(['application/json', 'application/yaml']);
  }
  return { type: 'application/json', bytes: Buffer.from(`${JSON.stringify(body)}\n`) };
}

export interface RawAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends bytes, with gzip where that is worth it and the client asks for it. */
export function sendBytes(request: IncomingMessage, response: ServerResponse, answer: RawAnswer): void {
  const { status, bytes, headers } = answer;
  const all = { 'Cache-Control': 'no-cache, private', ...headers };
  const isCompressed = bytes.length >= COMPRESS_FROM && acceptsGzip(singleHeader(request.headers['accept-encoding']));
  if (!isCompressed) {
    response.writeHead(status, { ...all, 'Content-Length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  gzip(bytes, { level: constants.Z_BEST_SPEED }, (error, packed) => {
    if (error !== null) {
      response.destroy(error);
      return;
    }
    const vary = headers.Vary === undefined ? 'Accept-Encoding' : `${headers.Vary}, Accept-Encoding`;
    response.writeHead(status, { ...all, Vary: vary, 'Content-Encoding': 'gzip', 'Content-Length': packed.length });
    response.end(request.method === 'HEAD' ? undefined : packed);
  });
}

function acceptsGzip(header = ''): boolean {
  return header.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    return name === 'gzip' && !parameters.some((piece) => /^q=0(\.0*)?$/.test(piece));
  });
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(text);
}

/** Answers an error as a Status, in the form that the client reads. */
export function sendError(request: IncomingMessage, response: ServerResponse, error: unknown, accept: Accepted): void {
  const failure =
    error instanceof ApiError
      ? error
      : new ApiError(
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
        );
  const retry = failure.details?.retryAfterSeconds;
  // What is left of a body that was too large or too slow is not read.
  const isCut = failure.reason === 'RequestEntityTooLarge' || failure.reason === 'Timeout';
  const close = isCut && !request.complete;
  const headers = {
    ...(retry === undefined ? {} : { 'Retry-After': String(retry) }),
    ...(close ? { Connection: 'close' } : {}),
  };
  send(request, response, { status: failure.code, body: failure.toStatus(), headers }, accept);
}
