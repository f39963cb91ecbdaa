/**
 * Requests that ask for another protocol: Node hands them over with their bare connection. They go the way of all
 * requests, with a response on that connection; whoever speaks the protocol takes it from there.
 */
import { type Server as HttpServer, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Upgrading = Pick<HttpServer, 'on'>;

const taken = new WeakMap<Upgrading, Set<Duplex>>();
const MAX_BODY = 4 * 1024 * 1024;

/** Serves such requests, too. Their connections are the server's until `cutUpgrades`. */
export function serveUpgrades(
  server: Upgrading,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const sockets = new Set<Duplex>();
  taken.set(server, sockets);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    // Both our servers listen at sockets of the network.
    response.assignSocket(socket as Socket);
    response.on('finish', () => socket.end());
    if (isStream(request)) {
      if (head.length > 0) socket.unshift(head);
    } else readBody(request, socket, head);
    handle(request, response);
  });
}

/** What is upgraded is no request any more: the server does not end it by itself. */
export function cutUpgrades(server: Upgrading): void {
  for (const socket of taken.get(server) ?? []) socket.destroy();
}

function isStream({ headers }: IncomingMessage): boolean {
  return /^(websocket|spdy\/)/i.test(headers.upgrade ?? '');
}

/** Clients that would rather speak HTTP/2 send their body as ever, but Node leaves it on the connection. */
function readBody(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  let left = Math.min(Number(request.headers['content-length'] ?? 0) || 0, MAX_BODY);
  const take = (chunk: Buffer): void => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (part.length > 0) request.push(part);
    if (left > 0) return;
    socket.off('data', take);
    request.push(null);
  };
  socket.on('data', take);
  take(head);
}
