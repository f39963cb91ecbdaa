/**
 * Events as client-go's recorder and correlator write them (tools/record v0.34): equal ones are counted up, more than
 * ten similar ones within ten minutes are combined, and an object gets at most 25 at once from one source, then one
 * every five minutes. What it remembers is only to keep events few; losing it loses nothing else.
 */
import type { Event } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isApiError } from '../apimachinery/status.ts';
import { formatMicroTime, formatTime, type Instant, MINUTE } from '../apimachinery/time.ts';
import type { Client } from './client.ts';

export type EventType = 'Normal' | 'Warning';

export interface EventNote {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  /** Part of the object, e.g. `spec.containers{main}`. */
  readonly fieldPath?: string;
  /** As events.k8s.io has it: what was done. Makes the event one of that API's kind, without a source. */
  readonly action?: string;
}

export interface EventRecorder {
  /** Never fails: an event that the API server refuses is dropped, as upstream does. */
  record(about: KubeObject, note: EventNote): void;
}

export interface EventSource {
  readonly component: string;
  /** The node, for a kubelet. */
  readonly host?: string;
}

const COMBINED_PREFIX = '(combined from similar events): ';
const SIMILAR_EVENTS = 10;
const SIMILAR_WITHIN = 10 * MINUTE;
const BURST = 25;
const REFILL = 5 * MINUTE;
const REMEMBERED = 4096;

interface Link<V> {
  readonly key: string;
  value: V;
  older: Link<V> | undefined;
  newer: Link<V> | undefined;
}

/** A map that forgets what was not used for longest: its entries are linked in the order of their use. */
class RecentMap<V> {
  readonly #entries = new Map<string, Link<V>>();
  #oldest: Link<V> | undefined;
  #newest: Link<V> | undefined;

  get(key: string): V | undefined {
    const link = this.#entries.get(key);
    if (link === undefined) return undefined;
    this.#touch(link);
    return link.value;
  }

  set(key: string, value: V): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      this.#touch(known);
      return;
    }
    const link: Link<V> = { key, value, older: undefined, newer: undefined };
    this.#entries.set(key, link);
    this.#append(link);
    if (this.#entries.size <= REMEMBERED || this.#oldest === undefined) return;
    this.#entries.delete(this.#oldest.key);
    this.#unlink(this.#oldest);
  }

  #touch(link: Link<V>): void {
    if (link === this.#newest) return;
    this.#unlink(link);
    this.#append(link);
  }

  #append(link: Link<V>): void {
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
  }

  #unlink(link: Link<V>): void {
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    if (link.newer === undefined) this.#newest = link.older;
    else link.newer.older = link.older;
  }
}

interface Seen {
  readonly name: string;
  readonly namespace: string;
  count: number;
  message: string;
}

/** Answers a maker of recorders, one for each component; the names of their events never clash. */
export function createEventRecorders(options: {
  readonly client: Client;
  readonly now: () => Instant;
}): (source: EventSource) => EventRecorder {
  const { client, now } = options;
  let lastNanos = 0n;
  let lastTime = Number.NaN;
  const uniqueSuffix = (): string => {
    const time = Math.trunc(now());
    const nanos = time === lastTime ? lastNanos : BigInt(time) * 1_000_000n;
    lastTime = time;
    lastNanos = nanos > lastNanos ? nanos : lastNanos + 1n;
    return lastNanos.toString(16);
  };
  return (source) => createEventRecorder({ client, now, uniqueSuffix, ...source });
}

interface RecorderOptions extends EventSource {
  readonly client: Client;
  readonly now: () => Instant;
  readonly uniqueSuffix: () => string;
}

function createEventRecorder(options: RecorderOptions): EventRecorder {
  const { client, now, component, host, uniqueSuffix } = options;
  const seen = new RecentMap<Seen>();
  const similar = new RecentMap<{ messages: Set<string>; last: Instant }>();
  const buckets = new RecentMap<{ tokens: number; at: Instant }>();
  function isSpam(objectKey: string): boolean {
    const bucket = buckets.get(objectKey) ?? { tokens: BURST, at: now() };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now() - bucket.at) / REFILL);
    bucket.at = now();
    buckets.set(objectKey, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }

  /** Whether the event is one of many alike, which are then kept as one. */
  function isCombined(key: string, message: string): boolean {
    let group = similar.get(key);
    if (group === undefined || now() - group.last > SIMILAR_WITHIN) {
      group = { messages: new Set(), last: now() };
      similar.set(key, group);
    }
    group.last = now();
    group.messages.add(message);
    if (group.messages.size < SIMILAR_EVENTS) return false;
    const [any] = group.messages;
    if (any !== undefined) group.messages.delete(any);
    return true;
  }

  function newEvent(about: KubeObject, note: EventNote): KubeObject {
    const namespace = about.metadata.namespace ?? 'default';
    const time = formatTime(now());
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${about.metadata.name ?? ''}.${uniqueSuffix()}`, namespace },
      involvedObject: {
        kind: about.kind,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        name: about.metadata.name,
        ...(about.metadata.uid === undefined ? {} : { uid: about.metadata.uid }),
        apiVersion: about.apiVersion,
        ...(about.metadata.resourceVersion === undefined ? {} : { resourceVersion: about.metadata.resourceVersion }),
        ...(note.fieldPath === undefined ? {} : { fieldPath: note.fieldPath }),
      },
      reason: note.reason,
      message: note.message,
      type: note.type,
      ...(note.action === undefined
        ? {
            source: { component, ...(host === undefined ? {} : { host }) },
            firstTimestamp: time,
            lastTimestamp: time,
            count: 1,
            eventTime: null,
            reportingComponent: component,
            reportingInstance: host ?? '',
          }
        : {
            source: {},
            firstTimestamp: null,
            lastTimestamp: null,
            eventTime: formatMicroTime(now()),
            action: note.action,
            reportingComponent: component,
            reportingInstance: `${component}-${host ?? 'control-plane'}`,
          }),
    };
  }

  /** Counts up an event that is there already. False when it is gone. */
  function countUp(earlier: Seen, message: string): boolean {
    const key = { namespace: earlier.namespace, name: earlier.name };
    const stored = client.find<Event>('events', key);
    if (stored === undefined) return false;
    earlier.count++;
    earlier.message = message;
    const series =
      stored.eventTime === undefined || stored.eventTime === null
        ? { count: earlier.count, lastTimestamp: formatTime(now()) }
        : { series: { count: earlier.count, lastObservedTime: formatMicroTime(now()) } };
    client.patch('events', key, { type: 'merge', patch: { message, ...series } });
    return true;
  }

  return {
    record(about, note) {
      const object = `${about.kind}/${about.metadata.namespace ?? ''}/${about.metadata.name ?? ''}/${about.metadata.uid ?? ''}`;
      const groupKey = `${object}/${note.type}/${note.reason}/${note.action ?? ''}`;
      const combined = isCombined(groupKey, note.message);
      const message = combined ? COMBINED_PREFIX + note.message : note.message;
      const key = combined ? groupKey : `${groupKey}/${note.fieldPath ?? ''}/${note.message}`;
      if (isSpam(object)) return;
      try {
        const earlier = seen.get(key);
        if (earlier !== undefined && countUp(earlier, message)) return;
        const event = newEvent(about, { ...note, message });
        client.create('events', event);
        seen.set(key, {
          name: event.metadata.name ?? '',
          namespace: event.metadata.namespace ?? 'default',
          count: 1,
          message,
        });
      } catch (error) {
        if (!isApiError(error)) throw error;
      }
    },
  };
}
