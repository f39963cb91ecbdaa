/** The containers of a pod as its worker begins: new, or as an earlier kubelet left them. */
import type { Container, Pod } from '../apimachinery/kinds.ts';
import { type ContainerBehavior, containerBehavior } from './behavior.ts';
import { worldOfRun } from './container-run.ts';
import { type ContainerState, kindOf, newContainerState, resumeContainer } from './container-state.ts';
import { fullImageName } from './images.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { withAddresses } from './world/world.ts';

/** A container that nothing has been done for yet. */
export function startingState(
  pod: Pod,
  { spec, list, runtime }: { readonly spec: Container; readonly list: 'init' | 'main'; readonly runtime: NodeRuntime },
): ContainerState {
  const kind = kindOf(spec, list);
  const spread = runtime.spread(pod.metadata.uid);
  const state = newContainerState(
    spec,
    kind,
    containerBehavior(pod, spec, { defaults: runtime.defaults, spread, kind }),
  );
  const waitsForInit = list === 'init' || (pod.spec.initContainers ?? []).length > 0;
  state.waiting = { reason: waitsForInit ? 'PodInitializing' : 'ContainerCreating' };
  return state;
}

/** How a container behaves in its run that begins, when all that it names is there. */
export function runningBehavior(
  pod: Pod,
  podIp: string | undefined,
  { spec, kind, runs }: ContainerState,
  runtime: NodeRuntime,
): ContainerBehavior {
  const { client, defaults } = runtime;
  const world = () => ({
    ...worldOfRun(withAddresses(pod, podIp, runtime.hostIp()), spec, client, runs),
    start: runtime.now(),
  });
  return containerBehavior(pod, spec, { defaults, spread: runtime.spread(pod.metadata.uid), kind, world });
}

/** Takes up the containers of a pod that a kubelet before this one had. */
export function resumeContainers(pod: Pod, states: readonly ContainerState[], runtime: NodeRuntime): void {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
  const statuses = new Map(all.map((status) => [status.name, status]));
  for (const state of states) {
    resumeContainer(state, statuses.get(state.spec.name), runtime.now());
    state.behavior = runningBehavior(pod, pod.status?.podIP, state, runtime);
    if (state.runs > 0) runtime.images.add(fullImageName(state.spec.image ?? ''));
  }
}
