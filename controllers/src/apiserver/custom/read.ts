/**
 * Custom resources on their way out of the store (apiextensions-apiserver's schema coercing decoder and converter, v1.34):
 * what the definition no longer knows is pruned, what it defaults by now is there, and the version is the one asked for.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { checkConversion } from './conversion.ts';
import { definitionSpec, versionOf } from './definition.ts';
import { cleaned } from './structural.ts';

interface Read {
  readonly definition: KubeObject;
  readonly versions: Map<string, KubeObject>;
}

/** What comes out of the store never changes, nor does a definition. */
const kept = new WeakMap<KubeObject, Read>();

/** A stored object as a version of its definition shows it. */
export function readCustom(definition: KubeObject, storage: string, version: string, object: KubeObject): KubeObject {
  let read = kept.get(object);
  if (read?.definition !== definition) {
    read = { definition, versions: new Map() };
    kept.set(object, read);
  }
  const known = read.versions.get(version);
  if (known !== undefined) return known;
  const stored = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const own = versionOf(definition, stored) === undefined ? storage : stored;
  let result = cleanIn(definition, own, object, true);
  if (stored !== version) {
    checkConversion(definition, stored);
    const apiVersion = formatGroupVersion({ group: definitionSpec(definition).group, version });
    result = { ...cleanIn(definition, version, result, false), apiVersion };
  }
  read.versions.set(version, result);
  return result;
}

function cleanIn(definition: KubeObject, version: string, object: KubeObject, isDefaulted: boolean): KubeObject {
  const after = cleaned(definition, version, object, isDefaulted);
  return deepEqual(after, object) ? object : (after as KubeObject);
}
