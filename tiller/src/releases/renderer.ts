/**
 * The port to what renders charts for releases: on the caller's thread, or on another that can be ended. One attempt
 * after another is made for an operation, each with more answers of `lookup`.
 */
import type { Limits, RenderOptions, Values } from '@drydock/charts';
import type { ChartPackage } from '../chart-sources/chart-source.ts';
import type { ApiResources, KubeObject } from '../clusters/cluster.ts';
import type { PostRender, RenderedFiles } from './post-render.ts';
import type { ReleaseHook, ReleaseManifest } from './release.ts';
import { attemptRender } from './render-attempt.ts';

export interface LookupKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** All that a render depends on besides the chart and, without a post-renderer's seed, chance. */
export interface RenderJob {
  readonly release: RenderOptions['release'];
  /** In place of the chart's values.yaml. */
  readonly defaults: Values | undefined;
  readonly values: Values;
  /** Absent, templates see default capabilities. */
  readonly api: ApiResources | undefined;
  readonly now: number;
  readonly skipSchemaValidation: boolean;
  readonly limits: Limits | undefined;
  /** What `lookup` finds, by key; absent, it finds nothing and asks for nothing. */
  readonly answers: ReadonlyMap<string, Values> | undefined;
  readonly bringsCrds: boolean;
  readonly postRender: PostRender | undefined;
}

export interface RenderedRelease {
  readonly manifests: readonly ReleaseManifest[];
  readonly hooks: readonly ReleaseHook[];
  readonly notes: string;
  /** Of `crds/`, of the chart and its enabled subcharts. */
  readonly crds: readonly { readonly source: string; readonly object: KubeObject }[];
}

/** Either what is rendered, or lookups that must be answered first. */
export interface RenderAttempt {
  readonly asked: ReadonlyMap<string, LookupKey>;
  readonly rendered?: RenderedRelease;
  /** With a post-renderer: the texts before it. */
  readonly files?: RenderedFiles;
}

export interface Rendering {
  /** Throws ChartError when a template, the values or a document is wrong, and at a limit. */
  attempt(job: RenderJob): Promise<RenderAttempt>;
}

export interface Renderer {
  /** For the attempts of one operation. */
  start(chart: ChartPackage): Rendering;
}

/** Renders on the caller's thread, which does nothing else meanwhile. */
export const directRenderer: Renderer = {
  start: ({ chart }) => ({ attempt: async (job) => attemptRender(chart, job) }),
};
