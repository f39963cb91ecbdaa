/**
 * What a served cluster signs with: its CA's key for certificates, another for the tokens of service accounts (ES256, as
 * kube-apiserver does with an ECDSA key).
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type Claims, type ClusterAuthority, unsignedToken } from '@drydock/controllers';
import { readCertificateRequest } from './certificate-request.ts';
import { issueCertificate, type Signer } from './x509.ts';

export interface AuthorityKeys {
  /** Of the CA, PEM. */
  readonly certificate: string;
  readonly signer: Signer;
  readonly tokenKey: KeyObject;
}

export function createAuthority({ certificate, signer, tokenKey }: AuthorityKeys): ClusterAuthority {
  const publicKey = createPublicKey(tokenKey);
  const keyId = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return {
    certificate,
    signToken(claims) {
      const text = unsignedToken({ alg: 'ES256', kid: keyId }, claims);
      const signature = sign('sha256', Buffer.from(text), { key: tokenKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${signature.toString('base64url')}`;
    },
    verifyToken(token) {
      const [header = '', payload = '', signature = '', ...rest] = token.split('.');
      const { alg } = parseJson(header);
      if (rest.length > 0 || alg !== 'ES256') return undefined;
      const isOurs = verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      return isOurs ? parseJson(payload) : undefined;
    },
    keySet: { keys: [{ use: 'sig', ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256' }] },
    tokenAlgorithm: 'ES256',
    readRequest: (pem) => readCertificateRequest(pem)?.asked,
    signCertificate({ request, usages, notBefore, notAfter }) {
      const read = readCertificateRequest(request);
      if (read === undefined) return undefined;
      const { asked, publicKey: requestedKey, subject } = read;
      return issueCertificate(
        {
          subject,
          publicKey: requestedKey,
          notBefore,
          notAfter,
          usages,
          isAuthority: false,
          hosts: [...asked.dnsNames, ...asked.addresses],
          emails: asked.emails,
          uris: asked.uris,
        },
        signer,
      );
    },
  };
}

/** A part of a JWT; empty for what is no JSON object. */
function parseJson(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : {};
  } catch {
    return {};
  }
}
