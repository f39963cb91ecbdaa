/**
 * Signed packages beside the real helm: what one signs the other verifies, and both say the same of what is wrong. Keys
 * are GnuPG's own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, type RunResult, runDrydock, startServer } from '../support/drydock.ts';

const hasGpg = spawnSync('gpg', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'drydock-signing-'));
const home = join(folder, 'gnupg');
let server: RunningServer;

afterAll(async () => {
  await server?.stop();
  spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: home } });
  rmSync(folder, { recursive: true, force: true });
});

function gpg(args: readonly string[], passphrase = ''): Buffer {
  const all = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', passphrase, ...args];
  return execFileSync('gpg', all, { env: { ...process.env, GNUPGHOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
}

function helm(args: readonly string[]): RunResult {
  const { status, stdout, stderr } = spawnSync('helm', args, { cwd: folder, encoding: 'utf8' });
  return { code: status ?? -1, stdout, stderr };
}

function drydock(args: readonly string[]): Promise<RunResult> {
  return runDrydock(args, { cwd: folder });
}

async function expectSame(args: readonly string[]): Promise<RunResult> {
  const [ours, theirs] = [await drydock(args), helm(args)];
  const named = (text: string): string => text.replaceAll('drydock', 'helm');
  expect({ ...ours, stdout: named(ours.stdout), stderr: named(ours.stderr) }, args.join(' ')).toEqual(theirs);
  return ours;
}

describe.skipIf(!hasGpg)('signed packages (skipped without gpg)', () => {
  beforeAll(async () => {
    mkdirSync(home, { mode: 0o700 });
    gpg(['--quick-gen-key', 'Alice <alice@example.com>', 'rsa2048', 'sign', 'never']);
    gpg(['--quick-gen-key', 'Bob <bob@example.com>', 'ed25519', 'sign', 'never']);
    gpg(['--quick-gen-key', 'Carol <carol@example.com>', 'rsa2048', 'sign', 'never'], 'secret');
    gpg([
      ...['--faked-system-time', '20200101T000000'],
      ...['--quick-gen-key', 'Old <old@example.com>', 'rsa2048', 'sign', '2020-06-01'],
    ]);
    for (const name of ['alice', 'bob', 'old']) write(`${name}.sec`, gpg(['--export-secret-keys', name]));
    write('carol.sec', gpg(['--export-secret-keys', 'carol'], 'secret'));
    write('all.gpg', gpg(['--export']));
    write('all.asc', gpg(['--export', '--armor']));
    write('bob.gpg', gpg(['--export', 'bob']));
    write('garbage', 'garbage\n');
    write('passphrase', 'secret\n');
    write('wrong', 'other\n');
    mkdirSync(join(folder, 'web', 'templates'), { recursive: true });
    write('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.2.3\nkeywords: [a, b]\n');
    write('web/templates/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
    expect(helm(['package', 'web', '--sign', '--key', 'alice', '--keyring', 'alice.sec']).code).toBe(0);
    server = await startServer(join(folder, 'state'));
  });

  it.each(['all.gpg', 'all.asc', 'gnupg/pubring.kbx', 'alice.sec'])('of helm are verified with %s', async (keyring) => {
    const { code, stdout } = await expectSame(['verify', 'web-1.2.3.tgz', '--keyring', keyring]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Signed by: Alice <alice@example\.com>\nUsing Key With Fingerprint: [0-9A-F]{40}\n/);
  });

  it.each([
    ['alice', []],
    ['bob', []],
    ['carol', ['--passphrase-file', 'passphrase']],
  ] as const)('of drydock are verified by helm, with the key of %s', async (name, more) => {
    const args = ['package', 'web', '-d', name, '--sign', '--key', name, '--keyring', `${name}.sec`, ...more];
    const signed = await drydock(args);
    expect(signed.code, signed.stderr).toBe(0);
    const { code } = await expectSame(['verify', `${name}/web-1.2.3.tgz`, '--keyring', 'all.gpg']);
    expect(code).toBe(0);
    // Chart.yaml and the names in both messages are the same.
    const text = (file: string): string => readFileSync(join(folder, file), 'utf8').split('sha256:')[0] ?? '';
    expect(text(`${name}/web-1.2.3.tgz.prov`)).toBe(text('web-1.2.3.tgz.prov'));
  });

  it('that were changed, renamed, or signed by others are refused with the words of helm', async () => {
    cpSync(join(folder, 'web-1.2.3.tgz'), join(folder, 'x.tgz'));
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await expectSame(args);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await refused('verify', 'x.tgz', '--keyring', 'all.gpg')).toContain('could not load provenance file');
    write('x.tgz.prov', readFileSync(join(folder, 'web-1.2.3.tgz.prov')));
    expect(await refused('verify', 'x.tgz', '--keyring', 'all.gpg')).toContain('does not contain a SHA');
    write('x.tgz.prov', readFileSync(join(folder, 'web-1.2.3.tgz.prov'), 'utf8').replace('1.2.3', '1.2.4'));
    expect(await refused('verify', 'x.tgz', '--keyring', 'all.gpg')).toContain('RSA verification failure');
    write('x.tgz.prov', 'hello\n');
    expect(await refused('verify', 'x.tgz', '--keyring', 'all.gpg')).toContain('signature block not found');
    expect(await refused('verify', 'web-1.2.3.tgz', '--keyring', 'bob.gpg')).toContain('made by unknown entity');
    await refused('verify', 'web-1.2.3.tgz', '--keyring', 'garbage');
    await refused('verify', 'web-1.2.3.tgz', '--keyring', 'nowhere');
    await refused('verify', 'web');
    await refused('verify', 'nowhere.tgz');
    await refused('verify');
    await refused('template', 'a', 'web-1.2.3.tgz', '--verify', '--keyring', 'bob.gpg');
    await refused('show', 'chart', 'web-1.2.3.tgz', '--verify', '--keyring', 'bob.gpg');
    await refused('package', 'web', '--sign');
    const sign = ['package', 'web', '--sign', '--keyring'];
    await refused(...sign, 'carol.sec', '--key', 'carol', '--passphrase-file', 'wrong');
    await refused(...sign, 'bob.gpg', '--key', 'bob');
    await refused(...sign, 'bob.sec', '--key', 'nobody');
    mkdirSync(join(folder, 'changed'));
    for (const file of ['web-1.2.3.tgz', 'web-1.2.3.tgz.prov'])
      cpSync(join(folder, file), join(folder, 'changed', file));
    appendFileSync(join(folder, 'changed', 'web-1.2.3.tgz'), 'x');
    expect(await refused('verify', 'changed/web-1.2.3.tgz', '--keyring', 'all.gpg')).toContain('sum does not match');
  });

  it('that a key signed which has expired are refused', async () => {
    expect(helm(['package', 'web', '-d', 'old', '--sign', '--key', 'old', '--keyring', 'old.sec']).code).toBe(0);
    const { stderr } = await expectSame(['verify', 'old/web-1.2.3.tgz', '--keyring', 'all.gpg']);
    expect(stderr).toBe('Error: openpgp: key expired\n');
  });

  it('come with their provenance through the registry, a repository and OCI', async () => {
    const pushed = await drydock(['push', 'web-1.2.3.tgz', 'team/shop', '--server', server.url]);
    expect(pushed.code, pushed.stderr).toBe(0);
    const oci = `oci://${new URL(server.url).host}/team/shop/web`;
    const proof = readFileSync(join(folder, 'web-1.2.3.tgz.prov'));
    const from: readonly (readonly string[])[] = [
      ['team/shop/web', '--server', server.url],
      ['web', '--repo', `${server.url}/charts/team/shop`],
      [oci, '--version', '1.2.3', '--plain-http'],
    ];
    for (const [index, args] of from.entries()) {
      const check = ['--verify', '--keyring', 'all.gpg', '-d', `pulled-${index}`];
      const { code, stdout, stderr } = await drydock(['pull', ...args, ...check]);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('Chart Hash Verified: sha256:');
      expect(readFileSync(join(folder, `pulled-${index}`, 'web-1.2.3.tgz.prov'))).toEqual(proof);
      const refused = await drydock(['template', 'a', ...args, '--verify', '--keyring', 'bob.gpg']);
      expect([refused.code, refused.stderr.split('\n').at(-2)]).toEqual([
        1,
        'Error: openpgp: signature made by unknown entity',
      ]);
    }
    for (const args of from.slice(1)) {
      const { code, stderr } = helm(['template', 'a', ...args, '--verify', '--keyring', 'all.gpg']);
      expect(code, stderr).toBe(0);
    }
  });
});

function write(file: string, data: string | Uint8Array): void {
  writeFileSync(join(folder, file), data);
}
