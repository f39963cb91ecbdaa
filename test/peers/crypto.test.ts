/**
 * The template functions that make keys, certificates, passwords and random text, by what other programs make of them:
 * OpenSSL reads and verifies the keys and certificates, the system's crypt(3) the password hashes, and the real helm
 * prints the same where nothing is random, decrypts what was encrypted here, and signs with the keys made here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runDrydock } from '../support/drydock.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const hasCrypt = crypt('word', '$2b$04$abcdefghijklmnopqrstuu').length === 60;
const folder = mkdtempSync(join(tmpdir(), 'drydock-crypto-peer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY = 86_400_000;
const PRIVATE_KEY = /^-----BEGIN (?:RSA|DSA|EC|) ?PRIVATE KEY-----/;
/** Two authorities and a certificate of each way to make one: `name: {cert, key}`. */
const CERTIFICATES = `
{{- $ca := genCA "root-ca" 3650 -}}
{{- $keyed := genCAWithKey "keyed-ca" 10 (genPrivateKey "ecdsa") -}}
{{- $built := buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key) -}}
{{- $ips := list "10.0.0.1" "fe80::1" -}}
{{- $names := list "a.example.com" "*.b.example.com" -}}
{{- dict
  "ca" (dict "cert" $ca.Cert "key" $ca.Key)
  "keyed" (dict "cert" $keyed.Cert "key" $keyed.Key)
  "self" (genSelfSignedCert "self.example.com" $ips $names 30 | toJson | fromJson)
  "selfKeyed" (genSelfSignedCertWithKey "selfkeyed.example.com" $ips $names 30 (genPrivateKey "rsa") | toJson | fromJson)
  "leaf" (genSignedCert "leaf.example.com" $ips $names 365 $ca | toJson | fromJson)
  "bare" (genSignedCert "bare.example.com" nil nil 1 $built | toJson | fromJson)
  "leafOfKeyed" (genSignedCertWithKey "leaf.keyed" nil $names 2 $keyed (genPrivateKey "ed25519") | toJson | fromJson)
| toJson -}}`;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

describe.skipIf(!hasOpenssl)('certificates (skipped without openssl)', () => {
  it('of drydock and of helm are told alike by openssl, but for keys, numbers and times', async () => {
    const [ours, theirs] = [pairs(await render('certs', CERTIFICATES)), pairs(renderWithHelm('certs', CERTIFICATES))];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [name, pair] of ours) {
      const text = describeCertificate(pair.cert);
      expect(text, name).toBe(describeCertificate(theirs.get(name)?.cert ?? ''));
      expect(text).toContain('X509v3 Extended Key Usage');
    }
  });

  it('belong to their keys, stand for the names and days asked for, and are signed by their authority', async () => {
    const made = pairs(await render('chain', CERTIFICATES));
    const expected: readonly (readonly [name: string, signer: string, days: number, host: string])[] = [
      ['ca', 'ca', 3650, ''],
      ['keyed', 'keyed', 10, ''],
      ['self', 'self', 30, 'a.example.com'],
      ['selfKeyed', 'selfKeyed', 30, 'x.b.example.com'],
      ['leaf', 'ca', 365, 'x.b.example.com'],
      ['bare', 'ca', 1, ''],
      ['leafOfKeyed', 'keyed', 2, 'a.example.com'],
    ];
    expect(expected.map(([name]) => name).toSorted()).toEqual([...made.keys()].toSorted());
    for (const [name, signer, days, host] of expected) {
      const [cert, key] = [file(`${name}.crt`, made.get(name)?.cert), file(`${name}.key`, made.get(name)?.key)];
      const authority = file(`${signer}.ca`, made.get(signer)?.cert);
      const check = ['verify', '-CAfile', authority, ...(host === '' ? [] : ['-verify_hostname', host])];
      expect(tryOpenssl([...check, cert]), name).toBe(`${cert}: OK\n`);
      expect(openssl(['x509', '-in', cert, '-noout', '-pubkey']), name).toBe(openssl(['pkey', '-in', key, '-pubout']));
      const dates = openssl(['x509', '-in', cert, '-noout', '-dates']);
      const [from, to] = [...dates.matchAll(/=(.*)$/gm)].map(([, text]) => Date.parse(text ?? ''));
      expect(((to ?? 0) - (from ?? 0)) / DAY, name).toBe(days);
    }
    const other = tryOpenssl(['verify', '-CAfile', join(folder, 'keyed.ca'), join(folder, 'leaf.crt')]);
    expect(other).not.toContain('OK');
    const wrongHost = ['verify', '-CAfile', join(folder, 'ca.ca'), '-verify_hostname', 'c.example.com'];
    expect(tryOpenssl([...wrongHost, join(folder, 'leaf.crt')])).toContain('ostname mismatch');
    const ip = ['verify', '-CAfile', join(folder, 'ca.ca'), '-verify_ip', 'fe80::1', join(folder, 'leaf.crt')];
    expect(tryOpenssl(ip)).toContain('OK');
  });

  it('are signed here by an authority of helm, and by helm with an authority from here', async () => {
    const authority = `{{ $ca := genCA "shared" 5 }}{{ dict "ca" (dict "cert" $ca.Cert "key" $ca.Key) | toJson }}`;
    const sign = `{{ $ca := buildCustomCert (b64enc .Values.ca.cert) (b64enc .Values.ca.key) }}
      {{- dict "leaf" (genSignedCert "leaf" nil (list "leaf") 5 $ca | toJson | fromJson) | toJson }}`;
    const [ours, theirs] = [await render('own-ca', authority), renderWithHelm('helm-ca', authority)];
    const signed: readonly (readonly [string, string])[] = [
      [ours, renderWithHelm('signed-by-helm', sign, ours)],
      [theirs, await render('signed-here', sign, theirs)],
    ];
    for (const [ca, leaf] of signed) {
      const chain = [file('shared.ca', pairs(ca).get('ca')?.cert), file('shared.crt', pairs(leaf).get('leaf')?.cert)];
      expect(tryOpenssl(['verify', '-CAfile', ...chain])).toBe(`${chain[1]}: OK\n`);
    }
  });

  it.each([
    ['rsa', 'Private-Key: (4096 bit, 2 primes)'],
    ['ecdsa', 'ASN1 OID: prime256v1'],
    ['dsa', 'P:'],
    ['ed25519', 'ED25519 Private-Key:'],
  ])('have private keys of kind %s that openssl reads and checks', async (kind, said) => {
    const template = `{{ genPrivateKey "${kind}" | b64enc }}`;
    const [ours, theirs] = [await render(`key-${kind}`, template), renderWithHelm(`key-${kind}`, template)];
    const key = Buffer.from(ours.trim(), 'base64').toString();
    expect(key).toMatch(PRIVATE_KEY);
    expect(key.split('\n')[0]).toBe(Buffer.from(theirs.trim(), 'base64').toString().split('\n')[0]);
    const text = openssl(['pkey', '-in', file(`${kind}.pem`, key), '-noout', '-text', '-check']);
    expect(text).toContain(said);
  });
});

