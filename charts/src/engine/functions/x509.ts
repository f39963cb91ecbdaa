/** Certificates made and signed as Go 1.26's crypto/x509 CreateCertificate does for the templates of Sprig. */
import type { KeyObject } from 'node:crypto';
import type { RandomSource } from '../engine.ts';
import { goString } from '../gotemplate/bytes.ts';
import { quote } from '../gotemplate/quote.ts';
import {
  derBits,
  derElement,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTrue,
  readDer,
  readDerSequence,
} from './der.ts';
import { FunctionError } from './function.ts';
import { nodeCrypto } from './lazy-modules.ts';
import { decodePem } from './pem.ts';
import { randomBits } from './primes.ts';
import type { PrivateKey } from './private-key.ts';

/** Whom a certificate is for. Times are milliseconds since 1970. */
export interface Subject {
  readonly commonName: string;
  readonly addresses: readonly Uint8Array[];
  readonly names: readonly Uint8Array[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
}

/** What of a certificate one that it signs refers to. */
export interface Issuer {
  readonly subject: Uint8Array;
  readonly keyId: Uint8Array | undefined;
  readonly publicKey: Uint8Array;
}

export interface Signing {
  readonly publicKey: PrivateKey;
  readonly signingKey: PrivateKey;
  /** Absent for a certificate that signs itself. */
  readonly issuer?: Issuer;
  readonly random: RandomSource;
}

/** A certificate in DER. Throws FunctionError with Go's text for keys that cannot sign or do not fit. */
export function signCertificate(subject: Subject, signing: Signing): Uint8Array {
  const signer = signing.signingKey.key;
  if (signer === undefined) throw new FunctionError('x509: certificate private key does not implement crypto.Signer');
  const { key } = signing.publicKey;
  if (key === undefined) throw new FunctionError('x509: unsupported public key type');
  const algorithm = algorithmOf(signer);
  const publicKey = publicKeyOf(key);
  const name = subjectName(subject.commonName);
  const issuer = signing.issuer?.subject ?? name;
  if (signing.issuer !== undefined && Buffer.compare(publicKeyOf(signer), signing.issuer.publicKey) !== 0) {
    throw new FunctionError("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  const issuerKeyId = Buffer.compare(issuer, name) === 0 ? undefined : signing.issuer?.keyId;
  const extensions = extensionsOf(subject, { publicKey, issuerKeyId, isNameless: subject.commonName === '' });
  const unsigned = derSequence(
    derElement(0xa0, derInteger(2n)),
    derInteger(randomBits(128, signing.random)),
    algorithm.identifier,
    issuer,
    derSequence(timeElement(subject.notBefore), timeElement(subject.notAfter)),
    name,
    publicKey,
    derElement(0xa3, derSequence(...extensions)),
  );
  const signature = nodeCrypto().sign(algorithm.digest, unsigned, signer);
  return derSequence(unsigned, algorithm.identifier, derBits(signature));
}

/** Reads the certificate of an issuer from PEM. `where` is what Sprig's error calls the bytes. */
export function parseIssuer(pem: string, where: string): Issuer {
  const block = decodePem(pem);
  if (block === undefined) throw new FunctionError('unable to decode certificate');
  const issuer = readIssuer(block.bytes);
  if (issuer === undefined) throw new FunctionError(`error parsing certificate: ${where}: x509: malformed certificate`);
  return issuer;
}

function readIssuer(der: Uint8Array): Issuer | undefined {
  const [certificate] = readDerSequence(der) ?? [];
  const fields = certificate === undefined ? [] : (readDer(certificate.content) ?? []);
  // Version 1 leaves the version out.
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [subject, publicKey] = [fields[first + 4], fields[first + 5]];
  if (subject?.tag !== 0x30 || publicKey?.tag !== 0x30) return undefined;
  const extensions = fields.find((field) => field.tag === 0xa3);
  const list = extensions === undefined ? [] : (readDerSequence(extensions.content) ?? []);
  const keyId = list
    .map((extension) => readDer(extension.content) ?? [])
    .find(([id]) => id !== undefined && Buffer.compare(id.raw, derOid(SUBJECT_KEY_ID)) === 0)
    ?.at(-1);
  const inner = keyId === undefined ? undefined : readDer(keyId.content)?.[0];
  return { subject: subject.raw, publicKey: publicKey.raw, keyId: inner?.content };
}

const SUBJECT_KEY_ID = '2.5.29.14';

/** Go's choice of a signature for a key. */
function algorithmOf(key: KeyObject): { identifier: Uint8Array; digest: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { identifier: derSequence(derOid('1.2.840.113549.1.1.11'), derNull()), digest: 'sha256' };
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      if (curve === 'secp384r1') return { identifier: derSequence(derOid('1.2.840.10045.4.3.3')), digest: 'sha384' };
      if (curve === 'secp521r1') return { identifier: derSequence(derOid('1.2.840.10045.4.3.4')), digest: 'sha512' };
      return { identifier: derSequence(derOid('1.2.840.10045.4.3.2')), digest: 'sha256' };
    }
    case 'ed25519':
      return { identifier: derSequence(derOid('1.3.101.112')), digest: null };
    default:
      throw new FunctionError('x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

/** SubjectPublicKeyInfo. */
function publicKeyOf(key: KeyObject): Uint8Array {
  return nodeCrypto().createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function subjectName(commonName: string): Uint8Array {
  if (commonName === '') return derSequence();
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const value = derElement(isPrintable ? 0x13 : 0x0c, Buffer.from(commonName, 'utf8'));
  return derSequence(derSet(derSequence(derOid('2.5.4.3'), value)));
}

/** UTCTime for the years 1950 to 2049, else GeneralizedTime. */
function timeElement(milliseconds: number): Uint8Array {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) {
    throw new FunctionError('asn1: structure error: cannot represent time as GeneralizedTime');
  }
  const digits = `${date.toISOString().replace(/\..*$/, '').replace(/[-:T]/g, '')}Z`;
  return year >= 1950 && year < 2050
    ? derElement(0x17, Buffer.from(digits.slice(2)))
    : derElement(0x18, Buffer.from(digits));
}

function extensionsOf(
  subject: Subject,
  about: {
    readonly publicKey: Uint8Array;
    readonly issuerKeyId: Uint8Array | undefined;
    readonly isNameless: boolean;
  },
): Uint8Array[] {
  // Digital signature and key encipherment, and certificate signing for an authority: bits 0, 2 and 5.
  const usage = subject.isAuthority ? derBits(Uint8Array.of(0xa4), 2) : derBits(Uint8Array.of(0xa0), 5);
  const extensions = [
    extension('2.5.29.15', usage, { isCritical: true }),
    extension('2.5.29.37', derSequence(derOid('1.3.6.1.5.5.7.3.1'), derOid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', subject.isAuthority ? derSequence(derTrue()) : derSequence(), { isCritical: true }),
  ];
  if (subject.isAuthority) extensions.push(extension(SUBJECT_KEY_ID, derOctets(keyIdOf(about.publicKey))));
  if (about.issuerKeyId !== undefined) {
    extensions.push(extension('2.5.29.35', derSequence(derElement(0x80, about.issuerKeyId))));
  }
  if (subject.names.length + subject.addresses.length > 0) {
    const names = subject.names.map((name) => derElement(0x82, asciiName(name)));
    const addresses = subject.addresses.map((address) => derElement(0x87, address));
    extensions.push(extension('2.5.29.17', derSequence(...names, ...addresses), { isCritical: about.isNameless }));
  }
  return extensions;
}

function asciiName(name: Uint8Array): Uint8Array {
  if (name.every((byte) => byte < 0x80)) return name;
  throw new FunctionError(`x509: ${quote(goString(name))} cannot be encoded as an IA5String`);
}

/** The first 160 bits of the SHA-256 of the public key's bits. */
function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const bits = readDerSequence(publicKey)?.[1]?.content.subarray(1) ?? new Uint8Array();
  return nodeCrypto().createHash('sha256').update(bits).digest().subarray(0, 20);
}

function extension(
  id: string,
  value: Uint8Array,
  options: { readonly isCritical: boolean } = { isCritical: false },
): Uint8Array {
  return derSequence(derOid(id), ...(options.isCritical ? [derTrue()] : []), derOctets(value));
}
