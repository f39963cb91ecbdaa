/**
 * A chart to a release's documents. Rendering is synchronous and pure, so what `lookup` asks for is recorded, fetched
 * from the cluster, and the chart is rendered again until it asks for nothing new.
 */
import { type Limits, type Values, valuesFromJson } from '@drydock/charts';
import type { ChartPackage } from '../chart-sources/chart-source.ts';
import { type ApiResources, type Cluster, ClusterError } from '../clusters/cluster.ts';
import { finishPostRender, type PostRender } from './post-render.ts';
import { type JsonObject, ReleaseError, type ReleaseId } from './release.ts';
import type { LookupKey, RenderedRelease, Renderer, RenderJob } from './renderer.ts';

/** Rounds of a chart whose lookups depend on the answers of others. */
const LOOKUP_ROUNDS = 16;

export interface RenderInput {
  readonly cluster: Cluster;
  readonly renderer: Renderer;
  /** Absent, templates see default capabilities. */
  readonly api: ApiResources | undefined;
  /** `lookup` finds nothing. */
  readonly withoutLookup?: boolean;
  readonly package: ChartPackage;
  /** In place of the chart's values.yaml. */
  readonly defaults?: Values | undefined;
  readonly values: Values;
  readonly id: ReleaseId;
  readonly revision: number;
  readonly isUpgrade: boolean;
  readonly skipSchemaValidation: boolean;
  readonly postRender?: PostRender | undefined;
  /** Whether the chart's `crds/` come before its objects: then their kinds are among the capabilities. */
  readonly bringsCrds: boolean;
  /** Where templates end; absent, the charts' default. */
  readonly limits?: Limits | undefined;
}

/** Throws ChartError when a template, the values or a document is wrong. */
export async function renderRelease(input: RenderInput): Promise<RenderedRelease> {
  const rendering = input.renderer.start(input.package);
  const answers = new Map<string, Values>();
  for (let round = 0; round < LOOKUP_ROUNDS; round += 1) {
    const { asked, rendered, files } = await rendering.attempt(jobOf(input, answers));
    if (rendered !== undefined) {
      if (input.postRender !== undefined && files !== undefined) finishPostRender(input.postRender, files);
      return rendered;
    }
    for (const [key, lookup] of asked) answers.set(key, await fetchLookup(input.cluster, lookup));
  }
  throw new ReleaseError(
    'Invalid',
    `chart "${input.package.chart.metadata.name}": lookup asked for something new in each of ${LOOKUP_ROUNDS} renders`,
  );
}

function jobOf(input: RenderInput, answers: ReadonlyMap<string, Values>): RenderJob {
  const { id } = input;
  return {
    release: {
      name: id.name,
      namespace: id.namespace,
      revision: input.revision,
      isInstall: !input.isUpgrade,
      isUpgrade: input.isUpgrade,
    },
    defaults: input.defaults,
    values: input.values,
    api: input.api,
    now: input.cluster.clock.now(),
    skipSchemaValidation: input.skipSchemaValidation,
    limits: input.limits,
    answers: input.withoutLookup === true ? undefined : answers,
    bringsCrds: input.bringsCrds,
    postRender: input.postRender,
  };
}

/** What `lookup` gives: the object, or the list where no name is given, or an empty map. */
async function fetchLookup(cluster: Cluster, key: LookupKey): Promise<Values> {
  const { apiVersion, kind, namespace, name } = key;
  const where = namespace === '' ? {} : { namespace };
  try {
    if (name !== '') {
      const object = await cluster.get({ apiVersion, kind, name, ...where });
      // A parsed border: what the API answers is JSON.
      return object === undefined ? new Map() : valuesFromJson(object as unknown as JsonObject);
    }
    const { items, resourceVersion } = await cluster.list({ apiVersion, kind, ...where });
    const list = { apiVersion, kind: `${kind}List`, metadata: { resourceVersion }, items };
    return valuesFromJson(list as unknown as JsonObject);
  } catch (error) {
    if (error instanceof ClusterError && (error.code === 'NoMatch' || error.code === 'NotFound')) return new Map();
    throw error;
  }
}
