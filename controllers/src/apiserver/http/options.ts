/**
 * The options in the query of a request (apimachinery's meta/v1 and meta/internalversion: conversion and validation,
 * v1.34), with the errors that wrong ones get.
 */
import {
  badRequest,
  type FieldError,
  forbiddenField,
  invalid,
  invalidObject,
  notSupported,
  required,
  tooLong,
} from '../../apimachinery/api-errors.ts';
import { ApiError } from '../../apimachinery/status.ts';

const MAX_MANAGER = 128;

/** A truth, as Go's conversion reads it: whatever is there and does not say no. */
export function booleanOption(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  return value === null ? undefined : !(value.toLowerCase() === 'false' || value === '0');
}

/** A whole number. Throws BadRequest. */
export function integerOption(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

function check(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
}

export interface ListOptions {
  readonly watch: boolean;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly continue: string;
  readonly limit: number;
  readonly timeoutSeconds: number | undefined;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
}

/** The options of a list or watch. Throws BadRequest, Invalid. */
export function listOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const options: ListOptions = {
    watch: isWatch,
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    continue: query.get('continue') ?? '',
    limit: integerOption(query, 'limit') ?? 0,
    timeoutSeconds: integerOption(query, 'timeoutSeconds'),
    sendInitialEvents: booleanOption(query, 'sendInitialEvents'),
    allowWatchBookmarks: booleanOption(query, 'allowWatchBookmarks') ?? false,
  };
  check('ListOptions', isWatch ? watchErrors(options) : listErrors(options));
  return options;
}

function listErrors({
  resourceVersion,
  resourceVersionMatch: match,
  sendInitialEvents,
  ...rest
}: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const forbid = (text: string): number => errors.push(forbiddenField('resourceVersionMatch', text));
  if (match !== '') {
    if (resourceVersion === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (rest.continue !== '') forbid('resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0')
      forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (sendInitialEvents !== undefined)
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors({ resourceVersionMatch: match, sendInitialEvents, ...rest }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const forbid = (text: string): number => errors.push(forbiddenField('resourceVersionMatch', text));
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (match !== '') {
    if (sendInitialEvents === undefined)
      forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  }
  if (rest.continue !== '') forbid('resourceVersionMatch is forbidden when continue is provided');
  return errors;
}

/** What is wrong with a resource version; undefined for a number or none. */
export function revisionProblem(text: string): string | undefined {
  if (text === '' || /^\d+$/.test(text)) return undefined;
  return `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

/** Throws what a read of a revision that is not there yet gets; upstream waits for it some seconds before. */
export function checkRevision(revision: number, current: number): void {
  if (revision <= current) return;
  throw new ApiError('Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

const OPTION_KINDS = new Map([
  ['POST', 'CreateOptions'],
  ['PUT', 'UpdateOptions'],
  ['PATCH', 'PatchOptions'],
  ['DELETE', 'DeleteOptions'],
]);

/** Checks the options of a write. Throws Invalid. */
export function checkWriteOptions(method: string, query: URLSearchParams, isApply: boolean): void {
  const errors: FieldError[] = [];
  if (method === 'PATCH' && !isApply && query.has('force'))
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  const manager = query.get('fieldManager') ?? '';
  if (isApply && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (method !== 'DELETE') errors.push(...managerErrors(manager));
  errors.push(...dryRunErrors(query.getAll('dryRun')));
  const validation = query.get('fieldValidation') ?? '';
  if (method !== 'DELETE' && !['', 'Ignore', 'Strict', 'Warn'].includes(validation))
    errors.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  check(OPTION_KINDS.get(method) ?? 'UpdateOptions', errors);
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > MAX_MANAGER) errors.push(tooLong('fieldManager', MAX_MANAGER));
  let at = 0;
  for (const char of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${at})`));
    }
    at += Buffer.byteLength(char);
  }
  return errors;
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  const given = values.filter((value) => value !== '');
  return given.every((value) => value === 'All') ? [] : [notSupported('dryRun', given, ['All'])];
}

export interface DeletionChoice {
  readonly propagationPolicy: unknown;
  readonly orphanDependents: unknown;
  readonly dryRun: readonly string[];
}

/** Checks the options of a deletion, from the body or the query. Throws Invalid. */
export function checkDeleteOptions({ propagationPolicy: policy, orphanDependents, dryRun }: DeletionChoice): void {
  const errors: FieldError[] = [];
  if (policy !== undefined && orphanDependents !== undefined)
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  else if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(String(policy)))
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  errors.push(...dryRunErrors(dryRun));
  check('DeleteOptions', errors);
}

/** A method that a route does not have. */
export function notAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}
