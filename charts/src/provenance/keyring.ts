/**
 * Keyrings in the three forms that Helm v4.3 reads (pkg/provenance/sign.go): GnuPG's old file of packets (pubring.gpg,
 * secring.gpg), its keybox (pubring.kbx), and armored exports, several in a row, too.
 */
import { type Config, config, type enums, type Key, readKey, unarmor } from 'openpgp';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { isKeybox, keyboxKeys } from './keybox.ts';
import { splitKeys } from './packets.ts';

/** Helm takes keys of any strength, so as to verify what was signed long ago; hashes that are broken stay refused. */
export const keyConfig: Config = { ...config, minRSABits: 1024, rejectPublicKeyAlgorithms: new Set<enums.publicKey>() };

export type Keyring = readonly Key[];

/** `path` is for messages. Keys that can't be read are passed over as long as there are others. Throws ChartError. */
export async function readKeyring(data: Uint8Array, path: string): Promise<Keyring> {
  const keys: Key[] = [];
  let failure: unknown;
  for (const binaryKey of await keyBlocks(data, path)) {
    try {
      keys.push(await readKey({ binaryKey, config: keyConfig }));
    } catch (error) {
      failure = error;
    }
  }
  if (keys.length === 0 && failure !== undefined) {
    throw new ChartError('InvalidKeyring', `openpgp: invalid data: ${messageOf(failure)}`, { file: path }, failure);
  }
  return keys;
}

async function keyBlocks(data: Uint8Array, path: string): Promise<Uint8Array[]> {
  if (isKeybox(data)) return about(`reading keybox ${path}`, async () => keyboxKeys(data).flatMap(splitKeys));
  const text = Buffer.from(data).toString('latin1');
  if (!text.trimStart().startsWith('-----BEGIN PGP')) return splitKeys(data);
  return about(`reading armored keyring ${path}`, async () => {
    const blocks: Uint8Array[] = [];
    for (const block of text.match(/-----BEGIN PGP [^\n]*[\s\S]*?\n-----END PGP [^\n]*/g) ?? []) {
      const kind = /^-----BEGIN (.*?)-----/.exec(block)?.[1] ?? '';
      if (kind !== 'PGP PUBLIC KEY BLOCK' && kind !== 'PGP PRIVATE KEY BLOCK') {
        throw new ChartError('InvalidKeyring', `expected a public or private key block, got ${JSON.stringify(kind)}`);
      }
      // The library's type is of a stream for those who pass one; a text gives bytes.
      blocks.push(...splitKeys((await unarmor(block)).data as unknown as Uint8Array));
    }
    if (blocks.length === 0) throw new ChartError('InvalidKeyring', 'no keys found');
    return blocks;
  });
}

async function about<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new ChartError('InvalidKeyring', `${what}: ${messageOf(error)}`, {}, error);
  }
}
