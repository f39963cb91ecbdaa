/**
 * The way to a cluster through the HTTP proxy that its kubeconfig names (`proxy-url`). Follows Go's http.Transport: a
 * server without TLS is asked for by its whole URL, one with TLS through a tunnel that CONNECT opens.
 */
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** What a request to `path` of the target needs besides. */
export type Way = (path: string) => RequestOptions;

/** A connection for each request: none is kept. */
export function throughProxy(
  proxy: URL,
  { target, tls }: { readonly target: URL; readonly tls: ConnectionOptions },
): Way {
  if (target.protocol === 'https:') {
    const { host } = addressOf(target);
    const name = isIP(host) === 0 ? { servername: host } : {};
    const createConnection: RequestOptions['createConnection'] = (_options, done) => {
      openTunnel(proxy, target).then(
        (socket) => {
          const secured = connectTls({ host, ...name, ...tls, socket });
          secured.once('secureConnect', () => done(null, secured));
          secured.once('error', (error) => done(error, secured));
        },
        // Node's own types have no error without a connection.
        (error: Error) => done(error, undefined as unknown as Socket),
      );
      return undefined;
    };
    return () => ({ createConnection });
  }
  const createConnection = (): Socket => {
    const { host, port } = addressOf(proxy);
    return proxy.protocol === 'https:'
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectTcp({ host, port });
  };
  return (path) => ({ createConnection, path: `${target.origin}${path}`, headers: proofOf(proxy) });
}

function openTunnel(proxy: URL, target: URL): Promise<Socket> {
  const authority = `${target.hostname}:${target.port || 443}`;
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const { host, port } = addressOf(proxy);
  return new Promise((resolve, reject) => {
    const request = send({
      ...{ host, port, method: 'CONNECT', path: authority, agent: false },
      headers: { host: authority, ...proofOf(proxy) },
    });
    request.once('connect', (response, socket: Socket) => {
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(response.statusMessage || 'Unknown status code'));
      }
    });
    request.once('error', (error) => reject(new Error(`proxyconnect tcp: ${error.message}`, { cause: error })));
    request.end();
  });
}

function addressOf({ hostname, port, protocol }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** The name and password of the proxy's URL. */
function proofOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
