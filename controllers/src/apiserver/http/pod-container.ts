/**
 * Which container of a pod is meant, for logs and commands (pkg/registry/core/pod/strategy.go and
 * pkg/kubelet/kubelet_pods.go, v1.34).
 */
import { badRequest } from '../../apimachinery/api-errors.ts';
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';

type Entry = Readonly<Record<string, unknown>>;

function entries(pod: KubeObject, path: readonly string[]): readonly Entry[] {
  const list = getPath(pod, path);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The container that is asked for, or the only one. Throws BadRequest. */
export function containerName(pod: KubeObject, given: string): string {
  const main = entries(pod, ['spec', 'containers']).map(({ name }) => String(name));
  const all = [
    ...entries(pod, ['spec', 'initContainers']).map(({ name }) => String(name)),
    ...main,
    ...entries(pod, ['spec', 'ephemeralContainers']).map(({ name }) => String(name)),
  ];
  const { name } = pod.metadata;
  if (given === '') {
    const [only] = main;
    if (only !== undefined && main.length === 1) return only;
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`);
  }
  if (!all.includes(given)) throw badRequest(`container ${given} is not valid for pod ${name}`);
  return given;
}

/** Images that are a shell where nothing else is said. */
const SHELL_IMAGES = /(^|\/)(busybox|alpine|debian|ubuntu|bash)(:|@|$)/;

/** What a container runs; empty where only its image knows. */
export function containerCommand(pod: KubeObject, container: string): readonly string[] {
  const found = ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((list) => entries(pod, ['spec', list]))
    .find(({ name }) => name === container);
  const { command, args, image } = found ?? {};
  const words = [command, args].flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
  return words.length === 0 && SHELL_IMAGES.test(String(image)) ? ['sh'] : words;
}

const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

/** Undefined where the kubelet has said nothing of it. */
export function containerStatus(pod: KubeObject, container: string): Entry | undefined {
  return STATUSES.flatMap((list) => entries(pod, ['status', list])).find(({ name }) => name === container);
}

/** Throws BadRequest for a container without logs. */
export function checkHasLogs(pod: KubeObject, container: string, previous: boolean): void {
  const { name } = pod.metadata;
  const status = containerStatus(pod, container);
  if (status === undefined) throw badRequest(`container "${container}" in pod "${name}" is not available`);
  const last = getPath(status, ['lastState', 'terminated']);
  if (previous) {
    if (!isObject(last)) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    return;
  }
  const hasRun = ['running', 'terminated'].some((state) => isObject(getPath(status, ['state', state])));
  if (hasRun || isObject(last)) return;
  const reason = getPath(status, ['state', 'waiting', 'reason']);
  if (typeof reason !== 'string')
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start - no logs yet`);
  throw badRequest(
    `container "${container}" in pod "${name}" is waiting to start: ${IMAGE_TROUBLE.get(reason) ?? reason}`,
  );
}

const IMAGE_TROUBLE = new Map([
  ['ErrImagePull', "image can't be pulled"],
  ['ImagePullBackOff', 'trying and failing to pull image'],
]);
