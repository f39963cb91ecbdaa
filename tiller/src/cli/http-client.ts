/** The HTTP API as the CLI calls it: JSON, bytes, and the lines of an operation that runs. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ErrorBody, ProgressEvent, StreamLine } from '../server/api.ts';
import { CliError } from './cli-error.ts';

export interface HttpClient {
  /** e.g. `http://127.0.0.1:8080` */
  readonly address: string;
  /** Throws CliError with the server's code and message. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  bytes(path: string): Promise<Buffer>;
  upload<T>(path: string, body: Uint8Array): Promise<T>;
  /** Calls `observe` for each step of the operation, and answers its result. */
  operate<T>(
    call: { readonly method: string; readonly path: string; readonly body: unknown },
    observe: (progress: ProgressEvent) => void,
  ): Promise<T>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export function createHttpClient(address: string): HttpClient {
  const root = parseAddress(address);
  const send = async (call: Call): Promise<IncomingMessage> => {
    const response = await exchange(root, call);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw errorOf(await readAll(response), { status, path: call.path });
  };
  const sendJson = (call: { method: string; path: string; body: unknown; accept: string }) =>
    send({
      method: call.method,
      path: call.path,
      headers: {
        accept: call.accept,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  return {
    address,
    // A parsed border: the server and this program share the types.
    async json<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await sendJson({ method, path, body, accept: 'application/json' });
      const text = (await readAll(response)).toString('utf8');
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async bytes(path) {
      return readAll(await send({ method: 'GET', path, headers: {} }));
    },
    async upload<T>(path: string, body: Uint8Array): Promise<T> {
      const headers = { 'content-type': 'application/gzip', accept: 'application/json' };
      return JSON.parse((await readAll(await send({ method: 'POST', path, headers, body }))).toString('utf8')) as T;
    },
    async operate<T>(
      call: { readonly method: string; readonly path: string; readonly body: unknown },
      observe: (progress: ProgressEvent) => void,
    ): Promise<T> {
      const response = await sendJson({ ...call, accept: 'application/x-ndjson' });
      for await (const text of linesOf(response)) {
        const line = JSON.parse(text) as StreamLine;
        if (line.type === 'progress') observe(line.progress);
        if (line.type === 'result') return line.result as T;
        if (line.type === 'error') throw cliError(line.error);
      }
      throw new CliError('the server went away in the middle of the operation', { code: 'Unavailable' });
    },
  };
}

function exchange(root: URL, call: Call): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: call.method,
    headers: {
      ...call.headers,
      ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
    },
    // One process, few requests: no connection is kept that would hold the program.
    agent: false,
  };
  const url = new URL(`${root.pathname.replace(/\/$/, '')}${call.path}`, root);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, options, resolve);
    request.on('error', (error: NodeJS.ErrnoException) => {
      reject(new CliError(`the server at ${root.origin} can't be reached: ${error.message}`, { code: 'Unavailable' }));
    });
    request.end(call.body);
  });
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}

function errorOf(body: Buffer, about: { readonly status: number; readonly path: string }): CliError {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Partial<ErrorBody>;
    if (typeof parsed.message === 'string') {
      return cliError({ code: parsed.code ?? 'InternalError', message: parsed.message, details: parsed.details });
    }
  } catch {
    // Not ours: some other server, or a proxy, answered.
  }
  return new CliError(`the server answered ${about.status} for ${about.path}`, { code: 'Unavailable' });
}

function cliError(body: ErrorBody): CliError {
  const lines = Array.isArray(body.details) ? body.details.filter((line) => typeof line === 'string') : [];
  return new CliError(body.message, { code: body.code, lines });
}

function parseAddress(address: string): URL {
  try {
    const url = new URL(address.includes('://') ? address : `http://${address}`);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // Reported below, with what was given.
  }
  throw new CliError(`server address "${address}" is not a URL like http://127.0.0.1:8080`);
}
