/**
 * Makes the provenance of a package: Chart.yaml and the package's digest in a clear-signed message, as
 * `helm package --sign` v4.3 writes it (pkg/provenance/sign.go, pkg/action/package.go). Where the main key of the pair
 * may only certify, which GnuPG users like, the newest key below it signs; Helm would make a signature that it then
 * refuses itself.
 */
import { createHash } from 'node:crypto';
import { createCleartextMessage, decryptKey, enums, type PrivateKey, sign } from 'openpgp';
import type { Chart } from '../chart/chart.ts';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { formatMetadata } from '../chart/metadata.ts';
import { emitYaml } from '../yaml/emit.ts';
import { type Keyring, keyConfig } from './keyring.ts';

/** The key that is meant by a name or a part of one. Throws ChartError InvalidKeyring with Helm's text. */
export function findSigningKey(keyring: Keyring, name: string): PrivateKey {
  const named = keyring.flatMap((key) => key.getUserIDs().map((id) => ({ key, id })));
  const similar = named.filter(({ id }) => id.includes(name));
  const exact = named.find(({ id }) => id === name);
  if (exact === undefined && similar.length > 1) {
    throw refused(`more than one key contain the id ${JSON.stringify(name)}`);
  }
  const key = (exact ?? similar[0])?.key;
  if (key === undefined) throw refused('private key not found');
  if (key.isPrivate()) return key;
  throw refused('provided key is not a private key. Try providing a keyring with secret keys');
}

/** `passphrase` is asked for the passphrase of a key by its name, if it has one. Throws ChartError InvalidKeyring. */
export async function unlockKey(key: PrivateKey, passphrase: (name: string) => Promise<string>): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  const name = key.getUserIDs().find((id) => id !== '') ?? 'Unknown';
  const secret = await passphrase(name);
  try {
    return await decryptKey({ privateKey: key, passphrase: secret });
  } catch (error) {
    const isWrong = /passphrase/i.test(messageOf(error));
    const reason = isWrong ? 'openpgp: invalid data: private key checksum failure' : `openpgp: ${messageOf(error)}`;
    throw new ChartError('InvalidKeyring', reason, {}, error);
  }
}

/** The text of the `.prov` file. `fileName` is the package's. Throws ChartError InvalidKeyring where the key can't sign. */
export async function signProvenance(
  chart: Chart,
  about: { readonly archive: Uint8Array; readonly fileName: string; readonly key: PrivateKey },
): Promise<string> {
  const digest = createHash('sha256').update(about.archive).digest('hex');
  const sums = emitYaml(new Map([['files', new Map([[about.fileName, `sha256:${digest}`]])]]));
  const metadata = formatMetadata(chart.metadata, { allDependencies: true });
  // The line break before the signature is not part of what is signed.
  const text = `${metadata}\n...\n${sums}`.replace(/\n$/, '');
  const { key } = about;
  try {
    const main = key.getKeyID();
    const isSigner = await key.getSigningKey(main, new Date(), undefined, keyConfig).then(
      () => true,
      () => false,
    );
    const signed = await sign({
      message: await createCleartextMessage({ text }),
      signingKeys: key,
      ...(isSigner ? { signingKeyIDs: [main] } : {}),
      config: { ...keyConfig, preferredHashAlgorithm: enums.hash.sha512, nonDeterministicSignaturesViaNotation: false },
    });
    // What is signed does not depend on which line breaks are written.
    return signed.replaceAll('\r\n', '\n');
  } catch (error) {
    throw refused(`openpgp: ${messageOf(error)}`);
  }
}

function refused(message: string): ChartError {
  return new ChartError('InvalidKeyring', message);
}
