/** What all our HTTP servers have in common: how long connections live, and how they end. */
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { setDefaultHighWaterMark } from 'node:stream';
import { cutUpgrades } from './upgrades.ts';

/** As long as kube-apiserver keeps idle connections: clients that use one again must not find it closing. */
const IDLE = 180_000;
/**
 * Bytes of an answer that a socket takes before it says that it is behind. Node 20 pauses the parser of a connection whose
 * next request comes before that has drained, and over TLS the rest of the request then ends the connection
 * (HPE_PAUSED): the answers to writes have to fit.
 */
const SOCKET_BUFFER = 256 * 1024;
/** Open requests are given a moment; streams, which never end by themselves, are cut. */
const GRACE = 2000;

/** How long a request may take to come, with its body (milliseconds); Node answers 408 then. */
const REQUEST = 300_000;

/** Watches and event streams are open for as long as their readers want; what is sent to us has to come. */
export function keepStreams(server: Pick<HttpServer, 'requestTimeout' | 'keepAliveTimeout'>): void {
  // Sockets over TLS take no other option.
  setDefaultHighWaterMark(false, SOCKET_BUFFER);
  server.requestTimeout = REQUEST;
  server.keepAliveTimeout = IDLE;
}

/** Listens. Rejects where that can't be; what goes wrong later, such as too many open files, is told and ends nothing. */
export function listenAt(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      server.on('error', (error) => process.stderr.write(`a connection was not taken: ${String(error)}\n`));
      resolve();
    });
  });
}

/** Takes no more connections, and resolves when the last has gone. */
export async function closeServer(
  server: Pick<HttpServer, 'on' | 'close' | 'closeIdleConnections' | 'closeAllConnections'>,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  cutUpgrades(server);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE);
  await ended;
  clearTimeout(cut);
}
