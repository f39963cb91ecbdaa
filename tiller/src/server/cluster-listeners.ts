/**
 * A port over HTTPS for each cluster, as a real one has: what its kubeconfig points to. A cluster keeps its port over
 * restarts while that is free, and loses it when it is deleted.
 */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Peer } from '@drydock/controllers';
import type { SimulatedCluster } from '../clusters/simulated.ts';
import type { SimulatedClusters } from '../clusters/simulated-clusters.ts';
import { closeServer, keepStreams, listenAt } from './connections.ts';
import { serveCluster } from './kubernetes.ts';
import { serveUpgrades } from './upgrades.ts';

export interface ClusterListeners {
  close(): Promise<void>;
}

/** Listens for the clusters that there are, and from then on for each that comes. */
export async function listenForClusters(
  clusters: SimulatedClusters,
  { host }: { readonly host: string },
): Promise<ClusterListeners> {
  const servers = new Map<string, Promise<Server>>();
  await clusters.observe({
    async added(cluster) {
      const listening = listenFor(clusters, cluster, host);
      servers.set(cluster.name, listening);
      await listening;
    },
    removed(name) {
      const server = servers.get(name);
      servers.delete(name);
      server?.then(closeServer).catch(() => {});
    },
  });
  return {
    async close() {
      const all = await Promise.allSettled(servers.values());
      await Promise.all(all.map((each) => (each.status === 'fulfilled' ? closeServer(each.value) : undefined)));
    },
  };
}

async function listenFor(clusters: SimulatedClusters, cluster: SimulatedCluster, host: string): Promise<Server> {
  const credentials = clusters.credentialsOf(cluster.name);
  const { certificate, key } = credentials.issueServer(host);
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    // The server is one of TLS, and so are its sockets.
    const peer = peerOf(request.socket as TLSSocket, cluster.clock.now());
    serveCluster(clusters, cluster, { request, response, peer });
  };
  const server = createServer(
    {
      cert: certificate,
      key,
      ca: credentials.authority.certificate,
      minVersion: 'TLSv1.2',
      // Who has no certificate may have a token, or be anonymous.
      requestCert: true,
      rejectUnauthorized: false,
    },
    serve,
  );
  keepStreams(server);
  serveUpgrades(server, serve);
  await listen(server, { host, port: credentials.port ?? 0 });
  const { port } = server.address() as AddressInfo; // it listens at a host and a port
  await clusters.setPort(cluster.name, port);
  return server;
}

/** Who a client's certificate says it is. */
function peerOf(socket: TLSSocket, now: number): Peer {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { kind: 'unknown' };
  if (!socket.authorized && !isValidAt(certificate, String(socket.authorizationError), now))
    return { kind: 'untrusted' };
  const { subject } = certificate.toLegacyObject();
  return {
    kind: 'certificate',
    commonName: textsOf(subject.CN).at(-1) ?? '',
    organizations: textsOf(subject.O),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** Whether all that is wrong with a certificate by our clock is right by the cluster's. */
function isValidAt({ validFrom, validTo }: X509Certificate, problem: string, now: number): boolean {
  const isOfDates = problem === 'CERT_NOT_YET_VALID' || problem === 'CERT_HAS_EXPIRED';
  return isOfDates && Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function textsOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** At the port that it had, or where that is taken, at another. */
async function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  try {
    await listenAt(server, at);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken || at.port === 0) throw error;
    await listenAt(server, { host: at.host, port: 0 });
  }
}