describe.skipIf(!hasCrypt)('password hashes (skipped where crypt(3) of perl does not know bcrypt)', () => {
  it.each(['secret', '', 'päßwörd ☃', 'x'.repeat(72)])('of %j are what crypt(3) computes', async (password) => {
    const template = `{{ bcrypt .Values.password }}\n{{ htpasswd "ann" .Values.password }}`;
    const [hash = '', line = ''] = (await render('hash', template, JSON.stringify({ password }))).trim().split('\n');
    expect(hash).toMatch(/^\$2a\$10\$[./\w]{53}$/);
    expect(crypt(password, hash)).toBe(hash);
    expect(crypt(`${password.slice(0, -1)}?`, hash)).not.toBe(hash);
    const [user, ofUser = ''] = line.split(':');
    expect([user, crypt(password, ofUser)]).toEqual(['ann', ofUser]);
    expect(ofUser).not.toBe(hash);
  });
});

describe('encryption and passwords', () => {
  const texts = ['a', 'sixteen letters!', 'snow ☃ and more than a block of text', 'x'.repeat(4096)];

  it('decrypt with helm what was encrypted here, and the other way round', async () => {
    const values = JSON.stringify({ texts });
    const encrypt = '{{ range .Values.texts }}{{ encryptAES "a key of any length" . }}\n{{ end }}';
    const decrypt = '{{ range .Values.texts }}{{ decryptAES "a key of any length" . | toJson }}\n{{ end }}';
    const crossed: readonly (readonly [encrypted: string, open: (values: string) => Promise<string> | string])[] = [
      [await render('encrypt', encrypt, values), (encrypted) => renderWithHelm('decrypt', decrypt, encrypted)],
      [renderWithHelm('encrypt', encrypt, values), (encrypted) => render('decrypt', decrypt, encrypted)],
    ];
    for (const [encrypted, open] of crossed) {
      const lines = encrypted.trim().split('\n');
      expect(lines).toHaveLength(texts.length);
      const plain = await open(JSON.stringify({ texts: lines }));
      const read = plain.trim().split('\n');
      expect(read.map((line): unknown => JSON.parse(line))).toEqual(texts);
    }
  });

  it('derive the same passwords as helm, of each kind', async () => {
    // A counter has to be a constant: Go's uint32 takes no other integer.
    const accounts = ['1 $kind "master word" "ann" "example.com"', '2 $kind "m" "bo" "☃"', '77 $kind "" "" ""'];
    const lines = accounts.map((account) => `{{ derivePassword ${account} }}\n`).join('');
    const kinds = 'list "long" "maximum" "medium" "short" "basic" "pin" "other"';
    const template = `{{ range $kind := ${kinds} }}${lines}{{ end }}`;
    const ours = await render('derive', template);
    expect(ours.trimEnd().split('\n')).toHaveLength(21);
    expect(ours).toBe(renderWithHelm('derive', template));
  });

  it('draw random text of the length and the letters that helm draws from', async () => {
    const sizes = '{{ range list 0 1 7 4096 }}';
    const template = `${sizes}{{ randAlphaNum . }}|{{ randAlpha . }}|{{ randNumeric . }}|{{ randAscii . | b64enc }}|{{
      randBytes . }}
{{ end }}`;
    const [ours, theirs] = [lettersOf(await render('random', template)), lettersOf(renderWithHelm('random', template))];
    expect(ours.lengths).toEqual(theirs.lengths);
    // In 4096 draws each of at most 95 letters comes (missing one has odds of 1e-17).
    expect(ours.letters).toEqual(theirs.letters);
    expect(ours.letters.map((set) => set.length)).toEqual([62, 52, 10, 95]);
  });
});

