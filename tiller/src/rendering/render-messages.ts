/** What a server's main thread and a thread that renders say to each other: all of it survives a structured clone. */
import { ChartError, type ChartErrorCode, type ChartErrorDetails, type PackedValues } from '@drydock/charts';
import type { RenderAttempt, RenderJob } from '../releases/renderer.ts';

export interface RenderRequest {
  /** Of the chart to render: SHA-256 of its archive. */
  readonly digest: string;
  /** Comes once; the thread keeps it until it is told to forget it. */
  readonly archive?: Uint8Array;
  readonly forget: readonly string[];
  readonly job: SentJob;
}

export type SentJob = Omit<RenderJob, 'values' | 'defaults'> & {
  readonly values: PackedValues;
  readonly defaults: PackedValues | undefined;
};

export interface RenderAnswer {
  readonly outcome: { readonly attempt: RenderAttempt } | { readonly error: SentError };
  /** Bytes of the thread's heap, garbage included. */
  readonly heapBytes: number;
}

/** Says that a thread has loaded its code, before all answers. */
export const READY = 'ready';

export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a ChartError. */
  readonly chart?: { readonly code: ChartErrorCode; readonly details: ChartErrorDetails };
}

export function sendError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), stack: undefined };
  const { name, message, stack } = thrown;
  if (!(thrown instanceof ChartError)) return { name, message, stack };
  return { name, message, stack, chart: { code: thrown.code, details: thrown.details } };
}

/** The error as it was, with the stack of the thread that it comes from. */
export function receiveError({ name, message, stack, chart }: SentError): Error {
  const given = stack === undefined ? {} : { stack };
  if (chart !== undefined) return Object.assign(new ChartError(chart.code, message, chart.details), given);
  return Object.assign(new Error(message), { name, ...given });
}
