import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseGoFlags } from './go-flags.ts';
import { TEMPLATE_FLAGS } from './template-flags.ts';
import { checkTlsFiles } from './tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const text = join(folder, 'text');
writeFileSync(text, 'no PEM\n');

const check = (...args: string[]): void => checkTlsFiles(parseGoFlags(TEMPLATE_FLAGS, args).flags);

it('refuses files for TLS that cannot be read or are no PEM, in the words of Helm', () => {
  const start = "missing registry client: can't create TLS config for client: ";
  const missing = ': open nope: no such file or directory';
  expect(() => check('--ca-file', 'nope')).toThrow(`${start}can't read CA file: "nope"${missing}`);
  expect(() => check('--ca-file', text)).toThrow(`${start}failed to append certificates from pem block`);
  expect(() => check('--cert-file', 'nope', '--key-file', text)).toThrow(
    `${start}unable to read cert file: "nope"${missing}`,
  );
  expect(() => check('--cert-file', text, '--key-file', 'nope')).toThrow(
    `${start}unable to read key file: "nope"${missing}`,
  );
  expect(() => check('--cert-file', text, '--key-file', text)).toThrow(
    'tls: failed to find any PEM data in certificate input',
  );
  expect(() => check('--cert-file', 'nope')).not.toThrow();
});
