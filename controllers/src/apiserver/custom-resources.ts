/**
 * Custom resources: what a CustomResourceDefinition's structural schema does to an object (apiextensions-apiserver's
 * structural schemas, v1.34).
 */
import { deepCopy, getPath, isObject, type JsonObject } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import type { Decoded } from './schema/decode.ts';

/** Decodes a custom resource of a served version. */
export function decodeCustom(_definition: KubeObject, _version: string, body: JsonObject): Decoded {
  return { value: deepCopy(body) as Record<string, unknown>, error: undefined, unknown: [] };
}

/** Where a version's scale subresource finds its numbers; undefined where it has none. */
export function scalePathsOf(
  definition: KubeObject,
  version: string,
): { spec: readonly string[]; status: readonly string[]; selector: readonly string[] | undefined } | undefined {
  const versions = getPath(definition, ['spec', 'versions']);
  if (!Array.isArray(versions)) return undefined;
  const scale = getPath(
    versions.find((entry) => isObject(entry) && entry.name === version),
    ['subresources', 'scale'],
  );
  if (!isObject(scale)) return undefined;
  const path = (text: unknown): string[] =>
    String(text ?? '')
      .split('.')
      .filter((part) => part !== '');
  return {
    spec: path(scale.specReplicasPath),
    status: path(scale.statusReplicasPath),
    selector: scale.labelSelectorPath === undefined ? undefined : path(scale.labelSelectorPath),
  };
}
