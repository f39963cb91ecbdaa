/**
 * Fetching over HTTP for chart repositories and OCI registries: redirects, basic authentication that stays with the
 * server that it is for, TLS files, and a limit on what is read. The texts of failures are those of Helm v4's getter.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ReleaseError } from '../releases/release.ts';

/** How a server is to be talked to; the flags of Helm's commands by their names. */
export interface ServerAccess {
  readonly username?: string;
  readonly password?: string;
  /** Sends the name and password to other servers, too, that the first leads to. */
  readonly passCredentials?: boolean;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** OCI registries without TLS. */
  readonly plainHttp?: boolean;
}

export interface Fetch {
  readonly url: string;
  readonly access?: ServerAccess;
  /** The server that name and password are for; absent, that of `url`. */
  readonly owner?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body that are read at most. */
  readonly limit: number;
}

export interface Fetched {
  readonly status: number;
  /** e.g. `404 Not Found` */
  readonly statusLine: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Where the body came from in the end, redirects followed. */
  readonly url: string;
}

/** Index files may be tens of megabytes; packages are bounded by the archive reader's own limit. */
export const downloadLimits = { index: 100 * 1024 * 1024, package: 100 * 1024 * 1024, document: 4 * 1024 * 1024 };

const MAX_REDIRECTS = 10;
const SILENCE_MS = 120_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The body of an answer 200. Throws ReleaseError NotFound or Unavailable with Helm's text. */
export async function download(fetch: Fetch): Promise<Buffer> {
  const { status, statusLine, body } = await fetchUrl(fetch);
  if (status === 200) return body;
  throw new ReleaseError(status === 404 ? 'NotFound' : 'Unavailable', `failed to fetch ${fetch.url} : ${statusLine}`);
}

/** Any answer, redirects followed. Throws ReleaseError Unavailable where none comes. */
export async function fetchUrl(fetch: Fetch): Promise<Fetched> {
  let url = fetch.url;
  const owner = fetch.owner ?? fetch.url;
  let headers = fetch.headers ?? {};
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const answer = await exchange({ ...fetch, url, owner, headers });
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer;
    const next = parse(location, url);
    // What proves who we are to one server is not for another.
    if (!isSameServer(next.href, url)) headers = withoutAuthorization(headers);
    url = next.href;
  }
  throw new ReleaseError('Unavailable', `Get "${url}": stopped after ${MAX_REDIRECTS} redirects`);
}

/** Whether two URLs have the scheme, host and port in common. */
export function isSameServer(a: string, b: string): boolean {
  return parse(a).origin === parse(b).origin;
}

function exchange(fetch: Fetch & { readonly owner: string }): Promise<Fetched> {
  const { access = {}, headers = {} } = fetch;
  const url = parse(fetch.url);
  const isOwn = access.passCredentials === true || isSameServer(fetch.owner, url.href);
  const { username, password } = access;
  const credentials = isOwn && username && password ? { auth: `${username}:${password}` } : {};
  const options: RequestOptions = {
    method: 'GET',
    headers: { 'user-agent': 'Drydock', ...headers },
    agent: false,
    timeout: SILENCE_MS,
    ...credentials,
    ...tlsOptions(access),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(networkError(fetch.url, error));
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, options, (response) => {
      readBody(response, fetch).then(
        (body) => {
          const status = response.statusCode ?? 0;
          const statusLine = `${status} ${response.statusMessage ?? ''}`;
          resolve({ status, statusLine, headers: response.headers, body, url: url.href });
        },
        (error: unknown) => {
          if (error instanceof ReleaseError) reject(error);
          else fail(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
    request.on('timeout', () => request.destroy(new Error('timeout awaiting response')));
    request.on('error', fail);
    request.end();
  });
}

async function readBody(response: IncomingMessage, fetch: Fetch): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > fetch.limit) {
      response.destroy();
      throw new ReleaseError('Invalid', `${fetch.url} is larger than ${fetch.limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tlsOptions(access: ServerAccess): Record<string, unknown> {
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new ReleaseError('Invalid', `can't read ${path}: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    ...(access.caFile ? { ca: read(access.caFile) } : {}),
    ...(access.certFile && access.keyFile ? { cert: read(access.certFile), key: read(access.keyFile) } : {}),
    ...(access.insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

/** A URL that is http or https. Throws ReleaseError Invalid. */
function parse(url: string, base?: string): URL {
  try {
    const parsed = new URL(url, base);
    if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return parsed;
  } catch {
    throw new ReleaseError('Invalid', `invalid chart URL format: ${url}`);
  }
  throw new ReleaseError('Invalid', `scheme "${url.split(':', 1)[0]}" not supported`);
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

const PLAIN_ANSWER = 'http: server gave HTTP response to HTTPS client';
const NOT_VERIFIED = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';

/** OpenSSL's ways to tell that nobody whom we trust signed a certificate. */
const UNKNOWN_ISSUER = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** In Go's words, as far as the causes are common. */
export function networkError(url: string, error: Error): ReleaseError {
  const { code, address, port, hostname } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  const at = address?.includes(':') === true ? `[${address}]:${port}` : `${address}:${port}`;
  const reasons = new Map<string | undefined, string>([
    ['ECONNREFUSED', `dial tcp ${at}: connect: connection refused`],
    ['ENOTFOUND', `dial tcp: lookup ${hostname}: no such host`],
    ['ECONNRESET', 'EOF'],
    ['EPROTO', error.message.includes('wrong version number') ? PLAIN_ANSWER : error.message],
    ...UNKNOWN_ISSUER.map((name): [string, string] => [name, NOT_VERIFIED]),
  ]);
  return new ReleaseError('Unavailable', `Get "${url}": ${reasons.get(code) ?? error.message}`, { cause: error });
}
