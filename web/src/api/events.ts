/**
 * The server's event stream, kept open: the present state, `ready`, then changes (see ServerEvent). When it breaks it is
 * opened anew, each time a little later, and the state is told from the start.
 */
import type { ServerEvent } from '@drydock/tiller/api';

export interface EventStreamListener {
  /** A connection has begun: what follows is the whole state. */
  opened(): void;
  received(event: ServerEvent): void;
  /** There is no connection; the next try comes after `milliseconds`. */
  lost(milliseconds: number): void;
}

const eventTypes: readonly ServerEvent['type'][] = ['cluster', 'release', 'pod', 'ready'];
const firstDelay = 500;
const longestDelay = 10_000;

/** Opens the stream at `url` and keeps it open. Answers how to stop. */
export function openEventStream(url: string, listener: EventStreamListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const open = (): void => {
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => {
      failures = 0;
      listener.opened();
    };
    // The browser would reconnect after some failures and give up after others: one rule for all is clearer.
    opened.onerror = () => {
      opened.close();
      const delay = retryDelay(failures);
      failures += 1;
      listener.lost(delay);
      timer = setTimeout(open, delay);
    };
    for (const type of eventTypes) {
      opened.addEventListener(type, (message: MessageEvent<string>) => {
        const event = parseServerEvent(message.data);
        if (event !== undefined) {
          listener.received(event);
        }
      });
    }
  };

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/** How long to wait after this many failures in a row, in milliseconds. */
export function retryDelay(failures: number): number {
  return Math.min(longestDelay, firstDelay * 2 ** failures);
}

/** The event in a message, or undefined when it is none that this page knows. */
export function parseServerEvent(data: string): ServerEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return undefined;
  }
  const type = typeof parsed === 'object' && parsed !== null && 'type' in parsed ? parsed.type : undefined;
  // A parsed border: the server's types say what an event of a known type holds.
  return eventTypes.some((known) => known === type) ? (parsed as ServerEvent) : undefined;
}
