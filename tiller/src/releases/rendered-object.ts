/**
 * The border between documents, which may be any mapping, and objects of a cluster. The messages are those of
 * k8s.io/apimachinery's decoder (runtime.NewMissingKindErr and its neighbours), with the template before them.
 */
import { ChartError } from '@drydock/charts';
import type { KubeObject } from '../clusters/cluster.ts';

/** A rendered document as an object; the items of a `List` are looked at as well. Throws ChartError InvalidManifest. */
export function renderedObject(source: string, document: unknown): KubeObject {
  const fault = faultOf(document);
  if (fault !== undefined) throw new ChartError('InvalidManifest', `${source}: ${fault}`, { file: source });
  return document as KubeObject;
}

function faultOf(document: unknown): string | undefined {
  if (!isMapping(document)) return `expected an object, got ${shorten(document)}`;
  const { kind, apiVersion, metadata, items } = document;
  if (kind === undefined || kind === null || kind === '') return `Object 'Kind' is missing in '${shorten(document)}'`;
  if (typeof kind !== 'string') return `kind must be text in '${shorten(document)}'`;
  if (apiVersion === undefined || apiVersion === null || apiVersion === '') {
    return `Object 'apiVersion' is missing in '${shorten(document)}'`;
  }
  if (typeof apiVersion !== 'string') return `apiVersion must be text in '${shorten(document)}'`;
  if (metadata !== undefined && metadata !== null && !isMapping(metadata)) {
    return `metadata must be a mapping in '${shorten(document)}'`;
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) return undefined;
  return items.map(faultOf).find((fault) => fault !== undefined);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN = 200;

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
