import { describe, expect, it } from 'vitest';
import { parseProvenance } from './provenance.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

function signed(files: string): Buffer {
  const head = '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: web\n\n...\n';
  return Buffer.from(`${head}files:\n${files}\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n`);
}

describe('a provenance file', () => {
  it('says which package it is for', () => {
    expect(parseProvenance(signed(`  web-1.0.0.tgz: ${digest}\n`))).toEqual({ file: 'web-1.0.0.tgz', digest });
  });

  it.each([
    ['a line of spaces that does not end', ' '.repeat(900_000)],
    ['lines of spaces', ' \n'.repeat(400_000)],
    ['a name without end', ` ${'a.tgz'.repeat(150_000)}`],
  ])('that is %s is refused, and soon', { timeout: 2000 }, (_, files) => {
    const text = signed(files).toString().replace(`${files}\n`, files);
    expect(() => parseProvenance(Buffer.from(`${text.slice(0, 1_000_000)}`))).toThrow('no signed message');
  });
});
