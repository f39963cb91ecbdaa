import { createPrivateKey, createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { createSimulation } from '@drydock/controllers';
import { expect, test } from 'vitest';
import { createAuthority } from './authority.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { issueCertificate, type Signer } from './x509.ts';

function createSigner(): Signer & { readonly certificate: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const signer = { subject: { commonName: 'kubernetes' }, key: privateKey, publicKey };
  const dates = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2036, 0, 1) };
  const template = { ...signer, ...dates, usages: ['cert sign'], isAuthority: true };
  return { ...signer, certificate: issueCertificate(template, signer) };
}

function createTestAuthority() {
  const signer = createSigner();
  const tokenKey = createPrivateKey(signer.key.export({ type: 'sec1', format: 'pem' }));
  return createAuthority({ certificate: signer.certificate, signer, tokenKey });
}

// openssl req -new -subj "/O=dev/O=ops/CN=jane" -addext "subjectAltName=DNS:a.b,IP:1.2.3.4", with an ECDSA key
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIIBDDCBtAIBADArMQwwCgYDVQQKDANkZXYxDDAKBgNVBAoMA29wczENMAsGA1UE
AwwEamFuZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNfrgEbr4FrzPXJnd4E+
JnEMnIuTISiv92iL1njE7d/WgsLVWLHyyYLQyUnaH+T0ffgvld8vrLYac8sLhScM
YqWgJzAlBgkqhkiG9w0BCQ4xGDAWMBQGA1UdEQQNMAuCA2EuYocEAQIDBDAKBggq
hkjOPQQDAgNHADBEAiBg/qH3R4+XTx/PFxgviUaRD5zjQL5ZacgieFkNSuKu7QIg
bCF2+7QiMMlzBPUv/aCo/zO7wbZ4cosE+aDRBc+JgxM=
-----END CERTIFICATE REQUEST-----
`;
// openssl req -new -newkey rsa:2048 -subj "/O=system:nodes/CN=system:node:n1"
const RSA_REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIICdTCCAV0CAQAwMDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5z
eXN0ZW06bm9kZTpuMTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMLk
g+8RevJp/+7vMTu7v4nb4nSgApHO6lqz/H1zRyyTNHkqQ/4ouEY7XnyzppFtEfTd
q0NrDJeFyOCPJGSU2kEw9VRUsDEzI4IrjNM6ynjQACyWL8NXMKglOjArRYvtARfk
OvpkpruxUTrjk8Sya6sKQO2t2cs52irtKOEGM7vWMouew6IRIpDn7ztPV5pZ7No5
JlaLL1HEs9x5wluI4Vwp0vffF+yoFY7Z7iwL0wuMo0V6FVJGitoB6ZUA5QVL1Aha
mBhkuKk0tVIVQ2cgBKfwujV3REe3cAIFp+/24wppE2nyvYIgVkEBKmzdwDwZDUdI
cLH8c5TZQUA2Akk7OvsCAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQCi5/z4B3NW
JszgWBwcXohT/hzUAwlOTMUTbHUKtPMbmbBtvzBx791/gV1IuCC0KgQBiqugRU7F
H+rWQGUZ35bu1n9wi0lfVlvBDdeTQwwTC4hR/mcBlorGA1FfwkTenQntZeUHC8I9
nwtdZA7bo7L+h+oXViSdU7IiWqfnh+PdAI5J80smO/dbbgmGvrXOfhUmg4p6xdl+
aZ7CpE2XPPIAzZ0zeLXBiYthp1+xZbHNIdI+mC2nw8WB+lUQHyx0z5pkuFrlY8av
mq/KMAceI5WRJYfF5y4I0QJLnXSLmy1Xn97n3NoktF/Mk6ZFS+Sq6AJBLtc3B3i2
bdx0Z7/yvh7b
-----END CERTIFICATE REQUEST-----
`;

test('a request is read, if it is signed with the key that it brings', () => {
  const none = { dnsNames: [], addresses: [], emails: [], uris: [] };
  expect(readCertificateRequest(REQUEST)?.asked).toEqual({
    ...none,
    commonName: 'jane',
    organizations: ['dev', 'ops'],
    dnsNames: ['a.b'],
    addresses: ['1.2.3.4'],
  });
  expect(readCertificateRequest(RSA_REQUEST)?.asked).toEqual({
    ...none,
    commonName: 'system:node:n1',
    organizations: ['system:nodes'],
  });
  expect(readCertificateRequest(REQUEST.replace('amFuZ', 'amFuY'))).toBeUndefined();
  expect(readCertificateRequest(REQUEST.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'))).toBeUndefined();
  expect(readCertificateRequest('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n')).toBe(
    undefined,
  );
});

test('a token is good as it was signed, and the published key tells so', () => {
  const authority = createTestAuthority();
  const token = authority.signToken({ sub: 'x' });
  expect(authority.verifyToken(token)).toEqual({ sub: 'x' });
  expect(createTestAuthority().verifyToken(token)).toBeUndefined();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const other = Buffer.from('{"sub":"y"}').toString('base64url');
  expect(authority.verifyToken(`${header}.${other}.${signature}`)).toBeUndefined();
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  expect(authority.verifyToken(`${none}.${payload}.`)).toBeUndefined();
  const [jwk] = authority.keySet.keys;
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const bytes = Buffer.from(`${header}.${payload}`);
  expect(verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('a cluster signs approved requests for its clients, and says why it does not sign others', () => {
  const authority = createTestAuthority();
  const simulation = createSimulation({ name: 'test', authority });
  const { client } = simulation;
  const resource = 'certificatesigningrequests.certificates.k8s.io';
  const ask = (name: string, usages: readonly string[]) => {
    const spec = { request: btoa(REQUEST), signerName: 'kubernetes.io/kube-apiserver-client', usages };
    client.create(resource, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name },
      spec: { ...spec, expirationSeconds: 3600 },
    });
    simulation.settle();
    expect(client.get(resource, { name }).status).toEqual({});
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Test' }];
    client.patch(resource, { name }, { type: 'merge', patch: { status: { conditions } } }, { subresource: 'approval' });
    simulation.settle();
    return client.get(resource, { name });
  };
  const status = ask('client', ['client auth']).status as { certificate: string };
  const certificate = new X509Certificate(atob(status.certificate));
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.subject.split('\n')).toEqual(['O=dev', 'O=ops', 'CN=jane']);
  expect(certificate.subjectAltName).toBe('DNS:a.b, IP Address:1.2.3.4');
  expect(Date.parse(certificate.validTo) - simulation.now()).toBe(3_600_000);
  expect(ask('server', ['server auth']).status).toMatchObject({
    conditions: [
      { type: 'Approved' },
      {
        type: 'Failed',
        reason: 'SignerValidationFailure',
        message: 'invalid usage for client certificate: server auth',
      },
    ],
  });
  simulation.advance(3_600_000);
  expect(client.list(resource)).toEqual([]);
});
