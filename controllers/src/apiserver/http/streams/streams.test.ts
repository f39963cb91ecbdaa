import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulation, type Simulation } from '../../../simulation/simulation.ts';

/** A message of a stream: which one, and what. */
type Message = readonly [number, string];

describe('streams of pods', () => {
  let simulation: Simulation;
  let server: Server;

  beforeEach(async () => {
    simulation = createSimulation({ name: 'streams', nodes: 1 });
    for (const name of ['web', 'ended']) {
      simulation.client.create('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default' },
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: 'main', image: 'busybox', command: name === 'web' ? ['sleep', 'infinity'] : ['false'] },
            { name: 'side', image: 'nginx' },
          ],
        },
      });
    }
    simulation.advance(20_000);
    server = createServer((request, response) => simulation.handler(request, response));
    server.on('upgrade', (request, socket) => {
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(socket as Socket);
      response.on('finish', () => socket.end());
      simulation.handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('run a command over a WebSocket and tell how it ended', async () => {
    const { protocol, messages } = await connect(
      'web/exec?container=main&command=sh&command=-c&command=echo+hi%3Bexit+3',
    );
    expect(protocol).toBe('v5.channel.k8s.io');
    const status = messages.find(([channel]) => channel === 3)?.[1] ?? '';
    expect(messages.filter(([channel, text]) => channel === 1 && text !== '')).toEqual([[1, 'hi\n']]);
    expect(JSON.parse(status)).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 3',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  it('give a command its input until that ends', async () => {
    const input = [frame([0, ...Buffer.from('piped')]), frame([255, 0])];
    const { messages } = await connect('web/exec?container=main&command=cat&stdin=true', input);
    expect(messages.filter(([channel, text]) => channel === 1 && text !== '')).toEqual([[1, 'piped']]);
    expect(JSON.parse(messages.at(-1)?.[1] ?? '')).toEqual({ metadata: {}, status: 'Success' });
  });

  it('are refused in words for what is not there', async () => {
    const message = async (path: string) => JSON.parse((await answer(path)).text).message;
    expect(await message('none/exec?command=true')).toBe('pods "none" not found');
    expect(await message('web/exec?container=other&command=true')).toBe('container other is not valid for pod web');
    expect(await message('web/exec?command=true')).toBe(
      'a container name must be specified for pod web, choose one of: [main side]',
    );
    expect(await answer('ended/exec?container=main&command=true')).toEqual({
      code: 500,
      text: 'container not found ("main")',
    });
  });

  it('end with a client that breaks the protocol', async () => {
    const unmasked = Buffer.from([0x82, 1, 0]);
    const { messages } = await connect('web/exec?container=main&command=cat&stdin=true', [unmasked]);
    expect(messages.map(([channel]) => channel)).toEqual([1]);
  });

  it('tell why a container has no logs', async () => {
    const message = async (path: string) => JSON.parse((await plain(path)).text).message;
    expect(await message('web/log?container=main&previous=true')).toBe(
      'previous terminated container "main" in pod "web" not found',
    );
    expect(await message('web/log?container=main&tailLines=-1')).toBe(
      'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    );
    expect(await message('web/log?container=main&tailLines=x')).toBe('strconv.ParseInt: parsing "x": invalid syntax');
    expect(await plain('ended/log?container=main&follow=true')).toEqual({ code: 200, text: '' });
  });

  it('are not the only way in: a first page and the health of a kubelet can be read', async () => {
    expect((await plain('web/proxy/')).text).toContain('It works!');
    expect((await plain('web:81/proxy/other')).text).toMatch(
      /error trying to reach service: dial tcp \S+:81: connect: connection refused/,
    );
    expect(await plain('../../../nodes/node-1/proxy/healthz')).toEqual({ code: 200, text: 'ok' });
  });

  function pathOf(path: string): string {
    return `/api/v1/namespaces/default/pods/${path}`;
  }

  function ask(path: string, headers: Record<string, string>) {
    const { port } = server.address() as AddressInfo;
    return httpRequest({ host: '127.0.0.1', port, path: pathOf(path), headers });
  }

  const UPGRADE = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
  };

  function answered(path: string, headers: Record<string, string>): Promise<{ code: number; text: string }> {
    return new Promise((resolve, reject) => {
      const asked = ask(path, headers);
      asked.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  const answer = (path: string) => answered(path, UPGRADE);
  const plain = (path: string) => answered(path, {});

  function connect(path: string, input: readonly Buffer[] = []): Promise<{ protocol: string; messages: Message[] }> {
    return new Promise((resolve, reject) => {
      const asked = ask(path, UPGRADE);
      asked.on('upgrade', (response, socket, head: Buffer) => {
        const digest = createHash('sha1').update(`${UPGRADE['Sec-WebSocket-Key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
        expect(response.headers['sec-websocket-accept']).toBe(digest.digest('base64'));
        const chunks: Buffer[] = [head];
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('close', () =>
          resolve({
            protocol: String(response.headers['sec-websocket-protocol']),
            messages: messagesOf(Buffer.concat(chunks)),
          }),
        );
        for (const part of input) socket.write(part);
      });
      asked.on('response', (response) => reject(new Error(`not upgraded: ${response.statusCode}`)));
      asked.on('error', reject);
      asked.end();
    });
  }
});

/** A client's frame, masked with zeros. */
function frame(bytes: readonly number[]): Buffer {
  return Buffer.from([0x82, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes]);
}

function messagesOf(bytes: Buffer): Message[] {
  const out: Message[] = [];
  let at = 0;
  while (at < bytes.length) {
    const isBinary = (bytes.readUInt8(at) & 15) === 2;
    let length = bytes.readUInt8(at + 1);
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    }
    if (isBinary) out.push([bytes.readUInt8(at), bytes.subarray(at + 1, at + length).toString()]);
    at += length;
  }
  return out;
}
