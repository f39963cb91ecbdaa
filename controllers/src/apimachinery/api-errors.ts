/**
 * The API's errors with Kubernetes' exact words (apimachinery's api/errors and validation/field, v1.34).
 */
import { isObject } from './json.ts';
import { ApiError, type StatusCause } from './status.ts';

/** What an error is about: `deployments.apps` has group `apps`, resource `deployments`. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
}

function qualified({ group, resource }: Subject): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function detailsOf({ group, resource }: Subject, name: string): { name?: string; group?: string; kind: string } {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
}

export function notFound(subject: Subject, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(subject)} "${name}" not found`, detailsOf(subject, name));
}

export function alreadyExists(subject: Subject, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(subject)} "${name}" already exists`, detailsOf(subject, name));
}

export function conflict(subject: Subject, name: string, reason: string): ApiError {
  return new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${reason}`,
    detailsOf(subject, name),
  );
}

export const OPTIMISTIC_LOCK =
  'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(subject: Subject, name: string, reason: string, causes?: readonly StatusCause[]): ApiError {
  return new ApiError('Forbidden', `${qualified(subject)} "${name}" is forbidden: ${reason}`, {
    ...detailsOf(subject, name),
    ...(causes === undefined ? {} : { causes }),
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError('BadRequest', message);
}

export function methodNotSupported(subject: Subject, verb: string): ApiError {
  return new ApiError(
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${qualified(subject)}"`,
    detailsOf(subject, ''),
  );
}

/** field.Error's types and the texts that begin their messages. */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

const TYPE_TEXT: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name`, `data[key]`. */
  readonly field: string;
  /** After the type's text: `"x": must be …`. */
  readonly text: string;
}

/** A value printed as Go's: strings quoted, structs as JSON. A `Printed` is taken as it is. */
export function printValue(value: unknown): string {
  if (value instanceof Printed) return value.text;
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (isObject(value) || Array.isArray(value)) return JSON.stringify(value);
  return String(value);
}

/** Text that stands for a value in an error. */
export class Printed {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function fieldError(type: FieldErrorType, field: string, text: string): FieldError {
  return { type, field, text };
}

export function required(field: string, detail = ''): FieldError {
  return fieldError('FieldValueRequired', field, detail === '' ? '' : `: ${detail}`);
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return fieldError('FieldValueInvalid', field, `: ${printValue(value)}${detail === '' ? '' : `: ${detail}`}`);
}

/** A value of the wrong type (custom resources). */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return fieldError('FieldValueTypeInvalid', field, `: ${printValue(value)}: ${detail}`);
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return fieldError(
    'FieldValueNotSupported',
    field,
    `: ${printValue(value)}${list === '' ? '' : `: supported values: ${list}`}`,
  );
}

export function forbiddenField(field: string, detail: string): FieldError {
  return fieldError('FieldValueForbidden', field, detail === '' ? '' : `: ${detail}`);
}

export function duplicate(field: string, value: unknown): FieldError {
  return fieldError('FieldValueDuplicate', field, `: ${printValue(value)}`);
}

export function notFoundField(field: string, value: unknown): FieldError {
  return fieldError('FieldValueNotFound', field, `: ${printValue(value)}`);
}

export function tooLong(field: string, limit: number): FieldError {
  return fieldError('FieldValueTooLong', field, `: may not be more than ${limit} bytes`);
}

export function tooMany(field: string, count: number, limit: number): FieldError {
  return fieldError('FieldValueTooMany', field, `: ${count}: must have at most ${limit} items`);
}

/** 422: `Pod "p" is invalid: …` with a cause for each field. */
export function invalidObject(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const seen = new Set<string>();
  const messages: string[] = [];
  for (const error of errors) {
    const message = `${error.field}: ${TYPE_TEXT[error.type]}${error.text}`;
    if (!seen.has(message)) messages.push(message);
    seen.add(message);
  }
  const text = messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`;
  const qualifiedKind = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError('Invalid', `${qualifiedKind} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    causes: errors.map((error) => ({
      reason: error.type,
      message: `${TYPE_TEXT[error.type]}${error.text}`,
      field: error.field,
    })),
  });
}
