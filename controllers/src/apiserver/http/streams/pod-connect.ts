/**
 * Commands in a pod's containers and what they write, over WebSockets (pkg/registry/core/pod/rest/subresources.go and
 * kubelet's server, v1.34): pods/exec and pods/attach. SPDY, which clients try second, is not spoken; it gets the errors.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest } from '../../../apimachinery/api-errors.ts';
import { getPath } from '../../../apimachinery/json.ts';
import type { Core } from '../../core.ts';
import type { ExecSession } from '../../kubelet-answers.ts';
import { getObject } from '../../verbs/read.ts';
import type { ResourceRequest } from '../../verbs/request.ts';
import { booleanOption } from '../options.ts';
import { containerCommand, containerName } from '../pod-container.ts';
import { followLog } from '../pod-log.ts';
import { sendText } from '../write-answer.ts';
import { CHANNEL_PROTOCOLS, type Channels, openChannels } from './channels.ts';
import { openTerminal } from './terminal.ts';
import { acceptWebSocket, asksForWebSocket } from './web-socket.ts';

const CONNECTIONS = new Set(['exec', 'attach', 'portforward']);
const PROMPT = '/ # ';

/** Whether a request is for streams of a pod. */
export function isPodConnection({ resource, subresource }: ResourceRequest): boolean {
  return resource.group === '' && resource.resource === 'pods' && CONNECTIONS.has(subresource);
}

export interface ConnectContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** Answers when the streams are open. Throws NotFound, BadRequest. */
export function connectPod(core: Core, { request, response, query }: ConnectContext, target: ResourceRequest): void {
  const pod = getObject(core, target);
  const container = target.subresource === 'portforward' ? '' : containerName(pod, query.get('container') ?? '');
  if (String(getPath(pod, ['spec', 'nodeName']) ?? '') === '')
    throw badRequest(`pod ${target.name} does not have a host assigned`);
  if (target.subresource === 'portforward')
    throw badRequest('ports of simulated pods cannot be forwarded: nothing listens at them');
  const place = { namespace: target.namespace, pod: target.name, container };
  const session = core.kubelet?.exec(place);
  if (session === undefined) {
    sendText(response, 500, `container not found ("${container}")`);
    return;
  }
  if (!asksForWebSocket(request)) throw badRequest('Upgrade request required');
  const { socket } = response;
  if (socket === null) return;
  response.detachSocket(socket);
  const accepted = acceptWebSocket(request, socket, CHANNEL_PROTOCOLS);
  if (accepted === undefined) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    return;
  }
  const channels = openChannels(accepted.connection);
  const streams = streamsOf(query);
  const command = containerCommand(pod, container);
  const isTyped = streams.stdin && streams.tty && session.isShell(command);
  if (target.subresource === 'attach' && isTyped) runCommand(session, channels, { command, ...streams });
  else if (target.subresource === 'attach') attach(core, place, channels);
  else runCommand(session, channels, { command: query.getAll('command'), ...streams });
}

interface Streams {
  readonly stdin: boolean;
  readonly tty: boolean;
}

function streamsOf(query: URLSearchParams): Streams {
  const is = (name: string): boolean => booleanOption(query, name) ?? false;
  return { stdin: is('stdin'), tty: is('tty') };
}

/** What the container writes from now on, until it ends. */
function attach(core: Core, place: { namespace: string; pod: string; container: string }, channels: Channels): void {
  const stop = followLog(
    core,
    { ...place, previous: false, timestamps: false },
    { write: (text) => channels.stdout(text), end: () => channels.finish(0), isFull: () => false },
    true,
  );
  channels.onClose = stop;
}

/** A command that reads waits for the end of what the client sends. */
const MAX_INPUT = 1024 * 1024;

function runCommand(
  session: ExecSession,
  channels: Channels,
  { command, stdin, tty }: Streams & { readonly command: readonly string[] },
): void {
  const shown = (text: string): string => (tty ? text.replaceAll('\n', '\r\n') : text);
  channels.onClose = () => session.close();
  if (tty && stdin && session.isShell(command)) {
    runTerminal(session, channels, shown);
    return;
  }
  let input = '';
  let hasBegun = false;
  const begin = (): void => {
    if (hasBegun) return;
    hasBegun = true;
    session.run(command, input, ({ stdout, stderr, exitCode }) => {
      channels.stdout(shown(stdout));
      if (tty) channels.stdout(shown(stderr));
      else channels.stderr(stderr);
      channels.finish(exitCode);
    });
  };
  channels.onInput = (data) => {
    if (input.length < MAX_INPUT) input += data.toString();
  };
  channels.onInputEnd = begin;
  if (!stdin || !session.readsInput(command)) begin();
}

/** A shell that a person types into: each line is a command. */
function runTerminal(session: ExecSession, channels: Channels, shown: (text: string) => string): void {
  let last = 0;
  const terminal = openTerminal({
    prompt: PROMPT,
    write: (text) => channels.stdout(text),
    end: () => channels.finish(last),
    run(line, then) {
      const leave = /^\s*exit(?:\s+(\d+))?\s*$/.exec(line);
      if (leave !== null) {
        channels.finish(leave[1] === undefined ? last : Number(leave[1]) % 256);
        return;
      }
      session.run(['sh', '-c', line], '', ({ stdout, stderr, exitCode }) => {
        last = exitCode;
        channels.stdout(shown(stdout + stderr));
        then();
      });
    },
  });
  channels.onInput = (data) => terminal.input(data);
}
