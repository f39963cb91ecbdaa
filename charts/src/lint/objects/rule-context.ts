/** What the rules over objects are given, and how they say what they find. */
import type { Chart } from '../../chart/chart.ts';
import type { Capabilities } from '../../render/capabilities.ts';
import type { Values } from '../../values/values.ts';
import type { Severity } from '../finding.ts';
import type { LintRenderOptions } from '../lint-render.ts';
import type { YamlPath } from '../yaml-lines.ts';
import type { PodTemplate } from './pods.ts';
import { groupOf, type RenderedObject } from './rendered-object.ts';

/** What an upgrade would begin with; `name` is for messages. */
export type Previous =
  /** Rendered with the values of the lint. */
  { readonly name: string; readonly chart: Chart } | { readonly name: string; readonly release: PreviousRelease };

/** A release in a cluster. */
export interface PreviousRelease {
  readonly name: string;
  /** Its documents. */
  readonly manifest: string;
  /** For the chart, where the lint is given none. */
  readonly values: Values;
}

export interface RuleContext {
  readonly chart: Chart;
  readonly objects: readonly RenderedObject[];
  readonly pods: readonly PodTemplate[];
  readonly options: LintRenderOptions & { readonly capabilities: Capabilities; readonly previous?: Previous };
  /** The finding's line is that of `path`, or of the object's first line. */
  report(rule: string, message: string, where: Where): void;
}

export interface Where {
  readonly object: RenderedObject;
  readonly path?: YamlPath;
  /** Absent, the rule's own. */
  readonly severity?: Severity;
}

export type ObjectRule = (context: RuleContext) => void;

/** The object of a kind, in a namespace. */
export function findObject(
  context: RuleContext,
  ref: { readonly kind: string; readonly name: string; readonly namespace: string },
): RenderedObject | undefined {
  return context.objects.find(
    ({ kind, name, namespace }) => kind === ref.kind && name === ref.name && namespace === ref.namespace,
  );
}

/** Whether an object is of a kind that Kubernetes itself has. */
export function isBuiltIn(object: RenderedObject): boolean {
  const group = groupOf(object);
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** Whether the chart has custom resources, of which a controller may make pods, Services and Secrets. */
export function hasCustomResources(context: RuleContext): boolean {
  return context.objects.some((object) => !isBuiltIn(object));
}
