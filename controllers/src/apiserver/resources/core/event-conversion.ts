/**
 * Event between events.k8s.io/v1 and the core group (pkg/apis/events/v1/conversion.go, v1.34): one store, in which
 * events are core/v1; both groups show all of them.
 */
import type { JsonObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';

/** The names of a field in events.k8s.io and in the core group, where they differ. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const TO_CORE: ReadonlyMap<string, string> = new Map(RENAMED);
const FROM_CORE: ReadonlyMap<string, string> = new Map(RENAMED.map(([events, core]) => [core, events]));

/** What the core group always writes. */
const CORE_EMPTY: JsonObject = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};

/** What is there only if it is not empty in events.k8s.io. */
const OMITTED_EMPTY = new Set(['reportingController', 'reportingInstance']);

export function eventToCore(object: KubeObject): KubeObject {
  return { ...CORE_EMPTY, ...renamed(object, TO_CORE) };
}

export function eventFromCore(object: KubeObject): KubeObject {
  const out = renamed(object, FROM_CORE);
  for (const field of OMITTED_EMPTY) if (out[field] === '') delete out[field];
  return out;
}

function renamed(object: KubeObject, names: ReadonlyMap<string, string>): KubeObject & Record<string, unknown> {
  const { apiVersion, kind, metadata, ...fields } = object;
  const entries = Object.entries(fields).map(([field, value]) => [names.get(field) ?? field, value]);
  return { apiVersion, kind, metadata, ...Object.fromEntries(entries) };
}
