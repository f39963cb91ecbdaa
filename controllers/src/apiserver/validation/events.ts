/** Event (pkg/apis/core/validation/events.go, v1.34): what both groups ask for, and what only events.k8s.io does. */
import { type FieldError, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Subdomain, isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { complaints, type Errors, IMMUTABLE } from './rules.ts';

const TEXT_LIMIT = 128;
const NOTE_LIMIT = 1024;

/** An Event as it is stored, in the core group's fields. */
interface CoreEvent {
  readonly involvedObject?: { readonly namespace?: string };
  readonly eventTime?: string | null;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly count?: number;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null };
}

function fieldsOf(object: KubeObject): CoreEvent {
  // The decoder has seen to the types.
  return object as unknown as CoreEvent;
}

/** What a create or update in the core group must fulfil. */
export function validateCoreEvent(object: KubeObject): readonly FieldError[] {
  return basicErrors(object, 'reportingComponent');
}

/** A create in events.k8s.io. */
export function validateEvent(object: KubeObject): readonly FieldError[] {
  const event = fieldsOf(object);
  const errors = [...basicErrors(object, 'reportingController'), ...seriesErrors(event)];
  if (isUnset(event.eventTime)) errors.push(required('eventTime', ''));
  const { type = '' } = event;
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type}`));
  const unset = (isSet: boolean, field: string) => {
    if (isSet) errors.push(invalid(field, '', 'needs to be unset'));
  };
  unset(!isUnset(event.firstTimestamp), 'firstTimestamp');
  unset(!isUnset(event.lastTimestamp), 'lastTimestamp');
  unset((event.count ?? 0) !== 0, 'count');
  unset((event.source?.component ?? '') !== '' || (event.source?.host ?? '') !== '', 'source');
  return errors;
}

/** In the order in which upstream looks at them; the first is the name of the field in its errors. */
const FIXED: readonly (readonly [name: string, field: string])[] = [
  ...['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'reason', 'type'],
  ...['eventTime', 'action', 'related', 'reportingController', 'reportingInstance'],
].map((name) => [name, name === 'reportingController' ? 'reportingComponent' : name]);

/** An update in events.k8s.io: only the series changes. */
export function validateEventUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = [...basicErrors(object, 'reportingController')];
  if (!deepEqual(object.series, old.series)) errors.push(...seriesErrors(fieldsOf(object)));
  for (const [name, field] of FIXED) {
    if (!deepEqual(object[field], old[field])) errors.push(invalid(name, object[field] ?? null, IMMUTABLE));
  }
  return errors;
}

function isUnset(time: string | null | undefined): boolean {
  return time === undefined || time === null;
}

function seriesErrors({ series }: CoreEvent): Errors {
  if (series === undefined) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(isUnset(series.lastObservedTime) ? [required('series.lastObservedTime', '')] : []),
  ];
}

function basicErrors(object: KubeObject, reporter: string): Errors {
  const event = fieldsOf(object);
  const { namespace = '' } = object.metadata;
  const about = event.involvedObject?.namespace ?? '';
  const mismatch = [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
  const errors: Errors = [];
  if (isUnset(event.eventTime)) {
    const isFine = about === '' ? namespace === '' || namespace === 'default' : namespace === about;
    if (!isFine) errors.push(...mismatch);
  } else {
    if (about === '' && namespace !== 'default' && namespace !== 'kube-system') errors.push(...mismatch);
    const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
    if (reportingComponent === '') errors.push(required(reporter, ''));
    errors.push(...complaints(isQualifiedName(reportingComponent), reportingComponent, reporter));
    errors.push(...textErrors(reportingInstance, 'reportingInstance'));
    errors.push(...textErrors(action, 'action'));
    errors.push(...textErrors(reason, 'reason'));
    if (message.length > NOTE_LIMIT) errors.push(invalid('message', '', `can have at most ${NOTE_LIMIT} characters`));
  }
  return [...errors, ...complaints(isDns1123Subdomain(namespace), namespace, 'namespace')];
}

function textErrors(value: string, field: string): Errors {
  return [
    ...(value === '' ? [required(field, '')] : []),
    ...(value.length > TEXT_LIMIT ? [invalid(field, '', `can have at most ${TEXT_LIMIT} characters`)] : []),
  ];
}
