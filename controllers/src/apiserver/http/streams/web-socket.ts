/**
 * The server's end of a WebSocket (RFC 6455), as far as Kubernetes' streams need it: binary and text messages, pings,
 * closing; without extensions. Hostile input ends the connection.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface WebSocket {
  send(data: Uint8Array): void;
  close(): void;
  onMessage: (data: Buffer) => void;
  /** The client has gone, or was cut off. */
  onClose: () => void;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_MESSAGE = 4 * 1024 * 1024;
/** A client that does not read is cut off before it holds up more than this. */
const MAX_BUFFERED = 16 * 1024 * 1024;
const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Whether a request asks for a WebSocket. */
export function asksForWebSocket(request: IncomingMessage): boolean {
  return (
    (request.headers.upgrade ?? '').toLowerCase() === 'websocket' && request.headers['sec-websocket-key'] !== undefined
  );
}

/** Agrees, with the first protocol of the client's that is known. Undefined when there is none. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  known: readonly string[],
): { readonly connection: WebSocket; readonly protocol: string } | undefined {
  const asked = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = asked.find((name) => known.includes(name));
  if (protocol === undefined) return undefined;
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  return { connection: connect(socket), protocol };
}

function connect(socket: Duplex): WebSocket {
  let rest: Buffer = Buffer.alloc(0);
  let message: Buffer[] = [];
  let isOver = false;
  const connection: WebSocket = {
    send: (data) => write(OPCODE.binary, data),
    close() {
      write(OPCODE.close, Buffer.from([3, 232])); // 1000: as planned
      end();
    },
    onMessage: () => {},
    onClose: () => {},
  };

  function write(opcode: number, data: Uint8Array): void {
    if (isOver || socket.destroyed) return;
    socket.write(Buffer.concat([frameHeader(opcode, data.length), data]));
    if (socket.writableLength > MAX_BUFFERED) fail();
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    socket.end();
    connection.onClose();
  }

  function fail(): void {
    isOver = true;
    socket.destroy();
    connection.onClose();
  }

  function take(frame: Frame): void {
    switch (frame.opcode) {
      case OPCODE.ping:
        write(OPCODE.pong, frame.data);
        return;
      case OPCODE.pong:
        return;
      case OPCODE.close:
        write(OPCODE.close, frame.data.subarray(0, 2));
        end();
        return;
      default:
        message.push(frame.data);
        if (message.reduce((sum, { length }) => sum + length, 0) > MAX_MESSAGE) {
          fail();
          return;
        }
        if (!frame.isLast) return;
        connection.onMessage(Buffer.concat(message));
        message = [];
    }
  }

  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (!isOver) {
      const frame = readFrame(rest);
      if (frame === undefined) break;
      if (frame === 'bad') {
        fail();
        break;
      }
      rest = rest.subarray(frame.size);
      take(frame);
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (isOver) return;
    isOver = true;
    connection.onClose();
  });
  return connection;
}

function frameHeader(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, length]);
  if (length < 65_536) return Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
  const header = Buffer.alloc(10);
  header[0] = 0x80 | opcode;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly data: Buffer;
  /** With its header. */
  readonly size: number;
}

/** Undefined until the whole frame is there. Clients must mask theirs. */
function readFrame(bytes: Buffer): Frame | 'bad' | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  if ((second & 0x80) === 0 || (first & 0x70) !== 0) return 'bad';
  let length = second & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    const long = bytes.readBigUInt64BE(2);
    if (long > BigInt(MAX_MESSAGE)) return 'bad';
    length = Number(long);
    at = 10;
  }
  if (length > MAX_MESSAGE) return 'bad';
  if (bytes.length < at + 4 + length) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const data = Buffer.from(bytes.subarray(at + 4, at + 4 + length));
  for (let index = 0; index < data.length; index += 1) data[index] = (data[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, data, size: at + 4 + length };
}
