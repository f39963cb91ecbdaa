/**
 * From errors to answers: one table gives the HTTP status of each code, and every body is `{code, message, details}`.
 */
import { ChartError } from '@drydock/charts';
import { ApiError } from '@drydock/controllers';
import { httpStatusOf, isRegistryError } from '@drydock/registry';
import { ClusterError } from '../clusters/cluster.ts';
import { oneLine, ReleaseError, type ReleaseErrorCode } from '../releases/release.ts';
import type { ErrorBody } from './api.ts';

const STATUS_BY_CODE: Readonly<Record<ReleaseErrorCode, number>> = {
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Invalid: 422,
  OperationInProgress: 409,
  StaleRelease: 409,
  HookFailed: 422,
  Timeout: 422,
  NotReady: 422,
  Refused: 422,
  Interrupted: 409,
  Unavailable: 503,
};

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** What is answered for an error. What nobody foresaw is a 500 that keeps its message. */
export function answerError(error: unknown): ErrorAnswer {
  if (error instanceof ReleaseError) {
    return { status: STATUS_BY_CODE[error.code], body: bodyOf(error.code, error.message, error.details) };
  }
  if (error instanceof ChartError) return { status: 422, body: bodyOf(error.code, error.message, error.details) };
  if (isRegistryError(error)) {
    return { status: httpStatusOf(error.code), body: bodyOf(error.code, error.message, error.details) };
  }
  if (error instanceof ClusterError) {
    return { status: error.status, body: bodyOf(error.code, error.message, error.details) };
  }
  if (error instanceof ApiError) {
    return { status: error.code, body: bodyOf(error.reason, error.message, error.details) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const status = bodyParserStatus(error);
  return { status, body: bodyOf(status < 500 ? 'BadRequest' : 'InternalError', message, undefined) };
}

/** Express' body parser throws errors with a status of their own (400 malformed, 413 too large). */
function bodyParserStatus(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** Helm's own texts may have several lines; an answer's message has one. */
function bodyOf(code: string, message: string, details: unknown): ErrorBody {
  return { code, message: oneLine(message), ...(details === undefined ? {} : { details }) };
}
