/**
 * Cells of networking and discovery (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { age, type Cells, firstThree, list, selectorText, text, texts } from '../columns.ts';
import { ingressAddresses } from '../core/tables.ts';

/** The hosts among the first rules; it counts rules, not hosts. */
function ingressHosts(o: KubeObject): string {
  const hosts: string[] = [];
  const rules = list(o, 'spec.rules');
  let isFull = false;
  for (const rule of rules) {
    if (hosts.length === 3) isFull = true;
    const host = text(rule, 'host');
    if (!isFull && host !== '') hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return isFull ? `${hosts.join(',')} + ${rules.length - 3} more...` : hosts.join(',');
}

const ingress: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.ingressClassName') || '<none>',
  ingressHosts(o),
  ingressAddresses(o).join(','),
  list(o, 'spec.tls').length > 0 ? '80, 443' : '80',
  age(o, now),
];

const ingressClass: Cells = (o, now) => {
  const parameters = getPath(o, ['spec', 'parameters']);
  const group = text(parameters, 'apiGroup');
  return [
    o.metadata.name,
    text(o, 'spec.controller'),
    isObject(parameters)
      ? `${text(parameters, 'kind')}${group === '' ? '' : `.${group}`}/${text(parameters, 'name')}`
      : '<none>',
    age(o, now),
  ];
};

const networkPolicy: Cells = (o, now) => [o.metadata.name, selectorText(o, 'spec.podSelector'), age(o, now)];

const serviceCidr: Cells = (o, now) => [o.metadata.name, texts(o, 'spec.cidrs').join(','), age(o, now)];

/** It has a cell more than columns. */
const ipAddress: Cells = (o, now) => {
  const parent = getPath(o, ['spec', 'parentRef']);
  if (!isObject(parent)) return [o.metadata.name, '<none>', age(o, now)];
  const group = text(parent, 'group');
  const resource = `${text(parent, 'resource')}${group === '' ? '' : `.${group}`}`.toLowerCase();
  const parts = [resource, text(parent, 'namespace'), text(parent, 'name')];
  return [o.metadata.name, parts.filter((part, index) => part !== '' || index === 2).join('/'), age(o, now)];
};

const endpointSlice: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'addressType'),
  firstThree(list(o, 'ports').map(({ port, name }) => String(port ?? name ?? '*'))) || '<unset>',
  firstThree(list(o, 'endpoints').flatMap((endpoint) => texts(endpoint, 'addresses'))) || '<unset>',
  age(o, now),
];

const NETWORKING = 'networking.k8s.io';

export const NETWORKING_TABLES: readonly (readonly [string, Cells])[] = [
  [`Ingress.${NETWORKING}`, ingress],
  [`IngressClass.${NETWORKING}`, ingressClass],
  [`NetworkPolicy.${NETWORKING}`, networkPolicy],
  [`ServiceCIDR.${NETWORKING}`, serviceCidr],
  [`IPAddress.${NETWORKING}`, ipAddress],
  ['EndpointSlice.discovery.k8s.io', endpointSlice],
];
