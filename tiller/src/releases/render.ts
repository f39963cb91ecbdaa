/**
 * A chart to a release's documents. Rendering is synchronous and pure, so what `lookup` asks for is recorded, fetched
 * from the cluster, and the chart is rendered again until it asks for nothing new.
 */
import {
  type Capabilities,
  type Chart,
  defaultCapabilities,
  type Limits,
  parseYamlDocuments,
  type Rendered,
  renderChart,
  type Values,
  valuesFromJson,
} from '@drydock/charts';
import { type ApiResources, type Cluster, ClusterError, type KubeObject } from '../clusters/cluster.ts';
import type { PostRenderStep } from './post-render.ts';
import { type JsonObject, ReleaseError, type ReleaseHook, type ReleaseId, type ReleaseManifest } from './release.ts';
import { isCustomResourceDefinition } from './resources.ts';

/** Rounds of a chart whose lookups depend on the answers of others. */
const LOOKUP_ROUNDS = 16;

export interface RenderInput {
  readonly cluster: Cluster;
  /** Absent, templates see default capabilities. */
  readonly api: ApiResources | undefined;
  /** `lookup` finds nothing. */
  readonly withoutLookup?: boolean;
  readonly chart: Chart;
  readonly values: Values;
  readonly id: ReleaseId;
  readonly revision: number;
  readonly isUpgrade: boolean;
  readonly skipSchemaValidation: boolean;
  readonly postRender?: PostRenderStep | undefined;
  /** Whether the chart's `crds/` come before its objects: then their kinds are among the capabilities. */
  readonly bringsCrds: boolean;
  /** Where templates end; absent, the charts' default. */
  readonly limits?: Limits | undefined;
}

export interface RenderedRelease {
  readonly manifests: readonly ReleaseManifest[];
  readonly hooks: readonly ReleaseHook[];
  readonly notes: string;
  /** Of `crds/`, of the chart and its enabled subcharts. */
  readonly crds: readonly { readonly source: string; readonly object: KubeObject }[];
}

/** Throws ChartError when a template, the values or a document is wrong. */
export async function renderRelease(input: RenderInput): Promise<RenderedRelease> {
  const rendered = await renderWithCrds(input);
  input.postRender?.finish();
  return rendered;
}

async function renderWithCrds(input: RenderInput): Promise<RenderedRelease> {
  if (!input.bringsCrds) return renderWithLookup(input, []);
  // Which subcharts are enabled, and so which CRDs come, is only known after a render: guess all, and check.
  const guess = definitionsOf(input.chart);
  const rendered = await renderWithLookup(input, guess);
  if (rendered.crds.length === guess.length) return rendered;
  return renderWithLookup(
    input,
    rendered.crds.map(({ object }) => object),
  );
}

/** The documents below `crds/` of a chart and all its subcharts. */
function definitionsOf(chart: Chart): readonly KubeObject[] {
  const own = chart.files
    .filter((file) => /^crds\/.*\.(ya?ml|json)$/.test(file.name))
    .flatMap((file) => parseYamlDocuments(new TextDecoder().decode(file.data)))
    // A parsed border: anything may be in these files; only what says that it is an object counts.
    .map((document) => document as KubeObject | null)
    .filter((object): object is KubeObject => typeof object === 'object' && typeof object?.kind === 'string');
  return [...own, ...chart.dependencies.flatMap(definitionsOf)];
}

async function renderWithLookup(input: RenderInput, crds: readonly KubeObject[]): Promise<RenderedRelease> {
  const answers = new Map<string, Values>();
  for (let round = 0; round < LOOKUP_ROUNDS; round += 1) {
    const asked = new Map<string, LookupKey>();
    const attempt = tryRender(input, { answers, asked, crds });
    if (asked.size === 0) return releaseOf(attempt());
    for (const [key, lookup] of asked) answers.set(key, await fetchLookup(input.cluster, lookup));
  }
  throw new ReleaseError(
    'Invalid',
    `chart "${input.chart.metadata.name}": lookup asked for something new in each of ${LOOKUP_ROUNDS} renders`,
  );
}

interface LookupKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Renders now; answers how to get the outcome, since a failure counts only when no lookup is open. */
function tryRender(
  input: RenderInput,
  state: {
    readonly answers: ReadonlyMap<string, Values>;
    readonly asked: Map<string, LookupKey>;
    readonly crds: readonly KubeObject[];
  },
): () => Rendered {
  const { id } = input;
  try {
    const rendered = renderChart(input.chart, {
      release: {
        name: id.name,
        namespace: id.namespace,
        revision: input.revision,
        isInstall: !input.isUpgrade,
        isUpgrade: input.isUpgrade,
      },
      values: input.values,
      capabilities: input.api === undefined ? defaultCapabilities : capabilitiesOf(input.api, state.crds),
      now: input.cluster.clock.now(),
      skipSchemaValidation: input.skipSchemaValidation,
      ...(input.limits === undefined ? {} : { limits: input.limits }),
      lookup: (apiVersion, kind, namespace, name) => {
        if (input.withoutLookup === true) return new Map();
        const key = JSON.stringify([apiVersion, kind, namespace, name]);
        const answer = state.answers.get(key);
        if (answer === undefined) state.asked.set(key, { apiVersion, kind, namespace, name });
        return answer ?? new Map();
      },
      ...input.postRender?.options(input.cluster.clock.now()),
    });
    return () => rendered;
  } catch (error) {
    return () => {
      throw error;
    };
  }
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

/** `.Capabilities` of the cluster: versions alone and with kinds, as Helm lists them. */
export function capabilitiesOf(api: ApiResources, crds: readonly KubeObject[]): Capabilities {
  const versions = new Set<string>();
  // With the kinds of subresources, as Helm has them.
  for (const { apiVersion, kind } of api.resources) versions.add(apiVersion).add(`${apiVersion}/${kind}`);
  for (const crd of crds.filter(isCustomResourceDefinition)) {
    // A parsed border: read with care, since CRDs of a chart are not checked yet.
    const spec = crd.spec as { group?: string; names?: { kind?: string }; versions?: { name?: string }[] } | undefined;
    for (const version of Array.isArray(spec?.versions) ? spec.versions : []) {
      versions.add(`${spec?.group}/${version?.name}`);
      versions.add(`${spec?.group}/${version?.name}/${spec?.names?.kind}`);
    }
  }
  const [, major = '1', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(api.gitVersion) ?? [];
  return {
    ...defaultCapabilities,
    kubeVersion: { version: api.gitVersion, major, minor },
    apiVersions: [...versions].sort(),
  };
}

function releaseOf(rendered: Rendered): RenderedRelease {
  // A parsed border: the renderer has checked that each document is an object with apiVersion and kind.
  return {
    manifests: rendered.manifests.map(({ source, text, object }) => ({
      source,
      text,
      object: object as KubeObject | null,
    })),
    hooks: rendered.hooks.map((hook) => ({
      source: hook.source,
      text: hook.text,
      object: hook.object as KubeObject,
      events: hook.events,
      weight: hook.weight,
      deletePolicies: hook.deletePolicies,
      outputLogPolicies: hook.outputLogPolicies,
    })),
    notes: rendered.notes,
    crds: rendered.crds.flatMap(({ source, object }) =>
      object === null ? [] : [{ source, object: object as KubeObject }],
    ),
  };
}
