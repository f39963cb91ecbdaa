import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CertificateTemplate, issueCertificate, type Signer } from './x509.ts';

function createSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { subject: { commonName: 'kubernetes' }, key: privateKey, publicKey };
}

const DATES = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2055, 0, 1) };

function authorityOf(signer: Signer): X509Certificate {
  const template: CertificateTemplate = {
    ...signer,
    ...DATES,
    usages: ['digital signature', 'cert sign'],
    isAuthority: true,
  };
  return new X509Certificate(issueCertificate(template, signer));
}

function issue(signer: Signer, more: Partial<CertificateTemplate>): X509Certificate {
  const template: CertificateTemplate = {
    subject: { commonName: 'kubernetes-admin', organizations: ['system:masters', 'dev'] },
    publicKey: createSigner().publicKey,
    ...DATES,
    usages: ['digital signature', 'key encipherment', 'client auth'],
    isAuthority: false,
    ...more,
  };
  return new X509Certificate(issueCertificate(template, signer));
}

test('a CA signs itself and what it issues', () => {
  const signer = createSigner();
  const authority = authorityOf(signer);
  expect(authority.ca).toBe(true);
  expect(authority.verify(authority.publicKey)).toBe(true);
  const certificate = issue(signer, {});
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(authority)).toBe(true);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.verify(authorityOf(createSigner()).publicKey)).toBe(false);
});

test('the name and the groups of a client are in its subject, in the order of DER', () => {
  const { subject, keyUsage } = issue(createSigner(), {});
  expect(subject.split('\n')).toEqual(['O=dev + O=system:masters', 'CN=kubernetes-admin']);
  expect(keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
});

test('a server has names and addresses of both families', () => {
  const hosts = ['kubernetes.default.svc', '10.96.0.1', '::1', 'fd00::a:0:1', '::ffff:1.2.3.4'];
  const certificate = issue(createSigner(), { hosts });
  expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
  expect(certificate.checkHost('kubernetes.default')).toBeUndefined();
  for (const address of hosts.slice(1)) expect(certificate.checkIP(address)).toBe(address);
  expect(certificate.checkIP('10.96.0.2')).toBeUndefined();
});

test('times before and after 2050 are kept', () => {
  const { validFrom, validTo } = issue(createSigner(), {});
  expect(validFrom).toBe('Jan  1 00:00:00 2026 GMT');
  expect(validTo).toBe('Jan  1 00:00:00 2055 GMT');
});
