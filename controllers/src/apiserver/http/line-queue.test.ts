import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createLineQueue, type Line } from './line-queue.ts';

/** A connection that takes what it is told to. */
class Connection extends EventEmitter {
  takes = true;
  isEnded = false;
  readonly lines: string[] = [];
  write(line: Buffer): boolean {
    this.lines.push(line.toString());
    return this.takes;
  }
  end(text?: string): void {
    if (text !== undefined) this.lines.push(text);
    this.isEnded = true;
  }
  destroy(): void {}
}

function queueOn(connection: Connection) {
  let dropped = 0;
  // The queue writes, ends and listens, which this stand-in does.
  const response = connection as unknown as ServerResponse;
  const queue = createLineQueue(response, { resourceVersion: () => 7, onDrop: () => (dropped += 1) });
  return { queue, dropped: () => dropped };
}

const line = (size: number): Line => [Buffer.alloc(size, 'x')];
const text = (letter: string): Line => [Buffer.from(letter)];

describe('what waits for a watcher', () => {
  it('goes out in order, first what was there, while the connection takes it', () => {
    const connection = new Connection();
    const { queue } = queueOn(connection);
    connection.takes = false;
    queue.start([text('a'), text('b')]);
    queue.push(text('c'));
    expect(connection.lines).toEqual(['a']);
    connection.emit('drain');
    expect(connection.lines).toEqual(['a', 'b']);
    connection.takes = true;
    connection.emit('drain');
    queue.push(text('d'));
    queue.end();
    expect(connection.lines).toEqual(['a', 'b', 'c', 'd']);
    expect(connection.isEnded).toBe(true);
  });

  it('is made of what was there only as the connection takes it', () => {
    const connection = new Connection();
    const { queue } = queueOn(connection);
    connection.takes = false;
    let made = 0;
    function* lines(): Iterable<Line> {
      for (; made < 100_000; made += 1) yield line(10);
    }
    queue.start(lines());
    expect(made).toBe(0);
    connection.emit('drain');
    expect(made).toBe(1);
    queue.discard();
  });

  it('is dropped with 410 when it becomes too much, in lines or in bytes', () => {
    for (const [size, count] of [
      [1, 10_002],
      [1024 * 1024, 18],
    ] as const) {
      const connection = new Connection();
      const { queue, dropped } = queueOn(connection);
      connection.takes = false;
      queue.start([line(1)]);
      for (let i = 0; i < count; i += 1) queue.push(line(size));
      expect(dropped()).toBe(1);
      expect(connection.isEnded).toBe(true);
      const last: unknown = JSON.parse(connection.lines.at(-1) ?? '');
      expect(last).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
      queue.push(line(1));
      expect(connection.lines).toHaveLength(2);
    }
  });

  it('is bounded for all watchers together', () => {
    const queues = Array.from({ length: 20 }, () => {
      const connection = new Connection();
      connection.takes = false;
      const made = queueOn(connection);
      made.queue.start([line(1)]);
      for (let i = 0; i < 15; i += 1) made.queue.push(line(1024 * 1024));
      return made;
    });
    expect(queues.reduce((sum, { dropped }) => sum + dropped(), 0)).toBeGreaterThan(0);
    for (const { queue } of queues) queue.discard();
  });
});
