/**
 * --ca-file, --cert-file and --key-file as Helm v4 looks at them (internal/tlsutil) when it makes its registry client,
 * which it does for every chart, one on disk, too.
 */
import { readFileSync } from 'node:fs';
import type { Flags } from './command.ts';
import { verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';

/** Throws CliError with Helm's text for a file that cannot be read, or is no PEM. */
export function checkTlsFiles(flags: Flags): void {
  const [ca = '', cert = '', key = ''] = [flags.text('caFile'), flags.text('certFile'), flags.text('keyFile')];
  if (cert !== '' && key !== '') {
    const text = read(cert, (path) => `unable to read cert file: ${path}`);
    read(key, (path) => `unable to read key file: ${path}`);
    if (!text.includes('-----BEGIN ')) {
      throw problem('unable to load cert from key pair: tls: failed to find any PEM data in certificate input');
    }
  }
  if (ca === '') return;
  const text = read(ca, (path) => `can't read CA file: ${path}`);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw problem('failed to append certificates from pem block');
}

function read(path: string, about: (quoted: string) => string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw problem(`${about(JSON.stringify(path))}: open ${path}: ${reasonOf(error)}`);
  }
}

function problem(message: string): Error {
  return verbatim(`missing registry client: can't create TLS config for client: ${message}`, 'NotFound');
}