/** Lengths of each line's texts, and the letters of the last and longest line's, sorted. */
function lettersOf(output: string): { lengths: number[][]; letters: string[] } {
  const rows = output.split('\n').slice(0, 4);
  const texts = rows.map((row) => {
    const [alphaNum = '', alpha = '', numeric = '', ascii = '', bytes = ''] = row.split('|');
    return [alphaNum, alpha, numeric, decode(ascii), decode(bytes)];
  });
  const lengths = texts.map((row) => row.map((text) => text.length));
  const longest = texts.at(-1)?.slice(0, 4) ?? [];
  return { lengths, letters: longest.map((text) => [...new Set(text)].toSorted().join('')) };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** What `openssl x509 -text` says, without what is random: bytes, the serial number, and the times. */
function describeCertificate(pem: string): string {
  return openssl(['x509', '-in', file('described.crt', pem), '-noout', '-text'])
    .replaceAll(/^\s+(?:[\da-f]{2}:?)+$/gm, '')
    .replaceAll(/(?:[\da-fA-F]{2}:){15,}[\da-fA-F]{2}/g, 'BYTES')
    .replaceAll(/Serial Number:.*\n?.*\(0x[\da-f]+\)/g, 'Serial Number')
    .replaceAll(/(Not (?:Before|After) ?):.*/g, '$1')
    .replaceAll(/\n+/g, '\n');
}

function pairs(json: string): ReadonlyMap<string, Pair> {
  // What the templates above print; certificates that went through toJson have their fields' own names.
  const parsed = JSON.parse(json) as Record<string, { cert?: string; key?: string; Cert?: string; Key?: string }>;
  return new Map(
    Object.entries(parsed).map(([name, pair]) => [
      name,
      { cert: pair.cert ?? pair.Cert ?? '', key: pair.key ?? pair.Key ?? '' },
    ]),
  );
}

/** Writes a chart whose notes are the template; answers the arguments that render it. */
function chart(name: string, template: string, values: string): string[] {
  const path = join(folder, name);
  mkdirSync(join(path, 'templates'), { recursive: true });
  writeFileSync(join(path, 'Chart.yaml'), 'apiVersion: v2\nname: crypto\nversion: 1.0.0\n');
  writeFileSync(join(path, 'values.yaml'), values);
  writeFileSync(join(path, 'templates', '_text.tpl'), `{{ define "text" }}${template}{{ end }}`);
  writeFileSync(join(path, 'templates', 'text.yaml'), 'text: {{ include "text" . | b64enc }}');
  return ['template', 'r', path];
}

function textOf(output: string): string {
  return Buffer.from(/^text: (.*)$/m.exec(output)?.[1] ?? '', 'base64').toString();
}

async function render(name: string, template: string, values = '{}'): Promise<string> {
  const { code, stdout, stderr } = await runDrydock(chart(name, template, values));
  expect(code, stderr).toBe(0);
  return textOf(stdout);
}

function renderWithHelm(name: string, template: string, values = '{}'): string {
  return textOf(execFileSync('helm', chart(name, template, values), { encoding: 'utf8' }));
}

function file(name: string, text: string | undefined): string {
  const path = join(folder, name);
  writeFileSync(path, text ?? '');
  return path;
}

function openssl(args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What openssl says, on either stream, whether it fails or not. */
function tryOpenssl(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return stdout + stderr;
}

/** crypt(3) of the system, by Perl: '' where either is missing or the method is unknown. */
function crypt(password: string, salt: string): string {
  const script = 'print crypt($ARGV[0], $ARGV[1]) // ""';
  return spawnSync('perl', ['-e', script, password, salt], { encoding: 'utf8' }).stdout ?? '';
}
