/**
 * Service (pkg/apis/core/validation ValidateService, v1.34).
 */
import type { ServicePort, ServiceSpec } from 'kubernetes-types/core/v1.d.ts';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  Printed,
  required,
} from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isPortNumber } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { validateLabels } from '../object-meta.ts';
import { portErrors } from './probes.ts';
import { CIDR_ERROR, complaints, type Errors, ipErrors, isCidr, oneOf, oneOfSet } from './rules.ts';

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];

const specOf = (object: KubeObject): ServiceSpec => (object.spec ?? {}) as ServiceSpec;

export function validateService(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf(object);
  const errors: Errors = [];
  const headless = (spec.clusterIPs ?? [])[0] === 'None' || spec.clusterIP === 'None';
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (spec.type === 'LoadBalancer') {
    for (const [index, port] of ports.entries())
      if (port.port === 10250)
        errors.push(
          invalid(
            `spec.ports[${index}]`,
            port.port,
            'may not expose port 10250 externally since it is used by kubelet',
          ),
        );
    if (headless)
      errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
  } else if (spec.type === 'NodePort') {
    if (headless) errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"));
  } else if (spec.type === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs'] as const) {
      if (spec[field] !== undefined && spec[field]?.length !== 0)
        errors.push(forbiddenField(`spec.${field}`, 'may not be set for ExternalName services'));
    }
    const name = (spec.externalName ?? '').replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else errors.push(...complaints(isDns1123Subdomain(name), name, 'spec.externalName'));
  }
  errors.push(...validatePorts(ports));
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  if ((spec.sessionAffinity ?? '') === '') errors.push(required('spec.sessionAffinity'));
  else errors.push(...oneOfSet(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity'));
  errors.push(...affinityConfig(spec));
  errors.push(...addressErrors(spec));
  for (const [index, ip] of (spec.externalIPs ?? []).entries())
    errors.push(...externalIp(ip, `spec.externalIPs[${index}]`));
  if ((spec.type ?? '') === '') errors.push(required('spec.type'));
  else errors.push(...oneOfSet(spec.type, TYPES, 'spec.type'));
  errors.push(...trafficErrors(spec));
  if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
    for (const [index, port] of ports.entries()) {
      if ((port.nodePort ?? 0) !== 0)
        errors.push(forbiddenField(`spec.ports[${index}].nodePort`, `may not be used when \`type\` is '${spec.type}'`));
    }
  }
  errors.push(...duplicatePorts(ports));
  if (spec.type === 'LoadBalancer') errors.push(...sourceRanges(spec));
  else if ((spec.loadBalancerSourceRanges ?? []).length > 0)
    errors.push(forbiddenField('spec.loadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"));
  if (spec.type !== 'LoadBalancer') {
    if (spec.allocateLoadBalancerNodePorts !== undefined)
      errors.push(
        forbiddenField('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"),
      );
    if (spec.loadBalancerClass !== undefined)
      errors.push(forbiddenField('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  }
  return errors;
}

function validatePorts(ports: readonly ServicePort[]): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    const { name = '' } = port;
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${at}.name`));
    } else {
      errors.push(...complaints(isDns1123Label(name), name, `${at}.name`));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      else names.add(name);
    }
    errors.push(...complaints(isPortNumber(port.port), port.port, `${at}.port`));
    errors.push(
      ...((port.protocol ?? '') === ''
        ? [required(`${at}.protocol`)]
        : oneOfSet(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`)),
    );
    if (port.targetPort !== undefined) errors.push(...portErrors(port.targetPort, `${at}.targetPort`));
  }
  return errors;
}

/** Same protocol and port twice: shown as Go prints the struct. */
function duplicatePorts(ports: readonly ServicePort[]): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  const nodePorts = new Map<string, string>();
  for (const [index, { protocol = '', port, nodePort = 0, name = '' }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) {
      errors.push(
        duplicate(
          `spec.ports[${index}]`,
          new Printed(
            `{"Name":"","Protocol":${JSON.stringify(protocol)},"AppProtocol":null,"Port":${port},"TargetPort":0,"NodePort":0}`,
          ),
        ),
      );
    }
    seen.add(key);
    if (nodePort === 0) continue;
    const nodeKey = `${protocol}/${nodePort}`;
    if (nodePorts.has(nodeKey)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    nodePorts.set(nodeKey, name);
  }
  return errors;
}

function affinityConfig(spec: ServiceSpec): Errors {
  const config = spec.sessionAffinityConfig;
  const at = 'spec.sessionAffinityConfig';
  if (spec.sessionAffinity === 'None')
    return config === undefined ? [] : [forbiddenField(at, 'must not be set when session affinity is None')];
  if (spec.sessionAffinity !== 'ClientIP') return [];
  const seconds = config?.clientIP?.timeoutSeconds;
  if (config === undefined) return [required(at, 'when session affinity type is ClientIP')];
  if (seconds === undefined) return [required(`${at}.clientIP`, 'when session affinity type is ClientIP')];
  return seconds <= 0 || seconds > 86_400
    ? [invalid(`${at}.clientIP.timeoutSeconds`, seconds, 'must be greater than 0 and less than 86400')]
    : [];
}

function addressErrors(spec: ServiceSpec): Errors {
  if (spec.type === 'ExternalName') return [];
  const errors: Errors = [];
  const ips = spec.clusterIPs ?? [];
  if (ips.length > 0 && (spec.clusterIP ?? '') !== ips[0]) {
    errors.push(invalid('spec.clusterIPs', ips, 'first value must match `clusterIP`'));
    return errors;
  }
  for (const [index, ip] of ips.entries()) {
    if (ip === 'None') {
      if (index > 0 || ips.length > 1) errors.push(invalid(`spec.clusterIPs[${index}]`, ip, 'must be a valid IP'));
    } else if (ip !== '') errors.push(...ipErrors(ip, `spec.clusterIPs[${index}]`));
  }
  if (spec.ipFamilyPolicy !== undefined)
    errors.push(
      ...oneOfSet(spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], 'spec.ipFamilyPolicy'),
    );
  for (const [index, family] of (spec.ipFamilies ?? []).entries())
    errors.push(...oneOf(family, ['IPv4', 'IPv6'], `spec.ipFamilies[${index}]`));
  return errors;
}

