/** Charts of Drydock's own registry, by SPACE/NAME: a space's name may have slashes itself, a chart's has none. */
import type { ResolvedChart } from '../server/api.ts';
import type { HttpClient } from './http-client.ts';

/** The archive of the version that a reference and a range mean. */
export async function pullChart(
  client: HttpClient,
  input: { readonly ref: string; readonly version: string | undefined },
): Promise<{ readonly chart: ResolvedChart; readonly archive: Buffer }> {
  const query = new URLSearchParams({
    ref: input.ref,
    ...(input.version === undefined ? {} : { version: input.version }),
  });
  const chart = await client.json<ResolvedChart>('GET', `/api/v1/charts/resolve?${query.toString()}`);
  const { space, name } = splitRef(input.ref);
  const version = encodeURIComponent(chart.version);
  const archive = await client.bytes(
    `/api/v1/spaces/${encodeURIComponent(space)}/charts/${encodeURIComponent(name)}/versions/${version}`,
  );
  return { chart, archive };
}

/** Where the provenance of a version is, beside its package in the space's Helm repository. */
export function provenancePath(ref: string, chart: { readonly name: string; readonly version: string }): string {
  const space = splitRef(ref).space.split('/').map(encodeURIComponent).join('/');
  return `/charts/${space}/${encodeURIComponent(`${chart.name}-${chart.version}`)}.tgz.prov`;
}

export function splitRef(ref: string): { readonly space: string; readonly name: string } {
  const slash = ref.lastIndexOf('/');
  return { space: ref.slice(0, Math.max(slash, 0)), name: ref.slice(slash + 1) };
}
