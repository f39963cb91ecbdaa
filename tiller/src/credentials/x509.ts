/**
 * Certificates as clusters need them: of a CA, of its server, of its clients (X.509 version 3, RFC 5280; extensions as
 * Go's crypto/x509 writes them, which kubeadm and the signers of kube-controller-manager use).
 */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  derBits,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTrue,
  encodePem,
  readDerSequence,
} from '@drydock/charts';
import { addressBytes } from './address-bytes.ts';

/** Who a certificate speaks of. */
export interface DistinguishedName {
  readonly commonName: string;
  /** For a client: its groups. */
  readonly organizations?: readonly string[];
}

export interface CertificateTemplate {
  /** A name, or one in DER as a request has it. */
  readonly subject: DistinguishedName | Uint8Array;
  /** Its own key, SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Of both kinds, as Kubernetes names them: `digital signature`, `client auth`. Others are left out. */
  readonly usages: readonly string[];
  readonly isAuthority: boolean;
  /** DNS names and IP addresses. */
  readonly hosts?: readonly string[];
  readonly emails?: readonly string[];
  readonly uris?: readonly string[];
}

/** Who signs; an ECDSA key on P-256. */
export interface Signer {
  readonly subject: DistinguishedName;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo of the key, DER. */
  readonly publicKey: Uint8Array;
}

const ECDSA_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
/** Bits of KeyUsage, the first one on the left of two bytes. */
const USAGE_BITS: ReadonlyMap<string, number> = new Map([
  ['signing', 0x8000],
  ['digital signature', 0x8000],
  ['content commitment', 0x4000],
  ['key encipherment', 0x2000],
  ['data encipherment', 0x1000],
  ['key agreement', 0x0800],
  ['cert sign', 0x0400],
  ['crl sign', 0x0200],
  ['encipher only', 0x0100],
  ['decipher only', 0x0080],
]);
const PURPOSE = '1.3.6.1.5.5.7.3';
const EXTENDED_OIDS: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server auth', `${PURPOSE}.1`],
  ['client auth', `${PURPOSE}.2`],
  ['code signing', `${PURPOSE}.3`],
  ['email protection', `${PURPOSE}.4`],
  ['s/mime', `${PURPOSE}.4`],
  ['ipsec end system', `${PURPOSE}.5`],
  ['ipsec tunnel', `${PURPOSE}.6`],
  ['ipsec user', `${PURPOSE}.7`],
  ['timestamping', `${PURPOSE}.8`],
  ['ocsp signing', `${PURPOSE}.9`],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
]);

/** Issues a certificate, PEM. */
export function issueCertificate(template: CertificateTemplate, signer: Signer): string {
  const unsigned = derSequence(
    derElement(0xa0, derInteger(2n)),
    derInteger(serialNumber()),
    ECDSA_SHA256,
    nameElement(signer.subject),
    derSequence(timeElement(template.notBefore), timeElement(template.notAfter)),
    template.subject instanceof Uint8Array ? template.subject : nameElement(template.subject),
    template.publicKey,
    derElement(0xa3, derSequence(...extensionsOf(template, signer))),
  );
  const signature = sign('sha256', unsigned, signer.key);
  return encodePem({ type: 'CERTIFICATE', bytes: derSequence(unsigned, ECDSA_SHA256, derBits(signature)) });
}

/** Positive, 127 bits. */
function serialNumber(): bigint {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** An attribute a set, organizations first, as Go orders them. */
function nameElement({ commonName, organizations = [] }: DistinguishedName): Uint8Array {
  const attribute = (oid: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : [derSet(...values.map((value) => derSequence(derOid(oid), textElement(value))).sort(Buffer.compare))];
  return derSequence(...attribute('2.5.4.10', organizations), ...attribute('2.5.4.3', [commonName]));
}

function textElement(text: string): Uint8Array {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
  return derElement(isPrintable ? 0x13 : 0x0c, Buffer.from(text, 'utf8'));
}

/** UTCTime up to 2049, else GeneralizedTime. */
function timeElement(milliseconds: number): Uint8Array {
  const date = new Date(milliseconds);
  const digits = `${date.toISOString().replace(/\..*$/, '').replace(/[-:T]/g, '')}Z`;
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? derElement(0x17, Buffer.from(digits.slice(2)))
    : derElement(0x18, Buffer.from(digits));
}

function extensionsOf(template: CertificateTemplate, signer: Signer): Uint8Array[] {
  const { emails = [], hosts = [], isAuthority, publicKey, uris = [], usages } = template;
  const extensions: Uint8Array[] = [];
  const bits = usages.reduce((all, usage) => all | (USAGE_BITS.get(usage) ?? 0), 0);
  const purposes = new Set(usages.flatMap((usage) => EXTENDED_OIDS.get(usage) ?? []));
  if (bits !== 0) extensions.push(extension('2.5.29.15', usageBits(bits), { isCritical: true }));
  if (purposes.size > 0) extensions.push(extension('2.5.29.37', derSequence(...[...purposes].map(derOid))));
  const constraints = isAuthority ? derSequence(derTrue()) : derSequence();
  extensions.push(extension('2.5.29.19', constraints, { isCritical: true }));
  if (isAuthority) extensions.push(extension('2.5.29.14', derOctets(keyIdOf(publicKey))));
  else extensions.push(extension('2.5.29.35', derSequence(derElement(0x80, keyIdOf(signer.publicKey)))));
  const names = [
    ...hosts.map((host) => (isIP(host) === 0 ? nameOf(0x82, host) : derElement(0x87, addressBytes(host)))),
    ...emails.map((email) => nameOf(0x81, email)),
    ...uris.map((uri) => nameOf(0x86, uri)),
  ];
  if (names.length > 0) extensions.push(extension('2.5.29.17', derSequence(...names)));
  return extensions;
}

/** A GeneralName of text. */
function nameOf(tag: number, text: string): Uint8Array {
  return derElement(tag, Buffer.from(text, 'latin1'));
}

/** Bits from the left of two bytes, without the zeros behind. */
function usageBits(bits: number): Uint8Array {
  let unused = 0;
  while (((bits >> unused) & 1) === 0) unused++;
  return unused < 8
    ? derBits(Uint8Array.of(bits >> 8, bits & 0xff), unused)
    : derBits(Uint8Array.of(bits >> 8), unused - 8);
}

/** The SHA-256 of the key's bits, cut to 160. */
function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const bits = readDerSequence(publicKey)?.[1]?.content.subarray(1) ?? new Uint8Array();
  return createHash('sha256').update(bits).digest().subarray(0, 20);
}

function extension(
  oid: string,
  value: Uint8Array,
  { isCritical }: { readonly isCritical: boolean } = { isCritical: false },
): Uint8Array {
  return derSequence(derOid(oid), ...(isCritical ? [derTrue()] : []), derOctets(value));
}
