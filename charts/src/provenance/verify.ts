/**
 * Checks the provenance of a package, a `.prov` file, as Helm v4.3 does (pkg/provenance, and below it ProtonMail's
 * go-crypto v1.4): who signed it, whether the key may and still does count, and whether the package is the one named.
 */
import { createHash } from 'node:crypto';
import { createMessage, enums, type Key, readSignature, type SignaturePacket, type Subkey } from 'openpgp';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { parseYaml } from '../yaml/parse.ts';
import { decodeClearSigned } from './clear-signed.ts';
import { type Keyring, keyConfig } from './keyring.ts';

export interface Verification {
  /** The names of the key that signed. */
  readonly signedBy: readonly string[];
  /** Of the key, in upper-case hexadecimal. */
  readonly fingerprint: string;
  /** `sha256:...` */
  readonly fileHash: string;
}

export interface Evidence {
  readonly archive: Uint8Array;
  readonly provenance: Uint8Array;
  /** Of the package, e.g. `web-1.2.3.tgz`: provenance is of a file by its name. */
  readonly fileName: string;
  readonly keyring: Keyring;
  /** When, in ms since the epoch; keys and signatures expire. */
  readonly now: number;
}

/** Throws ChartError Unverified with Helm's text. */
export async function verifyProvenance(evidence: Evidence): Promise<Verification> {
  const message = decodeClearSigned(evidence.provenance);
  if (message === undefined) throw unverified('signature block not found');
  const signature = await readSignature({ armoredSignature: message.armoredSignature }).catch(() => undefined);
  if (signature === undefined) throw unverified('signature block not found');
  // The library has its packets, though its types do not say of which class.
  const packets = [...(signature as unknown as { packets: Iterable<SignaturePacket> }).packets];
  const key = await checkSignature(packets, { signed: message.signed, keyring: evidence.keyring, now: evidence.now });
  const fileHash = `sha256:${createHash('sha256').update(evidence.archive).digest('hex')}`;
  checkSum(message.plaintext, { fileName: evidence.fileName, fileHash });
  return { signedBy: key.getUserIDs(), fingerprint: key.getFingerprint().toUpperCase(), fileHash };
}

interface Signer {
  readonly key: Key;
  /** The key itself, or the one below it that signed. */
  readonly part: Key | Subkey;
  readonly isRevoked: boolean;
}

/** The key of the first signature that is by one of the keyring, if all is well with both. */
async function checkSignature(
  packets: readonly SignaturePacket[],
  about: { readonly signed: Uint8Array; readonly keyring: Keyring; readonly now: number },
): Promise<Key> {
  for (const packet of packets) {
    const signers = await signersOf(packet, about.keyring);
    if (signers.length === 0) continue;
    const signer = await firstValid(signers, { packet, signed: about.signed });
    const { key, part, isRevoked } = signer;
    if (isRevoked) throw unverified('openpgp: signature made by revoked key');
    const ends = [await key.getExpirationTime(undefined, keyConfig), part === key ? Infinity : await endOf(part)];
    if (ends.some((end) => end !== null && about.now >= end.valueOf())) throw unverified('openpgp: key expired');
    if (about.now >= packet.getExpirationTime().valueOf()) throw unverified('openpgp: signature expired');
    return key;
  }
  throw unverified('openpgp: signature made by unknown entity');
}

async function endOf(part: Key | Subkey): Promise<Date | number | null> {
  return 'bindingSignatures' in part ? part.getExpirationTime() : part.getExpirationTime(undefined, keyConfig);
}

/** The keys with the id of a signature that may sign. */
async function signersOf(packet: SignaturePacket, keyring: Keyring): Promise<Signer[]> {
  const { issuerKeyID } = packet;
  if (issuerKeyID.toHex() === '') throw unverified("openpgp: invalid data: signature doesn't have an issuer");
  const signers: Signer[] = [];
  for (const key of keyring) {
    for (const part of key.getKeys(issuerKeyID)) {
      const state = await signingState(key, packet);
      if (state !== 'unfit') signers.push({ key, part, isRevoked: state === 'revoked' });
    }
  }
  return signers;
}

async function signingState(key: Key, { issuerKeyID }: SignaturePacket): Promise<'fit' | 'revoked' | 'unfit'> {
  try {
    // Without a time: whether it has expired is asked later.
    await key.getSigningKey(issuerKeyID, null, undefined, keyConfig);
    return 'fit';
  } catch (error) {
    return /revoked/i.test(messageOf(error)) ? 'revoked' : 'unfit';
  }
}

async function firstValid(
  signers: readonly Signer[],
  about: { readonly packet: SignaturePacket; readonly signed: Uint8Array },
): Promise<Signer> {
  const { packet } = about;
  // Its only packet, of the bytes.
  const [data] = [...(await createMessage({ binary: about.signed })).packets] as object[];
  for (const signer of signers) {
    try {
      if (packet.signatureType === null || data === undefined) throw new Error('no type');
      // Without a time, which the library's types do not foresee here: what has expired is told apart later.
      await packet.verify(signer.part.keyPacket, packet.signatureType, data, null as unknown as Date, true, keyConfig);
      return signer;
    } catch {
      // Perhaps it is by another key of the same id.
    }
  }
  const algorithm = ALGORITHMS.get(packet.publicKeyAlgorithm ?? 0) ?? 'unknown';
  throw unverified(`openpgp: invalid signature: ${algorithm} verification failure`);
}

const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [enums.publicKey.rsaEncryptSign, 'RSA'],
  [enums.publicKey.rsaSign, 'RSA'],
  [enums.publicKey.dsa, 'DSA'],
  [enums.publicKey.ecdsa, 'ECDSA'],
  [enums.publicKey.eddsaLegacy, 'EdDSA'],
  [enums.publicKey.ed25519, 'Ed25519'],
  [enums.publicKey.ed448, 'ed448'],
]);

function checkSum(plaintext: Uint8Array, file: { readonly fileName: string; readonly fileHash: string }): void {
  const parts = Buffer.from(plaintext).toString('utf8').split('\n...\n');
  if (parts[1] === undefined) throw unverified('message block must have at least two parts');
  const sums = readSums(parts[1]);
  const sum = sums instanceof Map ? sums.get('files') : undefined;
  const found = sum instanceof Map ? sum.get(file.fileName) : undefined;
  const name = JSON.stringify(file.fileName);
  if (typeof found !== 'string') throw unverified(`provenance does not contain a SHA for a file named ${name}`);
  if (found === file.fileHash) return;
  throw unverified(
    `sha256 sum does not match for ${file.fileName}: ${JSON.stringify(found)} != ${JSON.stringify(file.fileHash)}`,
  );
}

function readSums(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw unverified(messageOf(error));
  }
}

function unverified(message: string): ChartError {
  return new ChartError('Unverified', message);
}
