/** What changes, told to all who listen: the web page's live picture comes from here. */
import type { ServerEvent } from './api.ts';

export interface EventHub {
  publish(event: ServerEvent): void;
  /** Answers how to stop. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
  readonly listeners: number;
}

export function createEventHub(): EventHub {
  const listeners = new Set<(event: ServerEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    get listeners() {
      return listeners.size;
    },
  };
}
