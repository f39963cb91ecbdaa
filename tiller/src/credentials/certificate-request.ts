/** Reads certificate signing requests (PKCS #10, RFC 2986), which must be signed with the key that they bring. */
import { createPublicKey, verify } from 'node:crypto';
import { type DerElement, decodePem, derOid, readDer, readDerSequence } from '@drydock/charts';
import type { CertificateRequest } from '@drydock/controllers';

export interface ReadRequest {
  readonly asked: CertificateRequest;
  /** The subject, DER. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** Digests of signature algorithms; null where the algorithm has its own. */
const DIGESTS: readonly (readonly [Uint8Array, string | null])[] = [
  [derOid('1.2.840.113549.1.1.5'), 'sha1'],
  [derOid('1.2.840.113549.1.1.11'), 'sha256'],
  [derOid('1.2.840.113549.1.1.12'), 'sha384'],
  [derOid('1.2.840.113549.1.1.13'), 'sha512'],
  [derOid('1.2.840.10045.4.3.2'), 'sha256'],
  [derOid('1.2.840.10045.4.3.3'), 'sha384'],
  [derOid('1.2.840.10045.4.3.4'), 'sha512'],
  [derOid('1.3.101.112'), null],
];
const COMMON_NAME = derOid('2.5.4.3');
const ORGANIZATION = derOid('2.5.4.10');
const EXTENSION_REQUEST = derOid('1.2.840.113549.1.9.14');
const ALTERNATIVE_NAMES = derOid('2.5.29.17');

/** Undefined for what is no request, or has a wrong signature. */
export function readCertificateRequest(pem: string): ReadRequest | undefined {
  const block = decodePem(pem);
  if (block === undefined || !/^(NEW )?CERTIFICATE REQUEST$/.test(block.type)) return undefined;
  const [info, algorithm, signature] = readDerSequence(block.bytes) ?? [];
  if (info === undefined || algorithm === undefined || signature?.tag !== 0x03) return undefined;
  const [, subject, publicKey, attributes] = readDer(info.content) ?? [];
  if (subject?.tag !== 0x30 || publicKey?.tag !== 0x30) return undefined;
  const [oid] = readDer(algorithm.content) ?? [];
  const digest = DIGESTS.find(([known]) => oid !== undefined && isEqual(oid.raw, known))?.[1];
  if (digest === undefined || !isSigned(info.raw, { digest, publicKey: publicKey.raw, signature })) return undefined;
  return {
    asked: {
      commonName: namesOf(subject, COMMON_NAME).at(-1) ?? '',
      organizations: namesOf(subject, ORGANIZATION),
      ...alternativeNames(attributes),
    },
    subject: subject.raw,
    publicKey: publicKey.raw,
  };
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function isSigned(
  bytes: Uint8Array,
  by: { readonly digest: string | null; readonly publicKey: Uint8Array; readonly signature: DerElement },
): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(by.publicKey), type: 'spki', format: 'der' });
    return verify(by.digest, bytes, key, by.signature.content.subarray(1));
  } catch {
    // A key of a kind that nobody here knows.
    return false;
  }
}

/** The values of an attribute of a name. */
function namesOf(name: DerElement, wanted: Uint8Array): readonly string[] {
  const sets = readDer(name.content) ?? [];
  return sets
    .flatMap((set) => readDer(set.content) ?? [])
    .flatMap((pair) => {
      const [oid, value] = readDer(pair.content) ?? [];
      if (oid === undefined || value === undefined || !isEqual(oid.raw, wanted)) return [];
      return [Buffer.from(value.content).toString('utf8')];
    });
}

type AlternativeNames = Pick<CertificateRequest, 'dnsNames' | 'addresses' | 'emails' | 'uris'>;

function alternativeNames(attributes: DerElement | undefined): AlternativeNames {
  const requested = (attributes === undefined ? [] : (readDer(attributes.content) ?? [])).flatMap((attribute) => {
    const [oid, values] = readDer(attribute.content) ?? [];
    return oid !== undefined && values !== undefined && isEqual(oid.raw, EXTENSION_REQUEST) ? [values] : [];
  });
  const extensions = requested
    .flatMap((values) => readDer(values.content) ?? [])
    .flatMap((list) => readDer(list.content) ?? []);
  const names = extensions.flatMap((extension) => {
    const parts = readDer(extension.content) ?? [];
    const value = parts.at(-1);
    if (parts[0] === undefined || value === undefined || !isEqual(parts[0].raw, ALTERNATIVE_NAMES)) return [];
    return readDerSequence(value.content) ?? [];
  });
  const texts = (tag: number) =>
    names.filter((name) => name.tag === tag).map(({ content }) => Buffer.from(content).toString('latin1'));
  return {
    dnsNames: texts(0x82),
    emails: texts(0x81),
    uris: texts(0x86),
    addresses: names.filter((name) => name.tag === 0x87).map(({ content }) => formatAddress(content)),
  };
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}
