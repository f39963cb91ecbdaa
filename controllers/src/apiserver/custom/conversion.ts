/**
 * Conversion of custom resources between their versions (apiextensions-apiserver's apiserver/conversion, v1.34): without a
 * webhook only apiVersion changes. A webhook is not asked here: what it would have to convert ends in the error of one that
 * does not answer.
 */
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { definitionSpec } from './definition.ts';

/** Throws InternalError where a definition leaves conversion to a webhook. `from` is the version to convert from. */
export function checkConversion(definition: KubeObject, from: string): void {
  if (getPath(definition, ['spec', 'conversion', 'strategy']) !== 'Webhook') return;
  const config = getPath(definition, ['spec', 'conversion', 'webhook', 'clientConfig']);
  const { group, names } = definitionSpec(definition);
  const type = `${formatGroupVersion({ group, version: from })}, Kind=${names.kind}`;
  throw new ApiError(
    'InternalError',
    `conversion webhook for ${type} failed: ${failure(isObject(config) ? config : {})}`,
  );
}

function failure({ url, service }: Readonly<Record<string, unknown>>): string {
  if (!isObject(service)) return `Post ${JSON.stringify(`${String(url ?? '')}?timeout=30s`)}: the webhook is not asked`;
  const { name, namespace, port = 443, path = '/' } = service;
  const address = `https://${String(name)}.${String(namespace)}.svc:${String(port)}${String(path)}?timeout=30s`;
  return `Post ${JSON.stringify(address)}: no endpoints available for service ${JSON.stringify(String(name))}`;
}
