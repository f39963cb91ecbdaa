/**
 * Service: addresses and node ports are taken and freed with its type (pkg/registry/core/service/storage/alloc.go,
 * v1.34); single stack IPv4.
 */
import { invalid, invalidObject } from '../../../apimachinery/api-errors.ts';
import { isObject } from '../../../apimachinery/json.ts';
import { isDns1035Label } from '../../../apimachinery/names.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { storageKey } from '../../../apimachinery/resource.ts';
import type { Value } from '../../defaults/draft.ts';
import { items } from '../../defaults/draft.ts';
import { validateAddresses, validateService, validateServiceUpdate } from '../../validation/service.ts';
import type { Draft, KindContext, KindFacts } from '../resource.ts';

export const service: KindFacts = {
  group: '',
  kind: 'Service',
  name: isDns1035Label,
  generation: 'none',
  prepareCreate(draft, context) {
    draft.status = { loadBalancer: {} };
    dropTypeFields(draft.spec as Value, undefined);
    checkFamilies(draft);
    setFamilies(draft.spec as Value);
    // What can't be valid gets no address: its own validation says so.
    if (validateService(draft, context).length === 0) allocate(draft, undefined, context);
  },
  prepareUpdate(draft, old, context) {
    const spec = draft.spec as Value;
    const before = (old.spec ?? {}) as Value;
    keepAllocations(spec, before);
    dropTypeFields(spec, before);
    checkFamilies(draft);
    setFamilies(spec);
    if (validateService(draft, context).length + validateServiceUpdate(draft, old).length === 0)
      allocate(draft, old, context);
  },
  validate: validateService,
  validateUpdate: (object, old, context) => [
    ...validateServiceUpdate(object, old),
    ...validateService(object, context),
  ],
  fieldLabels: {
    'spec.clusterIP': (object) => String((object.spec as Value | undefined)?.clusterIP ?? ''),
    'spec.type': (object) => String((object.spec as Value | undefined)?.type ?? ''),
  },
};

const needsAddress = (spec: Value): boolean => spec.type !== 'ExternalName';
const needsNodePorts = (spec: Value): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const needsHealthPort = (spec: Value): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** A client that leaves out what the server chose gets it back. */
function keepAllocations(spec: Value, before: Value): void {
  if (needsAddress(spec) && needsAddress(before)) {
    const isSame = sameList(spec.clusterIPs, before.clusterIPs);
    if (spec.clusterIP === undefined && (spec.clusterIPs === undefined || isSame)) {
      spec.clusterIP = before.clusterIP;
      spec.clusterIPs = before.clusterIPs;
    } else if (spec.clusterIPs === undefined || (spec.clusterIP !== before.clusterIP && isSame)) {
      if (spec.clusterIP === undefined) delete spec.clusterIPs;
      else spec.clusterIPs = [spec.clusterIP];
    } else if (spec.clusterIP === undefined) spec.clusterIP = (spec.clusterIPs as unknown[])[0];
    if (spec.ipFamilies === undefined) spec.ipFamilies = before.ipFamilies;
    if (spec.ipFamilyPolicy === undefined) spec.ipFamilyPolicy = before.ipFamilyPolicy;
    for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
      if (spec[key] === undefined) delete spec[key];
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const used = new Set(items(spec, 'ports').map((port) => port.nodePort));
    for (const port of items(spec, 'ports')) {
      if (port.nodePort !== undefined) continue;
      const same = items(before, 'ports').find((other) => other.port === port.port && other.protocol === port.protocol);
      if (same?.nodePort !== undefined && !used.has(same.nodePort)) port.nodePort = same.nodePort;
    }
  }
  if (
    needsHealthPort(spec) &&
    needsHealthPort(before) &&
    spec.healthCheckNodePort === undefined &&
    before.healthCheckNodePort !== undefined
  ) {
    spec.healthCheckNodePort = before.healthCheckNodePort;
  }
}

