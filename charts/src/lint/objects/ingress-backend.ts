/** Ingress backends that name no Service of the chart, or no port of one. */
import type { JsonValue } from '../../values/values.ts';
import { at, listAt, objectAt, textAt } from './plain.ts';
import { type RenderedObject, titleOf } from './rendered-object.ts';
import { findObject, type RuleContext } from './rule-context.ts';

interface Backend {
  readonly service: string;
  /** A number, or a name. */
  readonly port: JsonValue | undefined;
  readonly path: readonly (string | number)[];
}

export function checkIngressBackends(context: RuleContext): void {
  for (const object of context.objects) {
    if (object.kind !== 'Ingress') continue;
    for (const backend of backendsOf(object)) {
      const problem = problemOf(backend, { object, context });
      if (problem !== undefined) context.report('ingress-backend', problem, { object, path: backend.path });
    }
  }
}

function problemOf(backend: Backend, at_: { object: RenderedObject; context: RuleContext }): string | undefined {
  const { object, context } = at_;
  const { service, port } = backend;
  const target = findObject(context, { kind: 'Service', name: service, namespace: object.namespace });
  if (target === undefined) return `a backend of ${titleOf(object)}, Service ${service}, is not made by the chart`;
  const ports = listAt(target.object, 'spec', 'ports');
  if (textAt(target.object, 'spec', 'type') === 'ExternalName' && ports.length === 0) return undefined;
  const field = typeof port === 'number' ? 'port' : 'name';
  if (port === undefined || ports.some((entry) => at(entry, field) === port)) return undefined;
  return `a backend of ${titleOf(object)} names port ${String(port)}, which Service ${service} does not have`;
}

/** Both of networking.k8s.io/v1 and of the v1beta1 that old charts have. Backends that are no Service are left out. */
function backendsOf(ingress: RenderedObject): Backend[] {
  const places: (readonly (string | number)[])[] = [
    ['spec', 'defaultBackend'],
    ['spec', 'backend'],
  ];
  for (const [rule, entry] of listAt(ingress.object, 'spec', 'rules').entries()) {
    for (const path of listAt(entry, 'http', 'paths').keys()) {
      places.push(['spec', 'rules', rule, 'http', 'paths', path, 'backend']);
    }
  }
  return places.flatMap((path) => {
    const backend = objectAt(ingress.object, ...path);
    const current = textAt(backend, 'service', 'name');
    const service = current || textAt(backend, 'serviceName');
    // An annotation of some controllers takes the place of a port, e.g. AWS's `use-annotation`.
    const number = at(backend, 'service', 'port', 'number');
    const port = current === '' ? at(backend, 'servicePort') : (number ?? at(backend, 'service', 'port', 'name'));
    return service === '' || port === 'use-annotation' ? [] : [{ service, port, path }];
  });
}
