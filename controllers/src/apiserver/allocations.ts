/**
 * Addresses and node ports that Services hold (the registry's ipallocator and portallocator, v1.34). What is in use is
 * read from the store's own history, so that a fork or a restored cluster needs nothing else.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { storagePrefix } from '../apimachinery/resource.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { Change, ObjectStore } from '../store/object-store.ts';
import type { RandomSource } from './core.ts';

const SERVICES = storagePrefix('', 'services');
export const NODE_PORT_FIRST = 30_000;
export const NODE_PORT_LAST = 32_767;

export interface AllocationOptions {
  /** IPv4, e.g. `10.96.0.0/16`. */
  readonly serviceCidr: string;
}

export class Allocations {
  readonly #store: ObjectStore;
  readonly #random: RandomSource;
  readonly #first: number;
  readonly #size: number;
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<number, string>();
  #seen = -1;
  /** As errors name it. */
  readonly range: string;

  constructor(store: ObjectStore, random: RandomSource, { serviceCidr }: AllocationOptions) {
    this.#store = store;
    this.#random = random;
    this.range = serviceCidr;
    const [address = '10.96.0.0', bits = '16'] = serviceCidr.split('/');
    this.#first = toNumber(address) ?? 0;
    this.#size = 2 ** (32 - Number(bits));
  }

  /** A free address of the range. Throws RangeError when there is none. */
  nextAddress(): string {
    this.#sync();
    // Upstream keeps a band at the start for addresses that are asked for, and takes from it last.
    const band = Math.min(Math.max(16, this.#size / 16), 256);
    for (let i = 0; i < 64; i += 1) {
      const address = toText(this.#first + band + this.#random.below(Math.max(1, this.#size - band - 1)));
      if (!this.#addresses.has(address)) return address;
    }
    for (let i = 1; i < this.#size - 1; i += 1) {
      const address = toText(this.#first + i);
      if (!this.#addresses.has(address)) return address;
    }
    throw new RangeError('range is full');
  }

  /** Whether an address may be taken by a service: the reason against it, else undefined. */
  addressProblem(address: string, key: string): 'range' | 'taken' | undefined {
    this.#sync();
    const number = toNumber(address);
    if (number === undefined || number <= this.#first || number >= this.#first + this.#size - 1) return 'range';
    const holder = this.#addresses.get(address);
    return holder === undefined || holder === key ? undefined : 'taken';
  }

  nextNodePort(except: ReadonlySet<number> = new Set()): number {
    this.#sync();
    const count = NODE_PORT_LAST - NODE_PORT_FIRST + 1;
    const start = this.#random.below(count);
    for (let i = 0; i < count; i += 1) {
      const port = NODE_PORT_FIRST + ((start + i) % count);
      if (!this.#ports.has(port) && !except.has(port)) return port;
    }
    throw new RangeError('range is full');
  }

  isNodePortTaken(port: number, key: string): boolean {
    this.#sync();
    const holder = this.#ports.get(port);
    return holder !== undefined && holder !== key;
  }

  #sync(): void {
    if (this.#seen === this.#store.revision) return;
    try {
      if (this.#seen < 0) throw undefined;
      for (const change of this.#store.changes(this.#seen, SERVICES)) this.#apply(change);
    } catch (error) {
      if (error !== undefined && !isApiError(error, 'Expired')) throw error;
      this.#addresses.clear();
      this.#ports.clear();
      for (const { key, object } of this.#store.list(SERVICES)) this.#take(key, object);
    }
    this.#seen = this.#store.revision;
  }

  #apply({ key, type, object, previous }: Change): void {
    if (previous !== undefined) {
      for (const address of addressesOf(previous)) this.#addresses.delete(address);
      for (const port of portsOf(previous)) this.#ports.delete(port);
    }
    if (type !== 'DELETED') this.#take(key, object);
  }

  #take(key: string, object: KubeObject): void {
    for (const address of addressesOf(object)) this.#addresses.set(address, key);
    for (const port of portsOf(object)) this.#ports.set(port, key);
  }
}

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly ports?: readonly { readonly nodePort?: number }[];
}

function addressesOf(service: KubeObject): string[] {
  const spec = service.spec as ServiceSpec | undefined;
  return [...(spec?.clusterIPs ?? [spec?.clusterIP ?? ''])].filter((address) => address !== '' && address !== 'None');
}

function portsOf(service: KubeObject): number[] {
  const spec = service.spec as ServiceSpec | undefined;
  return [...(spec?.ports ?? []).map((port) => port.nodePort), spec?.healthCheckNodePort].filter(
    (port): port is number => port !== undefined && port !== 0,
  );
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
