/**
 * Conversion between the served versions of a kind (pkg/apis/.../conversion.go, v1.34). Most versions have the same
 * fields and differ in apiVersion only; the others have a converter here.
 */
import { isObject } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { formatGroupVersion } from '../apimachinery/resource.ts';
import { hpaFromV1, hpaToV1 } from './resources/autoscaling/conversion.ts';
import { eventFromCore, eventToCore } from './resources/core/event-conversion.ts';
import { type Draft, type Resource, storedResource } from './resources/resource.ts';

interface Converter {
  readonly toStorage: (object: KubeObject) => KubeObject;
  readonly fromStorage: (object: KubeObject) => KubeObject;
}

const CONVERTERS = new Map<string, Converter>([
  ['v1/HorizontalPodAutoscaler.autoscaling', { toStorage: hpaFromV1, fromStorage: hpaToV1 }],
  ['v1/Event.events.k8s.io', { toStorage: eventToCore, fromStorage: eventFromCore }],
]);

/** Takes a decoded object of a served version to the storage version. */
export function convertToStorage(resource: Resource, version: string, draft: Draft): Draft {
  const converter = CONVERTERS.get(`${version}/${resource.kind}.${resource.group}`);
  const converted = converter === undefined ? draft : converter.toStorage(draft);
  const apiVersion = formatGroupVersion({ group: storedResource(resource).group, version: resource.storageVersion });
  return { ...converted, apiVersion, metadata: { ...converted.metadata } } as Draft;
}

/** Takes a stored object to a served version. */
export function convertFromStorage(resource: Resource, version: string, object: KubeObject): KubeObject {
  const converter = CONVERTERS.get(`${version}/${resource.kind}.${resource.group}`);
  const converted = converter === undefined ? object : converter.fromStorage(object);
  return { ...converted, apiVersion: formatGroupVersion({ group: resource.group, version }) };
}

/** Whether a value is a plain object with something in it. */
export function isFilled(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.keys(value).length > 0;
}
