/**
 * The streams of a command over one WebSocket (apimachinery's remotecommand v4 and v5, v1.34): the first byte of a message
 * tells which stream it is of; how the command ended is a Status on a stream of its own.
 */
import type { WebSocket } from './web-socket.ts';

export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** Of v5: the stream named in the second byte has ended. */
const CLOSE = 255;

export interface Channels {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Tells how the command ended, and closes. */
  finish(exitCode: number): void;
  /** As finish, of a command that could not be run. */
  fail(message: string): void;
  onInput: (data: Buffer) => void;
  onInputEnd: () => void;
  onClose: () => void;
}

export function openChannels(connection: WebSocket): Channels {
  const send = (channel: number, data: string): void => {
    if (data !== '') connection.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)]));
  };
  const end = (status: object): void => {
    send(STATUS, JSON.stringify({ metadata: {}, ...status }));
    connection.close();
  };
  const channels: Channels = {
    stdout: (text) => send(STDOUT, text),
    stderr: (text) => send(STDERR, text),
    finish(exitCode) {
      if (exitCode === 0) end({ status: 'Success' });
      else {
        end({
          status: 'Failure',
          message: `command terminated with non-zero exit code: exit status ${exitCode}`,
          reason: 'NonZeroExitCode',
          details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
        });
      }
    },
    fail: (message) =>
      end({
        status: 'Failure',
        message: `Internal error occurred: ${message}`,
        reason: 'InternalError',
        details: { causes: [{ message }] },
        code: 500,
      }),
    onInput: () => {},
    onInputEnd: () => {},
    onClose: () => {},
  };
  connection.onMessage = (data) => {
    if (data[0] === STDIN) channels.onInput(data.subarray(1));
    else if (data[0] === CLOSE && data[1] === STDIN) channels.onInputEnd();
  };
  connection.onClose = () => channels.onClose();
  // Tells the client that the streams are open.
  connection.send(Buffer.from([STDOUT]));
  return channels;
}
