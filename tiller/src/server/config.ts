/** The server's settings: flags, then `DRYDOCK_*`, then defaults; read once. */
import { resolve } from 'node:path';
import { defaultLimits, type Limits } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';
import type { WorkerRendererOptions } from '../rendering/worker-renderer.ts';

export interface ServerConfig {
  /** The folder that holds all state. */
  readonly data: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Virtual milliseconds for each millisecond of wall time while the server runs; 0 stands still. */
  readonly clockRate: number;
  /** Whether each write to a cluster is safe from a loss of power before it is answered. */
  readonly syncWrites?: boolean;
  /** Bytes of a request's body. */
  readonly maxBodyBytes: number;
  /** Where templates end. */
  readonly renderLimits: Limits;
  /** Threads that render; absent, the server does it itself, and answers nothing meanwhile. */
  readonly renderThreads?: WorkerRendererOptions;
}

export interface ConfigFlags {
  readonly data?: string | undefined;
  readonly listen?: string | undefined;
  readonly clockRate?: string | undefined;
  readonly syncWrites?: boolean;
  /** Default: that of the charts. */
  readonly renderLimits?: Limits | undefined;
  /** For a server that answers others while it renders. */
  readonly renderThreads?: { readonly seconds: string | undefined };
}

export const DEFAULT_DATA = './.drydock';
export const DEFAULT_LISTEN = '127.0.0.1:8080';
const DEFAULT_RENDER_SECONDS = 30;

/** Throws Invalid for an address, a rate or a number of seconds that is none. */
export function readConfig(flags: ConfigFlags, env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const { host, port } = parseListen(flags.listen ?? env.DRYDOCK_LISTEN ?? DEFAULT_LISTEN);
  const rate = flags.clockRate ?? env.DRYDOCK_CLOCK_RATE ?? '1';
  const clockRate = Number(rate);
  if (rate.trim() === '' || !Number.isFinite(clockRate) || clockRate < 0) {
    throw new ReleaseError('Invalid', `clock rate "${rate}" is not a number from 0 up`);
  }
  return {
    data: dataFolder(flags.data, env),
    host,
    port,
    clockRate,
    syncWrites: flags.syncWrites ?? ['1', 'true'].includes(env.DRYDOCK_SYNC_WRITES ?? ''),
    maxBodyBytes: 64 * 1024 * 1024,
    renderLimits: flags.renderLimits ?? defaultLimits,
    ...(flags.renderThreads === undefined
      ? {}
      : { renderThreads: { seconds: parseSeconds(flags.renderThreads.seconds ?? env.DRYDOCK_MAX_RENDER_SECONDS) } }),
  };
}

const MOST_SECONDS = 86_400;

function parseSeconds(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_RENDER_SECONDS;
  const seconds = Number(text);
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text) && seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new ReleaseError(
    'Invalid',
    `the limit "${text}" of --max-render-seconds is not a number above 0 and up to ${MOST_SECONDS}, such as 30 or 2.5`,
  );
}

/** The folder of all state, absolute. */
export function dataFolder(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  return resolve(flag ?? env.DRYDOCK_DATA ?? DEFAULT_DATA);
}

function parseListen(listen: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(listen);
  const port = Number(match?.[2]);
  if (match === null || port > 65535) {
    throw new ReleaseError('Invalid', `listen address "${listen}" is not HOST:PORT`);
  }
  const host = match[1] ?? '';
  return { host: host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''), port };
}
