import { generateKey, readKey } from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { chartFromFiles, packageChart } from '../chart/archive.ts';
import { findSigningKey, readKeyring, signProvenance, unlockKey, verifyProvenance } from './provenance.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const chart = chartFromFiles([{ name: 'Chart.yaml', data: encode('apiVersion: v2\nname: web\nversion: 1.2.3\n') }]);
const archive = packageChart(chart);
const fileName = 'web-1.2.3.tgz';
const DAY = 24 * 3600 * 1000;

async function makeKey(name: string, options: { passphrase?: string; expiresIn?: number; made?: Date } = {}) {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name, email: `${name.toLowerCase()}@example.com` }],
    format: 'object',
    ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
    ...(options.expiresIn === undefined ? {} : { keyExpirationTime: options.expiresIn / 1000 }),
    ...(options.made === undefined ? {} : { date: options.made }),
  });
  return { secret: privateKey.write(), open: publicKey.write(), armored: publicKey.armor() };
}

let alice: Awaited<ReturnType<typeof makeKey>>;
let bob: Awaited<ReturnType<typeof makeKey>>;
let proof: string;

beforeAll(async () => {
  alice = await makeKey('Alice');
  bob = await makeKey('Bob', { passphrase: 'secret' });
  proof = await sign(alice.secret, 'Alice');
});

async function sign(secret: Uint8Array, name: string, passphrase = ''): Promise<string> {
  const key = await unlockKey(findSigningKey(await readKeyring(secret, 'ring'), name), async () => passphrase);
  return signProvenance(chart, { archive, fileName, key });
}

async function verify(
  ring: Uint8Array,
  change: { proof?: string; archive?: Uint8Array; file?: string; now?: number } = {},
) {
  return verifyProvenance({
    archive: change.archive ?? archive,
    provenance: encode(change.proof ?? proof),
    fileName: change.file ?? fileName,
    keyring: await readKeyring(ring, 'ring'),
    now: change.now ?? Date.now(),
  });
}

describe('provenance', () => {
  it('names who signed, the key and the package', async () => {
    const { fingerprint, ...found } = await verify(alice.open);
    expect(found).toMatchObject({ signedBy: ['Alice <alice@example.com>'] });
    expect(found.fileHash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(fingerprint).toBe((await readKey({ binaryKey: alice.open })).getFingerprint().toUpperCase());
  });

  it('has Chart.yaml and the digest of the package', () => {
    expect(proof).toMatch(
      /^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\napiVersion: v2\nname: web\nversion: 1.2.3\n\n\.\.\.\nfiles:\n {2}web-1\.2\.3\.tgz: sha256:[0-9a-f]{64}\n-----BEGIN PGP SIGNATURE-----\n/,
    );
  });

  it('reads keyrings of packets, armored ones, and several in a row', async () => {
    const joined = encode(`${await armor(bob.open)}\n${alice.armored}`);
    for (const ring of [Buffer.concat([bob.open, alice.open]), encode(alice.armored), joined, alice.secret]) {
      expect((await verify(ring)).signedBy).toEqual(['Alice <alice@example.com>']);
    }
  });

  it('passes over what it cannot read in a keyring', async () => {
    const broken = Uint8Array.of(0xc6, 3, 9, 9, 9);
    expect((await verify(Buffer.concat([broken, alice.open]))).signedBy).toHaveLength(1);
    await expect(readKeyring(encode('garbage'), 'ring')).rejects.toThrow('tag byte does not have MSB set');
    await expect(readKeyring(alice.open.subarray(0, 20), 'ring')).rejects.toThrow('unexpected EOF');
    await expect(readKeyring(broken, 'ring')).rejects.toMatchObject({ code: 'InvalidKeyring' });
    expect(await readKeyring(new Uint8Array(), 'ring')).toEqual([]);
  });

  it('refuses keys that are not in the keyring, and what was changed', async () => {
    await expect(verify(bob.open)).rejects.toThrow('openpgp: signature made by unknown entity');
    await expect(verify(alice.open, { proof: proof.replace('name: web', 'name: wep') })).rejects.toThrow(
      /^openpgp: invalid signature: \w+ verification failure$/,
    );
    await expect(verify(alice.open, { archive: encode('other') })).rejects.toThrow(
      /^sha256 sum does not match for web-1\.2\.3\.tgz: "sha256:/,
    );
    await expect(verify(alice.open, { file: 'x.tgz' })).rejects.toThrow(
      'provenance does not contain a SHA for a file named "x.tgz"',
    );
  });

  it.each(['', 'hello', '-----BEGIN PGP SIGNED MESSAGE-----\nComment: x\n\na\n-----BEGIN PGP SIGNATURE-----\n'])(
    'finds no signature in %j',
    async (text) => {
      await expect(verify(alice.open, { proof: text })).rejects.toThrow('signature block not found');
    },
  );

  it('refuses keys that have expired', async () => {
    const short = await makeKey('Short', { expiresIn: DAY });
    const signed = await sign(short.secret, 'Short');
    expect((await verify(short.open, { proof: signed })).signedBy).toEqual(['Short <short@example.com>']);
    await expect(verify(short.open, { proof: signed, now: Date.now() + 2 * DAY })).rejects.toThrow(
      'openpgp: key expired',
    );
  });

  it('asks for the passphrase of a key that has one', async () => {
    const signed = await sign(bob.secret, 'Bob', 'secret');
    expect((await verify(bob.open, { proof: signed })).signedBy).toEqual(['Bob <bob@example.com>']);
    await expect(sign(bob.secret, 'Bob', 'wrong')).rejects.toThrow('private key checksum failure');
  });

  it('takes the key that is meant by a part of its name', async () => {
    const ring = await readKeyring(Buffer.concat([alice.secret, bob.open]), 'ring');
    expect(findSigningKey(ring, 'alice@').getUserIDs()).toEqual(['Alice <alice@example.com>']);
    expect(() => findSigningKey(ring, 'example')).toThrow('more than one key contain the id "example"');
    expect(() => findSigningKey(ring, 'Carol')).toThrow('private key not found');
    expect(() => findSigningKey(ring, 'Bob')).toThrow('provided key is not a private key');
  });
});

async function armor(key: Uint8Array): Promise<string> {
  return (await readKey({ binaryKey: key })).armor();
}