function sameList(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Fields of the old type go, where the client left them as they were (dropTypeDependentFields). */
function dropTypeFields(spec: Value, before: Value | undefined): void {
  if (before === undefined) return;
  if (needsAddress(before) && !needsAddress(spec)) {
    if (spec.internalTrafficPolicy === before.internalTrafficPolicy) delete spec.internalTrafficPolicy;
    if (spec.clusterIP === before.clusterIP) delete spec.clusterIP;
    if (sameList(spec.clusterIPs, before.clusterIPs)) delete spec.clusterIPs;
    for (const key of ['ipFamilies', 'ipFamilyPolicy']) if (sameList(spec[key], before[key])) delete spec[key];
  }
  const nodePorts = (s: Value): boolean => s.type === 'NodePort' || s.type === 'LoadBalancer';
  if (nodePorts(before) && !nodePorts(spec)) {
    for (const [index, port] of items(spec, 'ports').entries()) {
      if (port.nodePort !== undefined && port.nodePort === items(before, 'ports')[index]?.nodePort)
        delete port.nodePort;
    }
    if (spec.externalTrafficPolicy === before.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
  if (needsHealthPort(before) && !needsHealthPort(spec) && spec.healthCheckNodePort === before.healthCheckNodePort)
    delete spec.healthCheckNodePort;
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'])
      if (spec[key] === before[key]) delete spec[key];
  }
  if (before.type === 'ExternalName' && spec.type !== 'ExternalName' && spec.externalName === before.externalName)
    delete spec.externalName;
}

/** Addresses and families are checked before the rest, and against what the cluster has (initIPFamilyFields). */
function checkFamilies(draft: Draft): void {
  const spec = draft.spec as Value;
  if (!needsAddress(spec)) return;
  // A client may name only one of both.
  if (spec.clusterIPs === undefined && typeof spec.clusterIP === 'string' && spec.clusterIP !== '')
    spec.clusterIPs = [spec.clusterIP];
  const errors = validateAddresses(spec);
  const ips = (spec.clusterIPs ?? []) as readonly string[];
  const isHeadless = ips[0] === 'None';
  if (errors.length === 0 && !isHeadless) {
    for (const [index, ip] of ips.entries())
      if (ip.includes(':'))
        errors.push(invalid(`spec.clusterIPs[${index}]`, [...ips], 'IPv6 is not configured on this cluster'));
    for (const [index, family] of ((spec.ipFamilies ?? []) as readonly string[]).entries())
      if (family === 'IPv6')
        errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
    if (errors.length === 0 && spec.ipFamilyPolicy === 'RequireDualStack')
      errors.push(
        invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
      );
  }
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'Service' }, draft.metadata.name ?? '', errors);
}

function setFamilies(spec: Value): void {
  if (!needsAddress(spec)) return;
  if (spec.clusterIP === undefined && Array.isArray(spec.clusterIPs) && spec.clusterIPs.length > 0)
    spec.clusterIP = spec.clusterIPs[0];
  if (spec.clusterIPs === undefined && typeof spec.clusterIP === 'string') spec.clusterIPs = [spec.clusterIP];
  const headlessWithoutSelector =
    spec.clusterIP === 'None' && (!isObject(spec.selector) || Object.keys(spec.selector).length === 0);
  if (spec.ipFamilyPolicy === undefined)
    spec.ipFamilyPolicy = headlessWithoutSelector ? 'RequireDualStack' : 'SingleStack';
  if (spec.ipFamilies === undefined) spec.ipFamilies = headlessWithoutSelector ? ['IPv4', 'IPv6'] : ['IPv4'];
}

function allocate(draft: Draft, old: KubeObject | undefined, { core, dryRun }: KindContext): void {
  const spec = draft.spec as Value;
  const key = storageKey('', 'services', draft.metadata.namespace ?? '', draft.metadata.name ?? '');
  const refuse = (errors: Parameters<typeof invalidObject>[2]): Error =>
    invalidObject({ group: '', kind: 'Service' }, draft.metadata.name ?? '', errors);
  if (needsAddress(spec)) {
    const given = spec.clusterIP;
    if (given === undefined || given === '') {
      const address = core.allocations.nextAddress();
      spec.clusterIP = address;
      spec.clusterIPs = [address];
    } else if (given !== 'None' && typeof given === 'string' && given !== (old?.spec as Value | undefined)?.clusterIP) {
      const problem = core.allocations.addressProblem(given, key);
      if (problem === 'taken')
        throw refuse([
          invalid('spec.clusterIPs', [given], `failed to allocate IP ${given}: provided IP is already allocated`),
        ]);
      if (problem === 'range') {
        throw refuse([
          invalid(
            'spec.clusterIPs',
            [given],
            `failed to allocate IP ${given}: the provided IP (${given}) is not in the valid range. The range of valid IPs is ${core.allocations.range}`,
          ),
        ]);
      }
    }
  }
  const taken = new Set<number>();
  for (const [index, port] of items(spec, 'ports').entries()) {
    if (typeof port.nodePort === 'number' && port.nodePort !== 0) {
      if (core.allocations.isNodePortTaken(port.nodePort, key)) {
        throw refuse([invalid(`spec.ports[${index}].nodePort`, port.nodePort, 'provided port is already allocated')]);
      }
      // A dry run takes no port, and so does not look at the range.
      if (!dryRun && (port.nodePort < 30_000 || port.nodePort > 32_767)) {
        throw refuse([
          invalid(
            `spec.ports[${index}].nodePort`,
            port.nodePort,
            'provided port is not in the valid range. The range of valid ports is 30000-32767',
          ),
        ]);
      }
      taken.add(port.nodePort);
    }
  }
  if (needsNodePorts(spec)) {
    const shared = new Map<unknown, number>();
    for (const port of items(spec, 'ports')) {
      if (typeof port.nodePort !== 'number') {
        const same = shared.get(port.port);
        port.nodePort = same ?? core.allocations.nextNodePort(taken);
        taken.add(port.nodePort as number);
      }
      shared.set(port.port, port.nodePort as number);
    }
  }
  if (needsHealthPort(spec) && spec.healthCheckNodePort === undefined)
    spec.healthCheckNodePort = core.allocations.nextNodePort(taken);
}
