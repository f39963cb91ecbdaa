/**
 * Kubernetes' own OpenAPI documents, which are unpacked when one of them is first asked for and shared by all clusters.
 */
import { brotliDecompressSync } from 'node:zlib';
import type { JsonObject } from '../../apimachinery/json.ts';

/** Parts by name: `v3/apis/apps/v1`, `v2/definitions`, `custom/v3`. */
export interface PublishedOpenApi {
  readonly names: readonly string[];
  /** JSON; empty for an unknown name. */
  bytes(name: string): Buffer;
  json(name: string): JsonObject;
}

let loading: Promise<PublishedOpenApi> | undefined;

/** The documents; the data is a module of its own, so that a process that is not asked for them does not load it. */
export function publishedOpenApi(): Promise<PublishedOpenApi> {
  loading ??= unpack();
  return loading;
}

async function unpack(): Promise<PublishedOpenApi> {
  const { OPENAPI_PARTS, PACKED_OPENAPI } = await import('./kubernetes-openapi.ts');
  const all = brotliDecompressSync(Buffer.from(PACKED_OPENAPI, 'base64'));
  const parts = new Map(OPENAPI_PARTS.map(([name, offset, length]) => [name, all.subarray(offset, offset + length)]));
  const parsed = new Map<string, JsonObject>();
  const bytes = (name: string): Buffer => parts.get(name) ?? Buffer.alloc(0);
  return {
    names: [...parts.keys()],
    bytes,
    json(name) {
      const known = parsed.get(name);
      if (known !== undefined) return known;
      const value = JSON.parse(bytes(name).toString()) as JsonObject;
      parsed.set(name, value);
      return value;
    },
  };
}
