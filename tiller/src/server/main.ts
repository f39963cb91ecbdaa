/**
 * Starts a server on a data folder: takes the folder, composes the app, listens, and says where; on the way down it
 * stops taking connections, and writes all state.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, composeApp } from './compose.ts';
import type { ServerConfig } from './config.ts';
import { type DataLock, lockData } from './data-lock.ts';

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
  try {
    app = await composeApp(config);
    const server = createServer(app.handle);
    // Watches and event streams are open for as long as their readers want.
    server.requestTimeout = 0;
    await listen(server, config);
    const address = formatAddress(server.address());
    if (options.isPublic) await lock.publish(address);
    return { address, close: closeOnce({ server, app, lock }) };
  } catch (error) {
    await app?.close();
    await lock.release();
    throw error;
  }
}

function listen(server: Server, config: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Open requests are given a moment; streams, which never end by themselves, are cut. */
const GRACE = 2000;

function closeOnce(parts: { server: Server; app: App; lock: DataLock }): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    const { server, app, lock } = parts;
    const ended = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), GRACE);
    await ended;
    clearTimeout(cut);
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
