/**
 * The environment of a container (pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and envvars, v1.34): the Services
 * of its namespace, `envFrom`, then `env` with `$(NAME)` expanded; what the runtime adds comes first.
 */
import type { ConfigMap, Container, Node, Pod, Secret, Service } from '../../apimachinery/kinds.ts';
import type { Client } from '../../apiserver/client.ts';
import { fieldValue, resourceValue } from './field-values.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** By name, in the order in which they were set. What is missing is left out: such a container does not start. */
export function containerEnvironment(pod: Pod, container: Container, client: Client): Map<string, string> {
  const out = new Map([
    ['PATH', PATH],
    ['HOSTNAME', hostnameOf(pod)],
  ]);
  const services = serviceVariables(pod, client);
  for (const [name, value] of services) out.set(name, value);
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef === undefined
        ? secretData(client, pod, secretRef?.name ?? '')
        : configData(client, pod, configMapRef.name ?? '');
    for (const [key, value] of [...data].sort(([a], [b]) => (a < b ? -1 : 1))) out.set(prefix + key, value);
  }
  const node = client.find<Node>('nodes', { name: pod.spec.nodeName ?? '' });
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom === undefined) {
      out.set(name, expand(value ?? '', out));
      continue;
    }
    const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
    let found: string | undefined;
    if (fieldRef !== undefined) found = fieldValue(pod, fieldRef.fieldPath);
    else if (resourceFieldRef !== undefined) {
      const { containerName = container.name } = resourceFieldRef;
      const about = pod.spec.containers.find((each) => each.name === containerName) ?? container;
      found = resourceValue(about, node, resourceFieldRef);
    } else if (configMapKeyRef !== undefined) {
      found = configData(client, pod, configMapKeyRef.name ?? '').get(configMapKeyRef.key);
    } else if (secretKeyRef !== undefined) {
      found = secretData(client, pod, secretKeyRef.name ?? '').get(secretKeyRef.key);
    }
    if (found !== undefined) out.set(name, found);
  }
  if (!out.has('HOME')) out.set('HOME', '/root');
  return out;
}

/** A pod's own host name: its name, as far as a host name may be long. */
export function hostnameOf({ metadata, spec }: Pod): string {
  return spec.hostname ?? metadata.name.slice(0, 63).replace(/[.-]+$/, '');
}

/** `$(NAME)` for the value of NAME where it is set; `$$` for `$`. */
export function expand(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name?: string) =>
    name === undefined ? '$' : (environment.get(name) ?? whole),
  );
}

export function configData(client: Client, pod: Pod, name: string): ReadonlyMap<string, string> {
  const found = client.find<ConfigMap>('configmaps', { namespace: pod.metadata.namespace ?? '', name });
  return new Map(Object.entries(found?.data ?? {}));
}

export function secretData(client: Client, pod: Pod, name: string): ReadonlyMap<string, string> {
  const found = client.find<Secret>('secrets', { namespace: pod.metadata.namespace ?? '', name });
  return new Map(Object.entries(found?.data ?? {}).map(([key, value]) => [key, decodeText(value)]));
}

/** Base64 of text. */
export function decodeText(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

/** Those of the pod's namespace where it asks for them, and of `kubernetes` always. */
function serviceVariables(pod: Pod, client: Client): ReadonlyMap<string, string> {
  const { namespace = '' } = pod.metadata;
  const own = pod.spec.enableServiceLinks === false ? [] : client.list<Service>('services', { namespace });
  const master = client.find<Service>('services', { namespace: 'default', name: 'kubernetes' });
  const services = [...(master === undefined ? [] : [master]), ...own];
  return new Map(services.flatMap(variablesOf));
}

function variablesOf({ metadata, spec }: Service): readonly (readonly [string, string])[] {
  const { clusterIP: host = '', ports = [] } = spec;
  const [first] = ports;
  if (host === '' || host === 'None' || first === undefined) return [];
  const prefix = variableName(metadata.name);
  const out: [string, string][] = [
    [`${prefix}_SERVICE_HOST`, host],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
  ];
  for (const { name = '', port } of ports) {
    if (name !== '') out.push([`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port)]);
  }
  out.push([`${prefix}_PORT`, urlOf(host, first)]);
  for (const item of ports) {
    const { port, protocol = 'TCP' } = item;
    const portPrefix = `${prefix}_PORT_${port}_${protocol}`;
    out.push([portPrefix, urlOf(host, item)], [`${portPrefix}_PROTO`, protocol.toLowerCase()]);
    out.push([`${portPrefix}_PORT`, String(port)], [`${portPrefix}_ADDR`, host]);
  }
  return out;
}

function urlOf(
  host: string,
  { port, protocol = 'TCP' }: { readonly port: number; readonly protocol?: string },
): string {
  return `${protocol.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
