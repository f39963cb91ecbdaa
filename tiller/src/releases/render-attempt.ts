/** One render of a chart for a release: synchronous, and all that it depends on comes with the job. */
import {
  type Capabilities,
  type Chart,
  defaultCapabilities,
  parseYamlDocuments,
  type Rendered,
  renderChart,
  type TemplateCache,
} from '@drydock/charts';
import type { ApiResources, KubeObject } from '../clusters/cluster.ts';
import { postRenderOptions, type RenderedFiles } from './post-render.ts';
import { renderedObject } from './rendered-object.ts';
import type { LookupKey, RenderAttempt, RenderedRelease, RenderJob } from './renderer.ts';
import { isCustomResourceDefinition } from './resources.ts';

/** Throws ChartError, unless a lookup is open: a failure counts only without. */
export function attemptRender(chart: Chart, job: RenderJob, cache?: TemplateCache): RenderAttempt {
  const asked = new Map<string, LookupKey>();
  let files: RenderedFiles | undefined;
  const input: OnceInput = {
    chart: job.defaults === undefined ? chart : { ...chart, values: job.defaults },
    job,
    cache,
    asked,
    tell: (texts) => {
      files = texts;
    },
  };
  try {
    const rendered = renderWithCrds(input);
    if (asked.size > 0) return { asked };
    return { asked, rendered: releaseOf(rendered), ...(files === undefined ? {} : { files }) };
  } catch (error) {
    if (asked.size === 0) throw error;
    return { asked };
  }
}

interface OnceInput {
  readonly chart: Chart;
  readonly job: RenderJob;
  readonly cache: TemplateCache | undefined;
  readonly asked: Map<string, LookupKey>;
  readonly tell: (files: RenderedFiles) => void;
}

function renderWithCrds(input: OnceInput): Rendered {
  if (!input.job.bringsCrds) return renderOnce(input, []);
  // Which subcharts are enabled, and so which CRDs come, is only known after a render: guess all, and check.
  const guess = definitionsOf(input.chart);
  const rendered = renderOnce(input, guess);
  if (input.asked.size > 0 || rendered.crds.length === guess.length) return rendered;
  return renderOnce(
    input,
    crdsOf(rendered).map(({ object }) => object),
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

function renderOnce({ chart, job, cache, asked, tell }: OnceInput, crds: readonly KubeObject[]): Rendered {
  const { answers, now } = job;
  return renderChart(chart, {
    release: job.release,
    values: job.values,
    capabilities: job.api === undefined ? defaultCapabilities : capabilitiesOf(job.api, crds),
    now,
    skipSchemaValidation: job.skipSchemaValidation,
    ...(job.limits === undefined ? {} : { limits: job.limits }),
    ...(cache === undefined ? {} : { cache }),
    lookup: (apiVersion, kind, namespace, name) => {
      if (answers === undefined) return new Map();
      const key = JSON.stringify([apiVersion, kind, namespace, name]);
      const answer = answers.get(key);
      if (answer === undefined) asked.set(key, { apiVersion, kind, namespace, name });
      return answer ?? new Map();
    },
    ...(job.postRender === undefined ? {} : postRenderOptions(job.postRender, { now, tell })),
  });
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
  return {
    manifests: rendered.manifests.map(({ source, text, object }) => ({
      source,
      text,
      object: object === null ? null : renderedObject(source, object),
    })),
    hooks: rendered.hooks.map((hook) => ({
      source: hook.source,
      text: hook.text,
      object: renderedObject(hook.source, hook.object),
      events: hook.events,
      weight: hook.weight,
      deletePolicies: hook.deletePolicies,
      outputLogPolicies: hook.outputLogPolicies,
    })),
    notes: rendered.notes,
    crds: crdsOf(rendered),
  };
}

function crdsOf(rendered: Rendered): RenderedRelease['crds'] {
  return rendered.crds.flatMap(({ source, object }) =>
    object === null ? [] : [{ source, object: renderedObject(source, object) }],
  );
}
