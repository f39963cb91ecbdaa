/** Plays the steps of a recorded scenario on a simulated cluster, with the answers that the recorder noted. */
import { isApiError, type KubeObject, type Simulation } from '@drydock/controllers';
import { holds, isObserved, matching } from './traces-match.ts';
import { keyFor, NAMESPACE, resourceOf, type Seen, type Step, type Stored } from './traces-scenario.ts';

const DEFAULT_TIMEOUT = 60;
const QUIET = 1500;

export function play(step: Step, simulation: Simulation, seen: readonly Seen[]): Record<string, unknown> {
  const filled = JSON.parse(JSON.stringify(step).replaceAll('$NS', NAMESPACE)) as Step;
  try {
    return { ...perform(filled, simulation, seen) };
  } catch (error) {
    if (!isApiError(error)) throw error;
    const causes = error.details?.causes;
    return {
      code: error.code,
      reason: error.reason,
      message: error.message,
      ...(causes === undefined ? {} : { causes }),
    };
  } finally {
    simulation.settle();
  }
}

function perform(step: Step, simulation: Simulation, seen: readonly Seen[]): Record<string, unknown> {
  const { client } = simulation;
  switch (step.op) {
    case 'apply':
      return apply(step, simulation);
    case 'patch': {
      const [target] = step.name === undefined ? matching(step, simulation) : [{ metadata: { name: step.name } }];
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const type = step.patchType ?? 'merge';
      const patch =
        type === 'json'
          ? { type, patch: step.patch as unknown as readonly unknown[] }
          : { type, patch: step.patch ?? {} };
      client.patch(resource, keyFor(simulation, resource, target?.metadata.name ?? ''), patch);
      return { code: 200 };
    }
    case 'scale': {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const patch = { spec: { replicas: step.replicas } };
      client.patch(
        resource,
        { namespace: NAMESPACE, name: step.name ?? '' },
        { type: 'merge', patch },
        { subresource: 'scale' },
      );
      return { code: 200 };
    }
    case 'delete': {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const name = step.kind === 'Namespace' && step.name === 'ns' ? NAMESPACE : step.name;
      const [target] = name === undefined ? matching(step, simulation) : [{ metadata: { name } }];
      const options = step.propagationPolicy === undefined ? {} : { propagationPolicy: step.propagationPolicy };
      client.delete(resource, keyFor(simulation, resource, target?.metadata.name ?? ''), options);
      return { code: 200 };
    }
    case 'evict': {
      const target = matching(step, simulation).find(({ metadata }) => metadata.deletionTimestamp === undefined);
      const name = target?.metadata.name ?? '';
      client.createSubresource('pods', { namespace: NAMESPACE, name }, 'eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace: NAMESPACE },
      });
      return { code: 201 };
    }
    case 'podStatus':
      return setPodStatus(step, simulation);
    case 'rollbackTo':
      return rollBack(step, simulation);
    case 'sleep':
      simulation.advance((step.seconds ?? 0) * 1000);
      return {};
    case 'settle':
      settle(simulation, seen);
      return {};
    case 'wait':
      return { satisfied: wait(step, simulation) };
    default:
      throw new Error(`unknown step ${step.op}`);
  }
}

function apply(step: Step, simulation: Simulation): Record<string, unknown> {
  const { client } = simulation;
  const object = step.object as KubeObject;
  const resource = resourceOf(simulation, object);
  const name = object.metadata.name ?? '';
  const key = keyFor(simulation, resource, name);
  const placed = 'namespace' in key ? { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } } : object;
  if (client.find(resource, key) === undefined) {
    client.create(resource, placed);
    return { code: 201 };
  }
  client.patch(resource, key, { type: 'merge', patch: placed });
  return { code: 200 };
}

/** What the recorder's fake kubelet wrote on demand. */
function setPodStatus(step: Step, simulation: Simulation): Record<string, unknown> {
  const [pod] = matching(step, simulation);
  if (pod === undefined) throw new Error('podStatus: no pod matches');
  const { ready, phase, exitCode = 0 } = step.set ?? {};
  const status = (pod.status ?? {}) as Record<string, unknown>;
  const time = new Date(simulation.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const isReady = phase === undefined && ready === true;
  const conditions = ((status.conditions ?? []) as { type: string; status: string }[]).map((condition) =>
    ['Ready', 'ContainersReady'].includes(condition.type)
      ? { ...condition, status: isReady ? 'True' : 'False', lastTransitionTime: time }
      : condition,
  );
  const containerStatuses = ((status.containerStatuses ?? []) as Record<string, unknown>[]).map((container) => ({
    ...container,
    ready: isReady,
    ...(phase === undefined
      ? {}
      : {
          started: false,
          state: {
            terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: time, finishedAt: time },
          },
        }),
  }));
  simulation.client.updateStatus('pods', {
    ...pod,
    status: { ...status, ...(phase === undefined ? {} : { phase }), conditions, containerStatuses },
  });
  return { code: 200 };
}

function rollBack(step: Step, simulation: Simulation): Record<string, unknown> {
  const name = step.name ?? '';
  const { client } = simulation;
  const deployment = client.get<Stored>('deployments.apps', { namespace: NAMESPACE, name });
  const set = client
    .list<Stored>('replicasets.apps', { namespace: NAMESPACE })
    .find(
      ({ metadata }) =>
        metadata.annotations?.['deployment.kubernetes.io/revision'] === String(step.revision) &&
        metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid) === true,
    );
  const template = JSON.parse(JSON.stringify(set?.spec?.template ?? {}));
  delete template.metadata?.labels?.['pod-template-hash'];
  const patch = [{ op: 'replace', path: '/spec/template', value: template }];
  client.patch('deployments.apps', { namespace: NAMESPACE, name }, { type: 'json', patch });
  return { code: 200 };
}

/** Until nothing changed for a while. Events are no change. */
function settle(simulation: Simulation, seen: readonly Seen[]): void {
  const limit = simulation.now() + DEFAULT_TIMEOUT * 1000;
  for (;;) {
    const last = seen.findLast(({ resource }) => resource !== 'events')?.at ?? simulation.now();
    const quietAt = Math.max(last, simulation.now() - QUIET) + QUIET;
    const next = simulation.nextEventTime();
    if (next === undefined || next > quietAt || next > limit) {
      simulation.advanceTo(Math.min(quietAt, limit));
      return;
    }
    simulation.advanceTo(next);
  }
}

function wait(step: Step, simulation: Simulation): boolean {
  const done = (): boolean => {
    if (step.gone === true) {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const name = step.kind === 'Namespace' && step.name === 'ns' ? NAMESPACE : (step.name ?? '');
      return simulation.client.find(resource, keyFor(simulation, resource, name)) === undefined;
    }
    const found = matching(step, simulation);
    if (step.count !== undefined) return found.length === step.count;
    if (step.minCount !== undefined) return found.length >= step.minCount;
    return found.some((object) => isObserved(object) && holds(object, step));
  };
  return simulation.advanceUntil(done, (step.timeout ?? DEFAULT_TIMEOUT) * 1000);
}
