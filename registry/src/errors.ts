/**
 * The registry's one error class, and the one table that gives each code its HTTP status.
 * Messages say what, where and what to do, in one line; `details` carries the same facts for programs.
 */
const statusByCode = {
  BadRequest: 400,
  InvalidSpaceName: 400,
  InvalidChartName: 400,
  InvalidVersion: 400,
  InvalidArchive: 400,
  InvalidComposition: 400,
  InvalidChart: 422,
  ChartMismatch: 422,
  InvalidProvenance: 422,
  Unsupported: 501,
  NotFound: 404,
  SpaceNotFound: 404,
  ChartNotFound: 404,
  VersionNotFound: 404,
  MethodNotAllowed: 405,
  AlreadyExists: 409,
  Conflict: 409,
  TooLarge: 413,
  RequestTimeout: 408,
  UnsupportedMediaType: 415,
  ClientClosedRequest: 400,
  NameInvalid: 400,
  TagInvalid: 400,
  DigestInvalid: 400,
  ManifestInvalid: 400,
  NameUnknown: 404,
  BlobUnknown: 404,
  BlobUploadUnknown: 404,
  ManifestUnknown: 404,
  ManifestBlobUnknown: 404,
  RangeInvalid: 416,
  TooManyUploads: 503,
  Corrupt: 500,
  InvalidKey: 500,
  BlobNotFound: 500,
  PreconditionFailed: 500,
  StorageFull: 507,
  StorageUnavailable: 503,
} as const;

/** A hostile chart can have names of megabytes. */
const maxMessageLength = 2000;

export type RegistryErrorCode = keyof typeof statusByCode;

export interface RegistryErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class RegistryError extends Error {
  readonly code: RegistryErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(
      oneLine(message.slice(0, maxMessageLength)),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'RegistryError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether `error` is a RegistryError, of one of `codes` when some are given. */
export function isRegistryError(error: unknown, ...codes: readonly RegistryErrorCode[]): error is RegistryError {
  return error instanceof RegistryError && (codes.length === 0 || codes.includes(error.code));
}

/** The HTTP status that answers an error of this code. */
export function httpStatusOf(code: RegistryErrorCode): number {
  return statusByCode[code];
}

/** The text on one line: line breaks and control characters, which a hostile archive can put into a name, become spaces. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
