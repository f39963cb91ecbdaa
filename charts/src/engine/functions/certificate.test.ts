/** Certificates and keys are real: Node reads them, and what one signs, it verifies. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outcomeOf, renderText, seededRandom, TEST_NOW } from './test-render.ts';

/** The certificates and keys that a template prints between lines of equals signs. */
function parts(template: string, seed = 1): string[] {
  return renderText(template, { env: { random: seededRandom(seed) } }).split('=====\n');
}

describe('certificates', () => {
  it('are signed by their authority, with names, addresses and the days asked for', () => {
    const [caPem = '', pem = '', key = ''] = parts(
      `{{ $ca := genCA "my ca" 365 }}{{ $c := genSignedCert "x.example" (list "10.0.0.1" "::1") (list "a.example" "*.b") 30 $ca -}}
{{ $ca.Cert }}=====\n{{ $c.Cert }}=====\n{{ $c.Key }}`,
    );
    const authority = new X509Certificate(caPem);
    const certificate = new X509Certificate(pem);
    expect(authority.ca).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.subject).toBe('CN=x.example');
    expect(certificate.issuer).toBe('CN=my ca');
    expect(certificate.subjectAltName).toBe('DNS:a.example, DNS:*.b, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    const second = Math.floor(TEST_NOW / 1000) * 1000;
    expect(Date.parse(certificate.validFrom)).toBe(second);
    expect(Date.parse(certificate.validTo)).toBe(second + 30 * 86_400_000);
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  });

  it.each(['ecdsa', 'ed25519'])('sign themselves and others with %s keys, which are kept as they were', (kind) => {
    const [caPem = '', caKey = '', pem = '', given = ''] = parts(
      `{{ $k := genPrivateKey "${kind}" }}{{ $ca := genCAWithKey "ca" 1 $k }}{{ $c := genSignedCertWithKey "é" nil nil 1 $ca (genPrivateKey "${kind}") -}}
{{ $ca.Cert }}=====\n{{ $ca.Key }}=====\n{{ $c.Cert }}=====\n{{ $k }}`,
    );
    const authority = new X509Certificate(caPem);
    const certificate = new X509Certificate(pem);
    expect(caKey).toBe(given);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=é');
  });

  it('are the same again from the same seed, and others from another', () => {
    const template = '{{ (genSelfSignedCert "a" nil (list "a") 1).Cert }}{{ genPrivateKey "ed25519" }}';
    expect(parts(template, 7)).toEqual(parts(template, 7));
    expect(parts(template, 7)).not.toEqual(parts(template, 8));
  });

  it('can be built from what is there', () => {
    const template =
      '{{ $c := genSelfSignedCert "a" nil nil 1 }}{{ $b := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}{{ eq $b.Cert $c.Cert }}{{ eq $b.Key $c.Key }}';
    expect(renderText(template)).toBe('truetrue');
  });

  it.each([
    ['{{ genCAWithKey "a" 1 "x" }}', 'error calling genCAWithKey: parsing private key: no PEM data in input'],
    ['{{ genSelfSignedCert "a" (list "x") nil 1 }}', 'error calling genSelfSignedCert: error parsing ip: x'],
    [
      '{{ genSelfSignedCert "a" (list 1) nil 1 }}',
      'error calling genSelfSignedCert: error parsing ip: 1 is not a string',
    ],
    [
      '{{ genSelfSignedCert "a" nil (list 1) 1 }}',
      'error calling genSelfSignedCert: error processing alternate dns name: 1 is not a string',
    ],
    [
      '{{ genSelfSignedCert "a" nil (list "é") 1 }}',
      'error calling genSelfSignedCert: error creating certificate: x509: "é" cannot be encoded as an IA5String',
    ],
    [
      '{{ $k := genPrivateKey "ed25519" }}{{ $ca := genCAWithKey "a" 1 $k }}{{ genSignedCert "b" nil nil 1 (buildCustomCert (b64enc $ca.Cert) (genPrivateKey "ecdsa" | b64enc)) }}',
      "error calling genSignedCert: error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
    ],
    ['{{ buildCustomCert "!" "" }}', 'error calling buildCustomCert: unable to decode base64 certificate'],
    ['{{ buildCustomCert "" "" }}', 'error calling buildCustomCert: unable to decode certificate'],
    ['{{ genPrivateKey "x" }}', 'Unknown type x'],
  ])('say why there is none: %s', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});

describe('private keys', () => {
  it.each([
    ['ecdsa', 'ec', 'EC PRIVATE KEY'],
    ['ed25519', 'ed25519', 'PRIVATE KEY'],
    ['rsa', 'rsa', 'RSA PRIVATE KEY'],
  ])(
    'of the kind %s can be read',
    (kind, type, label) => {
      const pem = renderText(`{{ genPrivateKey "${kind}" }}`);
      expect(pem.split('\n')[0]).toBe(`-----BEGIN ${label}-----`);
      expect(createPrivateKey(pem).asymmetricKeyType).toBe(type);
    },
    60_000,
  );

  it('of the kind dsa have the sizes of FIPS 186-3, and sign no certificate', () => {
    const [pem = '', error = ''] = [
      renderText('{{ genPrivateKey "dsa" }}'),
      outcomeOf('{{ genCAWithKey "a" 1 (genPrivateKey "dsa") }}'),
    ];
    expect(pem).toMatch(/^-----BEGIN DSA PRIVATE KEY-----\n/);
    const key = createPrivateKey({ key: pem, format: 'pem' });
    expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, divisorLength: 256 });
    expect(error).toBe(
      'error calling genCAWithKey: error creating certificate: x509: certificate private key does not implement crypto.Signer',
    );
  }, 60_000);
});
