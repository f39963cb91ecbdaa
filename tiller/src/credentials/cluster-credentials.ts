/**
 * What proves who is who in a cluster: its CA, and the certificates that this signs for the server and for the user of
 * `drydock cluster kubeconfig`. Kept in a file for each cluster, which only its owner may read, with the port that the
 * cluster is served on, so that a kubeconfig stays good after a restart.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { ClusterAuthority } from '@drydock/controllers';
import { createAuthority } from './authority.ts';
import { type CertificateTemplate, issueCertificate, type Signer } from './x509.ts';

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface ClusterCredentials {
  readonly authority: ClusterAuthority;
  /** Where the cluster was served last; undefined for one that never was. */
  readonly port: number | undefined;
  rememberPort(port: number): Promise<void>;
  /** For the cluster's server, at `host` and wherever clusters are reached. */
  issueServer(host: string): KeyPair;
  /** For a user who may do everything. */
  issueAdmin(): KeyPair;
}

/** The content of the file. */
interface Stored {
  readonly version: 1;
  readonly certificate: string;
  readonly key: string;
  /** Signs the tokens of service accounts. */
  readonly tokenKey: string;
  readonly port?: number;
}

const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const CLIENT_DAYS = 365;
const AUTHORITY = { commonName: 'kubernetes' };
const ADMIN = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };

/** The credentials of the clusters of a data folder, in a folder of their own. */
export class CredentialStore {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Those of a cluster, made where there are none. */
  async open(name: string): Promise<ClusterCredentials> {
    const file = this.file(name);
    const known = await readStored(file);
    const stored: Stored = { ...createStored(), ...known };
    if (known?.tokenKey === undefined) await this.write(file, stored);
    return credentialsOf(stored, (changed) => this.write(file, changed));
  }

  /** The same CA and keys for another cluster, which is served elsewhere. */
  async copy(from: string, to: string): Promise<ClusterCredentials> {
    await this.open(from);
    const { port: _, ...stored } = (await readStored(this.file(from))) ?? {};
    await this.write(this.file(to), { ...createStored(), ...stored });
    return this.open(to);
  }

  async delete(name: string): Promise<void> {
    await rm(this.file(name), { force: true });
  }

  private async write(file: string, stored: Stored): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const next = `${file}.next`;
    const handle = await open(next, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(stored));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  }

  private file(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

async function readStored(file: string): Promise<Partial<Stored> | undefined> {
  try {
    // A parsed border: this class wrote the file.
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Stored>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'sec1', format: 'pem' }).toString();
}

function createStored(): Stored {
  const key = newKey();
  const publicKey = publicKeyOf(key);
  const template: CertificateTemplate = {
    subject: AUTHORITY,
    publicKey,
    ...validity(AUTHORITY_DAYS),
    usages: ['digital signature', 'key encipherment', 'cert sign'],
    isAuthority: true,
    hosts: ['kubernetes'],
  };
  return {
    version: 1,
    certificate: issueCertificate(template, { subject: AUTHORITY, key, publicKey }),
    key: pemOf(key),
    tokenKey: pemOf(newKey()),
  };
}

/** From a day ago, for clocks that are behind. */
function validity(days: number): { readonly notBefore: number; readonly notAfter: number } {
  const now = Date.now();
  return { notBefore: now - DAY, notAfter: now + days * DAY };
}

function credentialsOf(stored: Stored, write: (stored: Stored) => Promise<void>): ClusterCredentials {
  const key = createPrivateKey(stored.key);
  const signer: Signer = { subject: AUTHORITY, key, publicKey: publicKeyOf(key) };
  let { port } = stored;
  const issue = (template: Pick<CertificateTemplate, 'subject' | 'usages' | 'hosts'>): KeyPair => {
    const own = newKey();
    const certificate = issueCertificate(
      {
        ...template,
        publicKey: publicKeyOf(own),
        ...validity(CLIENT_DAYS),
        usages: ['digital signature', 'key encipherment', ...template.usages],
        isAuthority: false,
      },
      signer,
    );
    return { certificate, key: pemOf(own) };
  };
  return {
    authority: createAuthority({
      certificate: stored.certificate,
      signer,
      tokenKey: createPrivateKey(stored.tokenKey),
    }),
    get port() {
      return port;
    },
    async rememberPort(next) {
      if (next === port) return;
      port = next;
      await write({ ...stored, port: next });
    },
    issueServer: (host) =>
      issue({ subject: { commonName: 'kube-apiserver' }, usages: ['server auth'], hosts: hostsOf(host) }),
    issueAdmin: () => issue({ subject: ADMIN, usages: ['client auth'] }),
  };
}

const SERVICE_HOSTS = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];
const SERVICE_ADDRESS = '10.96.0.1';
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** All names that a client may have of the server: a listener on any address has those of the machine. */
function hostsOf(host: string): readonly string[] {
  const own = ANY_ADDRESS.has(host)
    ? Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
    : [host];
  return [...new Set([...SERVICE_HOSTS, 'localhost', SERVICE_ADDRESS, '127.0.0.1', '::1', ...own])];
}
