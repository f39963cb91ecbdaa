/**
 * The port to what a cluster signs with: its CA, and the key of its service account tokens. Keys and cryptography are of
 * whoever serves the cluster; a simulation that nobody serves has a stand-in, the same at each run.
 */
import { createHash, createHmac } from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

/** What a certificate signing request asks for. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
}

export interface CertificateOrder {
  /** The request, PEM. */
  readonly request: string;
  /** As in the API: `digital signature`, `client auth`. */
  readonly usages: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface ClusterAuthority {
  /** The certificate of the cluster's CA, PEM: what `kube-root-ca.crt` holds. */
  readonly certificate: string;
  /** A signed JWT of the claims. */
  signToken(claims: Claims): string;
  /** The claims of a token that was signed here; undefined for any other text. */
  verifyToken(token: string): Claims | undefined;
  /** The public keys of tokens, a JSON Web Key Set. */
  readonly keySet: { readonly keys: readonly object[] };
  /** The algorithm of tokens as JWTs name it. */
  readonly tokenAlgorithm: string;
  /**
   * Reads a certificate signing request, PEM; undefined for what is none, or is not signed with its own key. Absent where
   * there is no key to sign certificates with.
   */
  readonly readRequest?: (pem: string) => CertificateRequest | undefined;
  /** Signs what a request asks for, PEM; undefined for what is none. */
  readonly signCertificate?: (order: CertificateOrder) => string | undefined;
}

/** For a simulation without a server: tokens are signed with a secret made of the cluster's name, and no certificates. */
export function standInAuthority(name: string): ClusterAuthority {
  const body = btoa(`drydock simulated cluster ${name}`);
  const secret = createHash('sha256').update(name).digest();
  const signature = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    signToken(claims) {
      const text = unsignedToken({ alg: 'HS256', typ: 'JWT' }, claims);
      return `${text}.${signature(text)}`;
    },
    verifyToken(token) {
      const end = token.lastIndexOf('.');
      return signature(token.slice(0, end)) === token.slice(end + 1) ? readClaims(token) : undefined;
    },
    keySet: { keys: [] },
    tokenAlgorithm: 'HS256',
  };
}

/** What a JWT's signature is made over. */
export function unsignedToken(header: Claims, claims: Claims): string {
  const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}`;
}

/** The claims of a JWT, whoever signed it; undefined for what is none. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, , ...rest] = token.split('.');
  if (payload === undefined || rest.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}
