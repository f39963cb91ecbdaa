/**
 * GET by way of nodes/proxy and pods/proxy (pkg/registry/core/{node,pod}/rest, v1.34): kubelets say that they are well, and
 * of pods those that are known to serve their name or a first page answer. Nothing else listens.
 */
import { badRequest } from '../../apimachinery/api-errors.ts';
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Core } from '../core.ts';
import { getObject } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import type { Answer } from './answer.ts';

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const HEALTH = new Set(['healthz', 'healthz/ping', 'healthz/log', 'healthz/syncloop']);
const FIRST_PAGE = '<html><body><h1>It works!</h1></body></html>\n';

/** Undefined for what is not proxied. Throws NotFound, BadRequest, ServiceUnavailable. */
export function proxyAnswer(core: Core, target: ResourceRequest, rest: string): Answer | undefined {
  const { resource } = target.resource;
  if (target.resource.group !== '' || target.subresource !== 'proxy') return undefined;
  // `https:name:port`, `name:port`, `name`.
  const parts = target.name.split(':');
  const name = (parts.length === 3 ? parts[1] : parts[0]) ?? '';
  const port = (parts.length === 3 ? parts[2] : parts[1]) ?? '';
  const object = getObject(core, { ...target, name, subresource: '' });
  if (resource === 'nodes') return nodeAnswer(rest);
  return resource === 'pods' ? podAnswer(object, port, rest) : undefined;
}

function nodeAnswer(rest: string): Answer {
  return HEALTH.has(rest)
    ? { status: 200, body: 'ok', headers: TEXT }
    : { status: 404, body: '404 page not found\n', headers: TEXT };
}

function podAnswer(pod: KubeObject, port: string, rest: string): Answer {
  const ip = getPath(pod, ['status', 'podIP']);
  if (typeof ip !== 'string' || ip === '') throw badRequest('address not allowed');
  const containers = getPath(pod, ['spec', 'containers']);
  const isUp = getPath(pod, ['status', 'phase']) === 'Running';
  const all = Array.isArray(containers) ? containers.filter(isObject) : [];
  if (isUp && all.some(servesName)) return { status: 200, body: pod.metadata.name ?? '', headers: TEXT };
  if (isUp && rest === '' && all.some(({ image }) => /(^|\/)(nginx|httpd)(:|@|$)/.test(String(image))))
    return { status: 200, body: FIRST_PAGE, headers: { 'Content-Type': 'text/html' } };
  throw new ApiError(
    'ServiceUnavailable',
    `error trying to reach service: dial tcp ${ip}:${port === '' ? firstPort(all) : port}: connect: connection refused`,
  );
}

/** Kubernetes' own test image. */
function servesName({ image, args }: Readonly<Record<string, unknown>>): boolean {
  return /(^|\/)agnhost(:|@|$)/.test(String(image)) && Array.isArray(args) && args[0] === 'serve-hostname';
}

function firstPort(containers: readonly Readonly<Record<string, unknown>>[]): string {
  const ports = containers.flatMap(({ ports: list }) => (Array.isArray(list) ? list.filter(isObject) : []));
  return String(ports[0]?.containerPort ?? 80);
}
