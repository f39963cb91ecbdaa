/**
 * Checks packages against their provenance for `--verify` and `drydock verify`, as Helm v4.3 does (VerifyChart of
 * pkg/downloader). Loaded only when asked for: the OpenPGP library takes its time.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { ChartError } from '@drydock/charts';
import { type Keyring, readKeyring, type Verification, verifyProvenance } from '@drydock/charts/provenance';
import type { Flags } from './command.ts';
import { verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';

/** A package that came from afar. */
export interface FetchedPackage {
  readonly archive: Uint8Array;
  /** That provenance knows it by. */
  readonly fileName: string;
  readonly url: string;
  /** Fetches the provenance. Throws where there is none. */
  readonly provenance: () => Promise<Uint8Array>;
}

/** Throws CliError with Helm's text. */
export async function verifyFile(path: string, flags: Flags): Promise<Verification> {
  const info = statOf(path);
  if (info.isDirectory()) throw verbatim('unpacked charts cannot be verified');
  if (!/\.tgz$/i.test(path)) throw verbatim('chart must be a tgz file');
  const proof = `${path}.prov`;
  try {
    statSync(proof);
  } catch (error) {
    throw verbatim(`could not load provenance file ${proof}: stat ${proof}: ${reasonOf(error)}`, 'NotFound');
  }
  const keyring = await openKeyring(flags);
  const [archive, provenance] = [readFileSync(path), readFileSync(proof)];
  return verify({ archive, provenance, fileName: basename(path) }, keyring);
}

/** Throws CliError with Helm's text; fetches the provenance first. */
export async function verifyFetched(fetched: FetchedPackage, flags: Flags): Promise<Verification> {
  const provenance = await fetchProvenance(fetched);
  return verify({ archive: fetched.archive, provenance, fileName: fetched.fileName }, await openKeyring(flags));
}

export async function fetchProvenance({ provenance, url }: FetchedPackage): Promise<Uint8Array> {
  try {
    return await provenance();
  } catch {
    throw verbatim(`failed to fetch provenance ${JSON.stringify(`${url}.prov`)}`, 'NotFound');
  }
}

/** What `helm verify` and `helm pull --verify` print. */
export function formatVerification({ signedBy, fingerprint, fileHash }: Verification): string {
  const names = signedBy.map((name) => `Signed by: ${name}\n`).join('');
  return `${names}Using Key With Fingerprint: ${fingerprint}\nChart Hash Verified: ${fileHash}\n`;
}

/** GnuPG's old keyring, or the keybox where there is only that. */
export function defaultKeyring(): string {
  const home = process.env.GNUPGHOME ?? join(homedir(), '.gnupg');
  const [old, keybox] = [join(home, 'pubring.gpg'), join(home, 'pubring.kbx')];
  return isThere(old) || !isThere(keybox) ? old : keybox;
}

/** The keys of --keyring. `context` begins the message of an error. */
export async function openKeyring(flags: Flags, context = 'failed to load keyring: '): Promise<Keyring> {
  const path = flags.text('keyring') ?? defaultKeyring();
  let data: Uint8Array;
  try {
    data = readFileSync(path);
  } catch (error) {
    throw verbatim(`${context}open ${path}: ${reasonOf(error)}`, 'NotFound');
  }
  return withHelmsText(() => readKeyring(data, path), context);
}

/** Errors about signatures have Helm's text as it is. */
export async function withHelmsText<T>(act: () => Promise<T> | T, context = ''): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ChartError) throw verbatim(`${context}${error.message}`, error.code);
    throw error;
  }
}

function verify(
  evidence: { readonly archive: Uint8Array; readonly provenance: Uint8Array; readonly fileName: string },
  keyring: Keyring,
): Promise<Verification> {
  return withHelmsText(() => verifyProvenance({ ...evidence, keyring, now: Date.now() }));
}

function statOf(path: string): { isDirectory(): boolean } {
  try {
    return statSync(path);
  } catch (error) {
    throw verbatim(`stat ${path}: ${reasonOf(error)}`, 'NotFound');
  }
}

/** Any trouble but absence counts as there, so that it is told when the file is opened. */
function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
