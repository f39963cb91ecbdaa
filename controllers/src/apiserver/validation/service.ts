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
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName } from '../../apimachinery/names.ts';
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
    if (headless)
      errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
  } else if (spec.type === 'NodePort') {
    if (headless) errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"));
  } else if (spec.type === 'ExternalName') {
    for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) {
      if (spec[field] !== undefined)
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
  errors.push(...validateAddresses(spec));
  for (const [index, ip] of (spec.externalIPs ?? []).entries())
    errors.push(...externalIp(ip, `spec.externalIPs[${index}]`));
  if ((spec.type ?? '') === '') errors.push(required('spec.type'));
  else errors.push(...oneOfSet(spec.type, TYPES, 'spec.type'));
  if (spec.type === 'ClusterIP') {
    for (const [index, port] of ports.entries()) {
      if ((port.nodePort ?? 0) !== 0)
        errors.push(forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  errors.push(...duplicatePorts(ports), ...sourceRanges(object));
  if (spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined)
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', LOAD_BALANCER_ONLY));
  errors.push(...balancerClass(spec), ...trafficErrors(spec));
  const { trafficDistribution: distribution } = spec as { readonly trafficDistribution?: string };
  if (distribution !== undefined)
    errors.push(
      ...oneOf(distribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode'], 'spec.trafficDistribution'),
    );
  return errors;
}

const LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";

function balancerClass({ type, loadBalancerClass: name }: ServiceSpec): Errors {
  if (name === undefined) return [];
  if (type !== 'LoadBalancer') return [forbiddenField('spec.loadBalancerClass', LOAD_BALANCER_ONLY)];
  return complaints(isQualifiedName(name), name, 'spec.loadBalancerClass');
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
    if (port.appProtocol !== undefined)
      errors.push(...complaints(isQualifiedName(port.appProtocol), port.appProtocol, `${at}.appProtocol`));
  }
  return errors;
}

/** Same protocol and node port, or port, twice: shown as Go prints the struct. */
function duplicatePorts(ports: readonly ServicePort[]): Errors {
  const errors: Errors = [];
  const nodePorts = new Set<string>();
  for (const [index, { protocol = '', nodePort = 0 }] of ports.entries()) {
    if (nodePort === 0) continue;
    if (nodePorts.has(`${protocol}/${nodePort}`)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    nodePorts.add(`${protocol}/${nodePort}`);
  }
  const seen = new Set<string>();
  for (const [index, { protocol = '', port }] of ports.entries()) {
    if (seen.has(`${protocol}/${port}`)) {
      const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
      errors.push(duplicate(`spec.ports[${index}]`, new Printed(JSON.stringify(shown))));
    }
    seen.add(`${protocol}/${port}`);
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

/** Addresses and their families (ValidateServiceClusterIPsRelatedFields); also looked at before they are chosen. */
export function validateAddresses(spec: ServiceSpec): Errors {
  if (spec.type === 'ExternalName') return [];
  const errors: Errors = [];
  const ips = spec.clusterIPs ?? [];
  const tell = (problem: string): number => errors.push(invalid('spec.clusterIPs', ips, problem));
  if ((spec.clusterIP ?? '') !== '') {
    if (ips.length === 0) errors.push(required('spec.clusterIPs'));
    else if (ips[0] !== spec.clusterIP) tell('first value must match `clusterIP`');
  } else if (ips.length > 0) tell('must be empty when `clusterIP` is not specified');
  const families = spec.ipFamilies ?? [];
  for (const [index, family] of families.entries()) {
    errors.push(...oneOf(family, ['IPv4', 'IPv6'], `spec.ipFamilies[${index}]`));
    if (families.indexOf(family) < index) errors.push(duplicate(`spec.ipFamilies[${index}]`, family));
  }
  if (spec.ipFamilyPolicy !== undefined)
    errors.push(
      ...oneOfSet(spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], 'spec.ipFamilyPolicy'),
    );
  const before = errors.length;
  for (const [index, ip] of ips.entries()) {
    if (index === 0 && ip === 'None') {
      if (ips.length > 1) tell("'None' must be the first and only value");
    } else errors.push(...ipErrors(ip, `spec.clusterIPs[${index}]`));
  }
  const hasInvalid = errors.length > before;
  if (ips.length > 2) tell('may only hold up to 2 values');
  if (hasInvalid) return errors;
  if (ips.length > 1 && new Set(ips.map((ip) => ip.includes(':'))).size === 1)
    tell('may specify no more than one IP for each IP family');
  if (ips[0] === 'None') return errors;
  for (const [index, ip] of ips.entries()) {
    const family = families[index];
    const isSix = ip.includes(':');
    if ((family === 'IPv4' && isSix) || (family === 'IPv6' && !isSix))
      errors.push(
        invalid(
          `spec.clusterIPs[${index}]`,
          ip,
          `expected an ${family} value as indicated by \`ipFamilies[${index}]\``,
        ),
      );
  }
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
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    // None yet: it is chosen after this.
    if (health !== 0) errors.push(...complaints(isPortNumber(health), health, 'spec.healthCheckNodePort'));
  } else if (health !== 0) {
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

const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

function sourceRanges(object: KubeObject): Errors {
  const { type, loadBalancerSourceRanges: ranges = [] } = specOf(object);
  const note = object.metadata.annotations?.[RANGES];
  const errors: Errors = [];
  const check = (range: string, path: string): void => {
    if (!isCidr(range)) errors.push(invalid(path, range, CIDR_ERROR));
  };
  if (ranges.length > 0) {
    const at = 'spec.LoadBalancerSourceRanges';
    if (type !== 'LoadBalancer') errors.push(forbiddenField(at, LOAD_BALANCER_ONLY));
    for (const [index, range] of ranges.entries()) check(range.trim(), `${at}[${index}]`);
  } else if (note !== undefined) {
    const at = `metadata.annotations[${RANGES}]`;
    if (type !== 'LoadBalancer') errors.push(forbiddenField(at, LOAD_BALANCER_ONLY));
    if (note.trim() !== '') for (const range of note.trim().split(',')) check(range.trim(), at);
  }
  return errors;
}

const isHeadless = (spec: ServiceSpec): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';

/** Addresses, families and the class of a balancer stay once they are given. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf(object);
  const before = specOf(old);
  const errors: Errors = [];
  if (now.type !== 'ExternalName' && before.type !== 'ExternalName')
    errors.push(...addressUpdates(now, before), ...familyUpdates(now, before));
  if (now.type === 'LoadBalancer' && before.type === 'LoadBalancer') {
    if (now.loadBalancerClass !== before.loadBalancerClass)
      errors.push(invalid('spec.loadBalancerClass', now.loadBalancerClass ?? null, 'may not change once set'));
  }
  // The class is looked at once more, by upstream's check of a new service.
  errors.push(...balancerClass(now));
  const checked = (spec: ServiceSpec): boolean =>
    spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (checked(now) && checked(before) && now.healthCheckNodePort !== before.healthCheckNodePort)
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  return errors;
}

function addressUpdates(now: ServiceSpec, before: ServiceSpec): Errors {
  if (isHeadless(now) && isHeadless(before)) return [];
  const ips = now.clusterIPs ?? [];
  const old = before.clusterIPs ?? [];
  const errors: Errors = [];
  const tell = (index: number, problem: string): number =>
    errors.push(invalid(`spec.clusterIPs[${index}]`, new Printed(JSON.stringify(now.clusterIPs ?? null)), problem));
  const isKept = old[0] === ips[0];
  if (ips.length === old.length) {
    for (const [index, ip] of old.entries()) if (ip !== ips[index]) tell(index, 'may not change once set');
  } else if (ips.length < old.length) {
    if (ips.length === 0) tell(0, 'primary clusterIP can not be unset');
    else if (!isKept) tell(0, 'may not change once set');
    if (ips.length === 1 && now.ipFamilyPolicy !== 'SingleStack')
      errors.push(
        invalid(
          'spec.ipFamilyPolicy',
          now.ipFamilyPolicy ?? null,
          "must be set to 'SingleStack' when releasing the secondary clusterIP",
        ),
      );
  } else if (old.length > 0 && !isKept) tell(0, 'may not change once set');
  return errors;
}

function familyUpdates(now: ServiceSpec, before: ServiceSpec): Errors {
  if (isHeadless(now) || isHeadless(before)) return [];
  const families = now.ipFamilies ?? [];
  const old = before.ipFamilies ?? [];
  const errors: Errors = [];
  const tell = (shown: unknown, problem: string): number =>
    errors.push(invalid('spec.ipFamilies[0]', new Printed(JSON.stringify(shown ?? null)), problem));
  const isChanged = families.length > 0 && old.length > 0 && families[0] !== old[0];
  if (families.length === old.length) {
    for (const [index, family] of old.entries())
      if (family !== families[index]) tell(now.ipFamilies, 'may not change once set');
  } else if (families.length < old.length) {
    if ((now.clusterIPs ?? []).length === 0) tell(now.ipFamilies, 'primary ipFamily can not be unset');
    if (isChanged) tell(now.clusterIPs, 'may not change once set');
    if (families.length === 1 && now.ipFamilyPolicy !== 'SingleStack')
      errors.push(
        invalid(
          'spec.ipFamilyPolicy',
          now.ipFamilyPolicy ?? null,
          "must be set to 'SingleStack' when releasing the secondary ipFamily",
        ),
      );
  } else if (isChanged) tell(now.clusterIPs, 'may not change once set');
  return errors;
}
