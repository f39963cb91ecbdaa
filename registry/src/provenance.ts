/**
 * Provenance files as `helm package --sign` writes them: a clear-signed OpenPGP message of Chart.yaml and, behind `...`, the
 * package's file name and digest. Here only what they say is read, to keep them with the bytes that they are for; whether a
 * signature holds is for who has the keys.
 */

import { digestOf } from './digest.ts';
import { RegistryError } from './errors.ts';
import { type Attachments, blobKey } from './layout.ts';
import { packageFileName } from './names.ts';
import { type PushStores, putBlob } from './push.ts';

export interface ProvenanceFacts {
  /** `CHART-VERSION.tgz`. */
  readonly file: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

const maxBytes = 1024 * 1024;

/** Throws InvalidProvenance. */
export function parseProvenance(bytes: Uint8Array): ProvenanceFacts {
  const text = bytes.byteLength > maxBytes ? '' : Buffer.from(bytes).toString('utf8');
  const isSigned =
    /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n/.test(text) && text.includes('\n-----BEGIN PGP SIGNATURE-----');
  const [, files = ''] = /\nfiles:[ \t]*\r?\n((?:[ \t][^\r\n]*\r?\n)+)/.exec(text) ?? [];
  const [, file, digest] =
    /^[ \t]+["']?([^\s"':]+\.tgz)["']?:[ \t]+["']?(sha256:[0-9a-f]{64})["']?[ \t]*\r?$/m.exec(files) ?? [];
  if (!isSigned || file === undefined || digest === undefined) {
    throw new RegistryError(
      'InvalidProvenance',
      'provenance is no signed message that names a package and its sha256 digest',
    );
  }
  return { file, digest };
}

/**
 * Puts the blobs that belong to a version and gives their digests. Throws InvalidProvenance, or ChartMismatch when the
 * provenance is for another package.
 */
export async function putAttachments(
  stores: PushStores,
  what: {
    readonly facts: { readonly chart: string; readonly version: string; readonly digest: string };
    readonly provenance?: Uint8Array;
    readonly manifest?: Uint8Array;
  },
): Promise<Attachments> {
  const { facts, provenance, manifest } = what;
  if (provenance !== undefined) {
    const { file, digest } = parseProvenance(provenance);
    if (file !== packageFileName(facts) || digest !== facts.digest) {
      const message = `provenance is for ${file} ${digest}, but the package is ${packageFileName(facts)} ${facts.digest}`;
      throw new RegistryError('ChartMismatch', message);
    }
  }
  const put = async (bytes: Uint8Array): Promise<string> => {
    const digest = digestOf(bytes);
    await putBlob(stores, blobKey(digest), bytes);
    return digest;
  };
  return {
    ...(provenance === undefined ? {} : { provenance: await put(provenance) }),
    ...(manifest === undefined ? {} : { manifest: await put(manifest) }),
  };
}
