/**
 * GET of a pod's log: which container, which options; the text is the kubelet model's.
 */
import { badRequest } from '../../apimachinery/api-errors.ts';
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Core } from '../core.ts';
import type { LogRequest } from '../kubelet-answers.ts';
import { getObject } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import type { Answer } from './answer.ts';

/** Throws NotFound, BadRequest. */
export function podLog(core: Core, target: ResourceRequest, query: URLSearchParams): Answer {
  const pod = getObject(core, target);
  const container = containerName(pod, query.get('container') ?? '');
  const number = (name: string): number | undefined => {
    const value = query.get(name);
    return value === null || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const sinceSeconds = number('sinceSeconds');
  const request: LogRequest = {
    namespace: target.namespace,
    pod: target.name,
    container,
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
  };
  return { status: 200, body: core.kubelet?.log(request) ?? '', headers: { 'Content-Type': 'text/plain' } };
}

function containerName(pod: KubeObject, given: string): string {
  const names = (field: string): string[] => {
    const list = getPath(pod, ['spec', field]);
    return Array.isArray(list) ? list.filter(isObject).map(({ name }) => String(name)) : [];
  };
  const main = names('containers');
  const init = names('initContainers');
  const all = [...main, ...init, ...names('ephemeralContainers')];
  const pick = given !== '' ? given : main.length === 1 ? (main[0] ?? '') : '';
  if (pick === '') {
    const chosen = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
    if (chosen !== undefined && all.includes(chosen)) return chosen;
    const initText = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]${initText}`,
    );
  }
  if (!all.includes(pick)) throw badRequest(`container ${pick} is not valid for pod ${pod.metadata.name}`);
  const statuses = [...arrayOf(pod, 'containerStatuses'), ...arrayOf(pod, 'initContainerStatuses')];
  const status = statuses.find((entry) => entry.name === pick);
  const waiting = getPath(status, ['state', 'waiting']);
  const never = status === undefined || (isObject(waiting) && !isObject(getPath(status, ['lastState', 'terminated'])));
  if (never) {
    const reason = isObject(waiting) && typeof waiting.reason === 'string' ? waiting.reason : 'ContainerCreating';
    if (['ContainerCreating', 'PodInitializing'].includes(reason)) {
      throw badRequest(`container "${pick}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`);
    }
    throw badRequest(
      `container "${pick}" in pod "${pod.metadata.name}" is waiting to start: trying and failing to pull image`,
    );
  }
  return pick;
}

function arrayOf(pod: KubeObject, field: string): readonly Readonly<Record<string, unknown>>[] {
  const list = getPath(pod, ['status', field]);
  return Array.isArray(list) ? list.filter(isObject) : [];
}
