/** `drydock package --sign`: the provenance of packages, as `helm package --sign` v4.3 makes it. */
import { fstatSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { loadArchive } from '@drydock/charts';
import { findSigningKey, signProvenance, unlockKey } from '@drydock/charts/provenance';
import type { Flags } from './command.ts';
import { verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';
import { openKeyring, withHelmsText } from './verify-chart.ts';

/** Finds and unlocks the key. Throws CliError with Helm's text. */
export async function createSigner(flags: Flags): Promise<(archive: Uint8Array, fileName: string) => Promise<string>> {
  const keyring = await openKeyring(flags, '');
  const file = flags.text('passphraseFile') ?? '';
  const passphrase = file === '' ? askPassphrase : await readPassphrase(file);
  return withHelmsText(async () => {
    const key = await unlockKey(findSigningKey(keyring, flags.text('key') ?? ''), passphrase);
    return (archive: Uint8Array, fileName: string) =>
      withHelmsText(() => signProvenance(loadArchive(archive), { archive, fileName, key }));
  });
}

/** The first line of a file, without its end. */
async function readPassphrase(file: string): Promise<() => Promise<string>> {
  if (file === '-' && !fstatSync(0).isFIFO()) {
    throw verbatim('specified reading passphrase from stdin, without input on stdin');
  }
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw verbatim(`open ${file}: ${reasonOf(error)}`, 'NotFound');
  }
  if (text === '') throw verbatim('EOF');
  const line = text.split('\n', 1)[0] ?? '';
  return async () => line.replace(/\r$/, '');
}

/** From the terminal, which does not show it. */
async function askPassphrase(name: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw verbatim(`the key ${JSON.stringify(name)} has a passphrase: give it with --passphrase-file`);
  }
  process.stdout.write(`Password for key ${JSON.stringify(name)} >  `);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden, terminal: true });
  try {
    return await new Promise((resolve) => terminal.question('', resolve));
  } finally {
    terminal.close();
    process.stdout.write('\n');
  }
}
