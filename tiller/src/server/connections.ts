/** What all our HTTP servers have in common: how long connections live, and how they end. */
import type { Server } from 'node:http';

/** As long as kube-apiserver keeps idle connections: clients that use one again must not find it closing. */
const IDLE = 180_000;
/** Open requests are given a moment; streams, which never end by themselves, are cut. */
const GRACE = 2000;

/** Watches and event streams are open for as long as their readers want. */
export function keepStreams(server: Pick<Server, 'requestTimeout' | 'keepAliveTimeout'>): void {
  server.requestTimeout = 0;
  server.keepAliveTimeout = IDLE;
}

/** Takes no more connections, and resolves when the last has gone. */
export async function closeServer(
  server: Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE);
  await ended;
  clearTimeout(cut);
}