/** Not the local host, not for many, not unspecified. */
function externalIp(ip: string, path: string): Errors {
  const errors = ipErrors(ip, path);
  if (errors.length > 0) return errors;
  if (ip === '0.0.0.0' || ip === '::') return [invalid(path, ip, `may not be unspecified (${JSON.stringify(ip)})`)];
  if (ip.startsWith('127.') || ip === '::1')
    return [invalid(path, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip))
    return [invalid(path, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
  if (ip.startsWith('224.0.0.'))
    return [invalid(path, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')];
  return [];
}

function trafficErrors(spec: ServiceSpec): Errors {
  const errors: Errors = [];
  const external =
    spec.type === 'LoadBalancer' ||
    spec.type === 'NodePort' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  if (spec.externalTrafficPolicy !== undefined) {
    if (!external)
      errors.push(
        invalid(
          'spec.externalTrafficPolicy',
          spec.externalTrafficPolicy,
          'may only be set for externally-accessible services',
        ),
      );
    else errors.push(...oneOfSet(spec.externalTrafficPolicy, ['Cluster', 'Local'], 'spec.externalTrafficPolicy'));
  }
  const health = spec.healthCheckNodePort ?? 0;
  if (health !== 0 && !(spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local')) {
    errors.push(
      invalid(
        'spec.healthCheckNodePort',
        health,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  }
  if (spec.internalTrafficPolicy !== undefined)
    errors.push(...oneOfSet(spec.internalTrafficPolicy, ['Cluster', 'Local'], 'spec.internalTrafficPolicy'));
  return errors;
}

function sourceRanges(spec: ServiceSpec): Errors {
  return (spec.loadBalancerSourceRanges ?? []).flatMap((range, index) =>
    isCidr(range.trim()) ? [] : [invalid(`spec.LoadBalancerSourceRanges[${index}]`, range, CIDR_ERROR)],
  );
}

/** A cluster address stays once it is given. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf(object);
  const before = specOf(old);
  if (now.type === 'ExternalName' || before.type === 'ExternalName') return [];
  const address = before.clusterIP ?? '';
  if (address === '' || (now.clusterIP ?? '') === address) return [];
  return [
    invalid('spec.clusterIPs[0]', new Printed(JSON.stringify(now.clusterIPs ?? null)), 'may not change once set'),
  ];
}
