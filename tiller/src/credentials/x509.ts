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

export type KeyUsage = 'digital signature' | 'key encipherment' | 'cert sign';
export type ExtendedKeyUsage = 'server auth' | 'client auth';

export interface CertificateTemplate {
  readonly subject: DistinguishedName;
  /** Its own key, SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly usages: readonly KeyUsage[];
  readonly extendedUsages: readonly ExtendedKeyUsage[];
  readonly isAuthority: boolean;
  /** DNS names and IP addresses. */
  readonly hosts?: readonly string[];
}

/** Who signs; an ECDSA key on P-256. */
export interface Signer {
  readonly subject: DistinguishedName;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo of the key, DER. */
  readonly publicKey: Uint8Array;
}

const ECDSA_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
const USAGE_BITS: Readonly<Record<KeyUsage, number>> = {
  'digital signature': 0x80,
  'key encipherment': 0x20,
  'cert sign': 0x04,
};
const EXTENDED_OIDS: Readonly<Record<ExtendedKeyUsage, string>> = {
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
};

/** Issues a certificate, PEM. */
export function issueCertificate(template: CertificateTemplate, signer: Signer): string {
  const unsigned = derSequence(
    derElement(0xa0, derInteger(2n)),
    derInteger(serialNumber()),
    ECDSA_SHA256,
    nameElement(signer.subject),
    derSequence(timeElement(template.notBefore), timeElement(template.notAfter)),
    nameElement(template.subject),
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
  const { extendedUsages, hosts = [], isAuthority, publicKey, usages } = template;
  const extensions: Uint8Array[] = [];
  const bits = usages.reduce((all, usage) => all | USAGE_BITS[usage], 0);
  if (bits !== 0) extensions.push(extension('2.5.29.15', usageBits(bits), { isCritical: true }));
  if (extendedUsages.length > 0) {
    extensions.push(
      extension('2.5.29.37', derSequence(...extendedUsages.map((usage) => derOid(EXTENDED_OIDS[usage])))),
    );
  }
  const constraints = isAuthority ? derSequence(derTrue()) : derSequence();
  extensions.push(extension('2.5.29.19', constraints, { isCritical: true }));
  if (isAuthority) extensions.push(extension('2.5.29.14', derOctets(keyIdOf(publicKey))));
  else extensions.push(extension('2.5.29.35', derSequence(derElement(0x80, keyIdOf(signer.publicKey)))));
  if (hosts.length > 0) {
    const names = hosts.map((host) =>
      isIP(host) === 0 ? derElement(0x82, Buffer.from(host, 'ascii')) : derElement(0x87, addressBytes(host)),
    );
    extensions.push(extension('2.5.29.17', derSequence(...names)));
  }
  return extensions;
}

/** The bits of a byte from the left, without the zeros behind. */
function usageBits(bits: number): Uint8Array {
  let unused = 0;
  while (((bits >> unused) & 1) === 0) unused++;
  return derBits(Uint8Array.of(bits), unused);
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
