/** Errors as the OCI distribution specification words them: `{"errors": [{code, message, detail}]}`. */
import type { ErrorRequestHandler } from 'express';
import { httpStatusOf, isRegistryError, type RegistryErrorCode } from '../errors.ts';
import { answerError } from './respond.ts';

/** The specification's codes; what is not here is UNSUPPORTED, or DENIED for what a rule refuses. */
const ociCodes: Readonly<Partial<Record<RegistryErrorCode, string>>> = {
  NameInvalid: 'NAME_INVALID',
  InvalidSpaceName: 'NAME_INVALID',
  InvalidChartName: 'NAME_INVALID',
  NameUnknown: 'NAME_UNKNOWN',
  SpaceNotFound: 'NAME_UNKNOWN',
  TagInvalid: 'MANIFEST_INVALID',
  ManifestInvalid: 'MANIFEST_INVALID',
  InvalidArchive: 'MANIFEST_INVALID',
  InvalidChart: 'MANIFEST_INVALID',
  InvalidVersion: 'MANIFEST_INVALID',
  InvalidProvenance: 'MANIFEST_INVALID',
  ChartMismatch: 'MANIFEST_INVALID',
  ManifestUnknown: 'MANIFEST_UNKNOWN',
  ManifestBlobUnknown: 'MANIFEST_BLOB_UNKNOWN',
  DigestInvalid: 'DIGEST_INVALID',
  BlobUnknown: 'BLOB_UNKNOWN',
  BlobUploadUnknown: 'BLOB_UPLOAD_UNKNOWN',
  RangeInvalid: 'BLOB_UPLOAD_INVALID',
  ClientClosedRequest: 'BLOB_UPLOAD_INVALID',
  RequestTimeout: 'BLOB_UPLOAD_INVALID',
  TooLarge: 'SIZE_INVALID',
  TooManyUploads: 'TOOMANYREQUESTS',
  Conflict: 'DENIED',
};

export const answerOciError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent || !request.complete || !isRegistryError(error)) {
    answerError(error, request, response, next);
    return;
  }
  const code = ociCodes[error.code] ?? 'UNSUPPORTED';
  response.status(httpStatusOf(error.code)).json({
    errors: [{ code, message: error.message, detail: error.details }],
  });
};
