/**
 * Pulling from an OCI registry by the distribution API 1.1: tags page by page, manifests and blobs by digest, and the
 * flow of tokens that registries ask for (a WWW-Authenticate header with a realm).
 */
import { createHash } from 'node:crypto';
import { ReleaseError } from '../releases/release.ts';
import { downloadLimits, type Fetched, fetchUrl, type ServerAccess } from './download.ts';

/** `HOST/NAME`, and what is asked for: a tag or a digest. */
export interface OciReference {
  readonly host: string;
  readonly repository: string;
  /** As it is in the reference, with `+`; empty where there is none. */
  readonly tag: string;
  /** `sha256:...`, or empty. */
  readonly digest: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

export interface Manifest {
  readonly digest: string;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
}

export interface OciClient {
  /** All tags, as the registry has them. */
  tags(reference: OciReference): Promise<readonly string[]>;
  /** `version` is a tag or a digest. */
  manifest(reference: OciReference, version: string): Promise<Manifest>;
  /** The blob's bytes, which fit its digest. */
  blob(reference: OciReference, digest: string): Promise<Buffer>;
}

const MANIFEST_TYPES =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
const MAX_PAGES = 1000;

/** Reads `oci://HOST/NAME[:TAG][@DIGEST]`. Throws ReleaseError Invalid. */
export function parseOciReference(ref: string): OciReference {
  const [plain = '', digest = ''] = ref.replace(/^oci:\/\//, '').split('@', 2);
  const slash = plain.indexOf('/');
  const colon = plain.lastIndexOf(':');
  const end = colon > slash ? colon : plain.length;
  const host = plain.slice(0, Math.max(slash, 0));
  const repository = plain.slice(slash + 1, end);
  if (host === '' || !/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(repository)) {
    throw new ReleaseError('Invalid', `invalid reference: "${ref}" is not oci://HOST/NAME`);
  }
  if (digest !== '' && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new ReleaseError('Invalid', `invalid reference: invalid digest "${digest}"`);
  }
  return { host, repository, tag: plain.slice(end + 1), digest };
}

/** A client that keeps the token that it was given. `access` answers what is known of a host. */
export function createOciClient(access: (host: string) => ServerAccess): OciClient {
  const tokens = new Map<string, string>();

  const get = async (reference: OciReference, request: { path: string; accept?: string; limit: number }) => {
    const known = access(reference.host);
    const url = `${known.plainHttp === true ? 'http' : 'https'}://${reference.host}/v2/${request.path}`;
    const key = `${reference.host}/${reference.repository}`;
    const send = (authorization: string | undefined): Promise<Fetched> => {
      const headers = {
        ...(request.accept === undefined ? {} : { accept: request.accept }),
        ...(authorization === undefined ? {} : { authorization }),
      };
      // Name and password go out only when the registry asks for them.
      const { username: _name, password: _password, ...connection } = known;
      return fetchUrl({ url, headers, access: connection, limit: request.limit });
    };
    let answer = await send(tokens.get(key));
    if (answer.status === 401) {
      const authorization = await authorize(answer, { access: known, reference });
      if (authorization !== undefined) {
        tokens.set(key, authorization);
        answer = await send(authorization);
      }
    }
    if (answer.status === 200) return answer;
    throw answerError(url, answer);
  };

  return {
    async tags(reference) {
      const tags: string[] = [];
      let path = `${reference.repository}/tags/list`;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await get(reference, { path, limit: downloadLimits.document });
        const { tags: some } = parseJson(answer) as { tags?: unknown };
        if (Array.isArray(some)) tags.push(...some.filter((tag) => typeof tag === 'string'));
        const next = /<([^>]+)>;\s*rel="?next"?/.exec(String(answer.headers.link ?? ''))?.[1];
        if (next === undefined) return tags;
        const { pathname, search } = new URL(next, answer.url);
        path = `${pathname.replace(/^\/v2\//, '')}${search}`;
      }
      throw new ReleaseError('Invalid', `${reference.host}/${reference.repository} has no end of tags`);
    },

    async manifest(reference, version) {
      const path = `${reference.repository}/manifests/${version}`;
      const answer = await get(reference, { path, accept: MANIFEST_TYPES, limit: downloadLimits.document }).catch(
        (error: unknown) => {
          if (!(error instanceof ReleaseError) || error.code !== 'NotFound') throw error;
          const where = `${reference.host}/${reference.repository}${version.startsWith('sha256:') ? '@' : ':'}${version}`;
          const message = `failed to perform "FetchReference" on source: ${where}: not found`;
          throw new ReleaseError('NotFound', message, { cause: error });
        },
      );
      const digest = digestOf(answer.body);
      if (version.startsWith('sha256:') && version !== digest) throw mismatch(answer.url, { wanted: version, digest });
      const { config, layers } = parseJson(answer) as { config?: unknown; layers?: unknown };
      return {
        digest,
        config: toDescriptor(config),
        layers: (Array.isArray(layers) ? layers : []).map(toDescriptor).filter((layer) => layer !== undefined),
      };
    },

    async blob(reference, wanted) {
      const path = `${reference.repository}/blobs/${wanted}`;
      const { body, url } = await get(reference, { path, limit: downloadLimits.package });
      const digest = digestOf(body);
      if (digest !== wanted) throw mismatch(url, { wanted, digest });
      return body;
    },
  };
}

/** What is to be sent along: basic authentication, or a token from where the registry says. */
async function authorize(
  answer: Fetched,
  about: { readonly access: ServerAccess; readonly reference: OciReference },
): Promise<string | undefined> {
  const challenge = answer.headers['www-authenticate'] ?? '';
  const { username, password } = about.access;
  if (/^basic\b/i.test(challenge)) {
    if (!username || !password) return undefined;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  if (!/^bearer\b/i.test(challenge)) return undefined;
  const parameters = new Map(
    [...challenge.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  );
  const realm = parameters.get('realm');
  if (realm === undefined) return undefined;
  const url = new URL(realm);
  url.searchParams.set('service', parameters.get('service') ?? about.reference.host);
  url.searchParams.set('scope', parameters.get('scope') ?? `repository:${about.reference.repository}:pull`);
  const token = await fetchUrl({ url: url.href, access: about.access, limit: downloadLimits.document });
  if (token.status !== 200) throw answerError(url.href, token);
  const { token: plain, access_token: named } = parseJson(token) as { token?: unknown; access_token?: unknown };
  const text = typeof plain === 'string' ? plain : named;
  return typeof text === 'string' ? `Bearer ${text}` : undefined;
}

/** In the words of Helm's registry library: the first error of the body. */
function answerError(url: string, answer: Fetched): ReleaseError {
  let told = '';
  try {
    // A parsed border: an error of the distribution API, if it is one at all.
    const { errors } = parseJson(answer) as { errors?: { code?: unknown; message?: unknown; detail?: unknown }[] };
    const first = Array.isArray(errors) ? errors[0] : undefined;
    if (first !== undefined) {
      const code = String(first.code ?? '')
        .toLowerCase()
        .replaceAll('_', ' ');
      const detail = first.detail === undefined || first.detail === null ? '' : `: ${formatGo(first.detail)}`;
      told = `${code}: ${first.message}${detail}`;
    }
  } catch {
    // No JSON: the status says it.
  }
  const reason = answer.statusLine.replace(/^\d+ /, '');
  const message = `GET "${url}": response status code ${answer.status}: ${told === '' ? reason : told}`;
  return new ReleaseError(answer.status === 404 ? 'NotFound' : 'Unavailable', message);
}

/** A value of JSON as Go's %v prints it. */
function formatGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatGo).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${formatGo(each)}`).join(' ')}]`;
}

function parseJson(answer: Fetched): unknown {
  try {
    const parsed: unknown = JSON.parse(answer.body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Reported below.
  }
  throw new ReleaseError('Invalid', `GET "${answer.url}": the answer is no JSON object`);
}

function toDescriptor(value: unknown): Descriptor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { mediaType, digest } = value as { mediaType?: unknown; digest?: unknown };
  if (typeof mediaType !== 'string' || typeof digest !== 'string') return undefined;
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? { mediaType, digest } : undefined;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function mismatch(url: string, sums: { readonly wanted: string; readonly digest: string }): ReleaseError {
  return new ReleaseError(
    'Invalid',
    `${url} is not what it should be: its digest is ${sums.digest}, not ${sums.wanted}`,
  );
}
