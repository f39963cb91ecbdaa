/** A cluster and short ways to fill and read it, for the tests of the control plane. */
import type { Deployment, Pod, PodSpec } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isPodReady } from '../apimachinery/pod.ts';
import type { SimulationOptions } from './options.ts';
import { createSimulation, type Simulation } from './simulation.ts';

export const NAMESPACE = 'default';
export const START = Date.UTC(2026, 0, 1);

export interface TestCluster {
  readonly simulation: Simulation;
  create<T extends KubeObject = KubeObject>(resource: string, object: KubeObject): T;
  get<T extends KubeObject>(resource: string, name: string): T;
  find<T extends KubeObject>(resource: string, name: string): T | undefined;
  list<T extends KubeObject>(resource: string, labels?: string): readonly T[];
  /** A merge patch. */
  patch(resource: string, name: string, patch: Readonly<Record<string, unknown>>): void;
  delete(resource: string, name: string, propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'): void;
  /** Lets so many seconds pass. */
  pass(seconds: number): void;
  /** Seconds since the start. */
  elapsed(): number;
  pods(labels?: string): readonly Pod[];
  readyPods(labels?: string): readonly Pod[];
  /** `reason: message` of the events about an object. */
  events(kind: string, name?: string): readonly string[];
}

/** Faults of the program fail the test that made them: see `expectNoFaults`. */
export function createTestCluster(options: Partial<SimulationOptions> = {}): TestCluster {
  const simulation = createSimulation({ name: 'test', ...options });
  return wrapCluster(simulation);
}

export function wrapCluster(simulation: Simulation): TestCluster {
  const { client } = simulation;
  const key = (name: string) => ({ namespace: NAMESPACE, name });
  const cluster: TestCluster = {
    simulation,
    create: (resource, object) =>
      client.create(resource, { ...object, metadata: { namespace: NAMESPACE, ...object.metadata } }),
    get: (resource, name) => client.get(resource, key(name)),
    find: (resource, name) => client.find(resource, key(name)),
    list: (resource, labelSelector) =>
      client.list(resource, { namespace: NAMESPACE, ...(labelSelector === undefined ? {} : { labelSelector }) }),
    patch(resource, name, patch) {
      client.patch(resource, key(name), { type: 'merge', patch });
      simulation.settle();
    },
    delete(resource, name, propagationPolicy) {
      client.delete(resource, key(name), propagationPolicy === undefined ? {} : { propagationPolicy });
      simulation.settle();
    },
    pass: (seconds) => simulation.advance(seconds * 1000),
    elapsed: () => (simulation.now() - START) / 1000,
    pods: (labels) => cluster.list<Pod>('pods', labels),
    readyPods: (labels) =>
      cluster.pods(labels).filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined),
    events: (kind, name) =>
      client
        .list<KubeObject & { involvedObject: { kind: string; name: string }; reason: string; message: string }>(
          'events',
        )
        .filter(
          ({ involvedObject }) => involvedObject.kind === kind && (name === undefined || involvedObject.name === name),
        )
        .map(({ reason, message }) => `${reason}: ${message}`),
  };
  return cluster;
}

export interface TemplateOptions {
  readonly image?: string;
  readonly app?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
  readonly container?: Readonly<Record<string, unknown>>;
}

/** A pod template with one container. */
export function template({
  image = 'nginx:1.25',
  app = 'web',
  annotations = {},
  spec = {},
  container = {},
}: TemplateOptions = {}) {
  const prefixed = Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [
      name.includes('/') ? name : `simulation.drydock.dev/${name}`,
      value,
    ]),
  );
  return {
    metadata: { labels: { app }, annotations: prefixed },
    spec: { ...spec, containers: [{ name: 'main', image, ...container }, ...(spec.containers ?? [])] },
  };
}

export function deployment(
  replicas: number,
  { template: options = {}, ...spec }: { readonly template?: TemplateOptions; readonly [field: string]: unknown } = {},
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template(options), ...spec },
  };
}

export function pod(name: string, options: TemplateOptions = {}): KubeObject {
  const { metadata, spec } = template(options);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec };
}

export function progressing(object: Deployment): string | undefined {
  return object.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason;
}
