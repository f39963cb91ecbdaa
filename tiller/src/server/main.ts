/**
 * Starts a server on a data folder: takes the folder, composes the app, listens, and says where; on the way down it
 * stops taking connections, and writes all state.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClusterListeners, listenForClusters } from './cluster-listeners.ts';
import { type App, composeApp } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { closeServer, keepStreams, listenAt } from './connections.ts';
import { type DataLock, lockData } from './data-lock.ts';
import { serveUpgrades } from './upgrades.ts';

export interface RunningServer {
  /** e.g. `http://127.0.0.1:8080` */
  readonly address: string;
  close(): Promise<void>;
}

/** `isPublic` servers can be found by commands on the same data folder. Throws when the folder or the port is taken. */
export async function startServer(
  config: ServerConfig,
  options: { readonly isPublic: boolean },
): Promise<RunningServer> {
  const lock = await lockData(config.data);
  let app: App | undefined;
  let server: Server | undefined;
  try {
    app = await composeApp(config);
    server = createServer(app.handle);
    keepStreams(server);
    serveUpgrades(server, app.handle);
    await listenAt(server, config);
    const address = formatAddress(server.address());
    const listeners = options.isPublic ? await listenForClusters(app.clusters, config) : undefined;
    if (options.isPublic) await lock.publish(address);
    return { address, close: closeOnce({ server, app, lock, listeners }) };
  } catch (error) {
    server?.close();
    await app?.close();
    await lock.release();
    throw error;
  }
}

function closeOnce(parts: {
  server: Server;
  app: App;
  lock: DataLock;
  listeners: ClusterListeners | undefined;
}): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    const { server, app, lock, listeners } = parts;
    await Promise.all([closeServer(server), listeners?.close()]);
    await app.close();
    await lock.release();
  };
  return () => {
    closing ??= close();
    return closing;
  };
}

function formatAddress(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
