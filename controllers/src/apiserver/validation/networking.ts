/**
 * Ingress, IngressClass, NetworkPolicy and EndpointSlice (pkg/apis/{networking,discovery}/validation, v1.34).
 */
import type {
  IngressBackend,
  IngressSpec,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1.d.ts';
import { type FieldError, forbiddenField, invalid, Printed, required, tooLong } from '../../apimachinery/api-errors.ts';
import {
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isPathSegment,
  isWildcardSubdomain,
} from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { portErrors } from './probes.ts';
import {
  CIDR_ERROR,
  complaints,
  type Errors,
  ipErrors,
  isCidr,
  isIp,
  oneOf,
  oneOfSet,
  validateLabelSelector,
} from './rules.ts';

export function validateIngress(object: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as IngressSpec;
  const errors: Errors = [];
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    return [invalid('spec', new Printed('[]'), 'either `defaultBackend` or `rules` must be specified')];
  }
  if (spec.defaultBackend !== undefined) errors.push(...backendErrors(spec.defaultBackend, 'spec.defaultBackend'));
  for (const [index, rule] of rules.entries()) errors.push(...ruleErrors(rule, `spec.rules[${index}]`));
  for (const [index, tls] of (spec.tls ?? []).entries()) {
    for (const [at, host] of (tls.hosts ?? []).entries())
      errors.push(...hostErrors(host, `spec.tls[${index}].hosts[${at}]`));
    if (tls.secretName !== undefined)
      errors.push(...complaints(isDns1123Subdomain(tls.secretName), tls.secretName, `spec.tls[${index}].secretName`));
  }
  if (spec.ingressClassName !== undefined)
    errors.push(
      ...complaints(isDns1123Subdomain(spec.ingressClassName), spec.ingressClassName, 'spec.ingressClassName'),
    );
  return errors;
}

function hostErrors(host: string, path: string): Errors {
  return complaints(host.includes('*') ? isWildcardSubdomain(host) : isDns1123Subdomain(host), host, path);
}

function ruleErrors(rule: NonNullable<IngressSpec['rules']>[number], path: string): Errors {
  const errors: Errors = [];
  const { host = '', http } = rule;
  if (host !== '') {
    if (isIp(host)) errors.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
    errors.push(...hostErrors(host, `${path}.host`));
  }
  if (http === undefined) return errors;
  if ((http.paths ?? []).length === 0) errors.push(required(`${path}.http.paths`));
  for (const [index, item] of (http.paths ?? []).entries()) {
    const at = `${path}.http.paths[${index}]`;
    errors.push(...pathErrors(item.path ?? '', item.pathType, at));
    if (item.pathType !== undefined) errors.push(...backendErrors(item.backend, `${at}.backend`));
  }
  return errors;
}

const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_SUFFIXES = ['/..', '/.'];

function pathErrors(value: string, type: string | undefined, path: string): Errors {
  if (type === undefined) return [required(`${path}.pathType`, 'pathType must be specified')];
  const errors: Errors = [];
  if (type === 'Exact' || type === 'Prefix') {
    if (!value.startsWith('/')) errors.push(invalid(`${path}.path`, value, 'must be an absolute path'));
    for (const part of BAD_SEQUENCES)
      if (value.includes(part)) errors.push(invalid(`${path}.path`, value, `must not contain '${part}'`));
    for (const part of BAD_SUFFIXES)
      if (value.endsWith(part)) errors.push(invalid(`${path}.path`, value, `cannot end with '${part}'`));
  } else if (type === 'ImplementationSpecific') {
    if (value !== '' && !value.startsWith('/')) errors.push(invalid(`${path}.path`, value, 'must be an absolute path'));
  } else errors.push(...oneOfSet(type, ['Exact', 'ImplementationSpecific', 'Prefix'], `${path}.pathType`));
  return errors;
}

function backendErrors(backend: IngressBackend | undefined, path: string): Errors {
  const { service, resource } = backend ?? {};
  if (service !== undefined && resource !== undefined)
    return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return resourceErrors(resource, `${path}.resource`);
  if (service === undefined) return [invalid(path, '', 'resource or service backend is required')];
  const errors: Errors = [];
  if (service.name === '') errors.push(required(`${path}.service.name`));
  else errors.push(...complaints(isDns1035Label(service.name), service.name, `${path}.service.name`));
  const { name = '', number = 0 } = service.port ?? {};
  if (name !== '' && number !== 0) errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (name !== '') errors.push(...portErrors(name, `${path}.service.port.name`));
  else if (number !== 0) errors.push(...portErrors(number, `${path}.service.port.number`));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

/** A reference to an object of the Ingress' namespace, by group, kind and name. */
function resourceErrors({ apiGroup, kind, name }: ObjectReference, path: string): Errors {
  const errors: Errors = [];
  if (apiGroup !== undefined && apiGroup !== null)
    errors.push(...complaints(isDns1123Subdomain(apiGroup), apiGroup, `${path}.apiGroup`));
  for (const [field, value = ''] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(required(`${path}.${field}`));
    else errors.push(...complaints(isPathSegment(value), value, `${path}.${field}`));
  }
  return errors;
}

interface ObjectReference {
  readonly apiGroup?: string | null;
  readonly kind?: string;
  readonly name?: string;
}

interface Parameters extends ObjectReference {
  readonly scope?: string;
  readonly namespace?: string;
}

function parameterErrors(parameters: Parameters | undefined, path: string): Errors {
  if (parameters === undefined) return [];
  const errors = resourceErrors(parameters, path);
  const { scope, namespace } = parameters;
  if (scope === undefined) return [...errors, required(`${path}.scope`)];
  errors.push(...oneOfSet(scope, ['Cluster', 'Namespace'], `${path}.scope`));
  const at = `${path}.namespace`;
  if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(at, "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...complaints(isDns1123Label(namespace), namespace, at));
  }
  if (scope === 'Cluster' && namespace !== undefined)
    errors.push(forbiddenField(at, "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

export function validateIngressClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const controllerOf = ({ spec }: KubeObject): string =>
    (spec as { controller?: string } | undefined)?.controller ?? '';
  const errors: Errors = [];
  if (controllerOf(object) !== controllerOf(old))
    errors.push(invalid('spec.controller', controllerOf(object), 'field is immutable'));
  return [...errors, ...validateIngressClass(object)];
}

export function validateIngressClass(object: KubeObject): readonly FieldError[] {
  const { controller = '', parameters } = (object.spec ?? {}) as { controller?: string; parameters?: Parameters };
  const errors: Errors = [];
  if (controller.length > 250) errors.push(tooLong('spec.controller', 250));
  errors.push(...pathPrefix(controller, 'spec.controller'), ...parameterErrors(parameters, 'spec.parameters'));
  return errors;
}

/** `acme.io/foo` (IsDomainPrefixedPath). */
export function pathPrefix(value: string, path: string): Errors {
  if (value === '') return [required(path)];
  const slash = value.indexOf('/');
  if (slash < 1 || slash === value.length - 1)
    return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const host = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  const problems = isDns1123Subdomain(host);
  if (problems.length > 0) return complaints(problems, host, path);
  return PATH_CHARACTERS.test(rest)
    ? []
    : [
        invalid(
          path,
          rest,
          "Invalid path (e.g. '/path/to/endpoint', regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
        ),
      ];
}

const PATH_CHARACTERS = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

export function validateNetworkPolicy(object: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as NetworkPolicySpec;
  const errors: Errors = validateLabelSelector(spec.podSelector, 'spec.podSelector');
  for (const [index, rule] of (spec.ingress ?? []).entries()) {
    errors.push(
      ...policyPorts(rule.ports ?? [], `spec.ingress[${index}]`),
      ...policyPeers(rule.from ?? [], `spec.ingress[${index}].from`),
    );
  }
  for (const [index, rule] of (spec.egress ?? []).entries()) {
    errors.push(
      ...policyPorts(rule.ports ?? [], `spec.egress[${index}]`),
      ...policyPeers(rule.to ?? [], `spec.egress[${index}].to`),
    );
  }
  const types = spec.policyTypes ?? [];
  if (types.length > 2) errors.push(invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'));
  for (const [index, type] of types.entries())
    errors.push(...oneOf(type, ['Ingress', 'Egress'], `spec.policyTypes[${index}]`));
  return errors;
}

function policyPorts(ports: readonly NetworkPolicyPort[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, { protocol, port, endPort }] of ports.entries()) {
    const at = `${path}.ports[${index}]`;
    if (protocol !== undefined) errors.push(...oneOf(protocol, ['TCP', 'UDP', 'SCTP'], `${at}.protocol`));
    if (port !== undefined) {
      errors.push(...portErrors(port, `${at}.port`));
      if (endPort === undefined) continue;
      if (typeof port === 'string')
        errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
      else if (endPort < port)
        errors.push(invalid(`${at}.endPort`, endPort, 'must be greater than or equal to `port`'));
      else errors.push(...portErrors(endPort, `${at}.endPort`));
    } else if (endPort !== undefined)
      errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified'));
  }
  return errors;
}

function policyPeers(peers: readonly NetworkPolicyPeer[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, { podSelector, namespaceSelector, ipBlock }] of peers.entries()) {
    const at = `${path}[${index}]`;
    if (podSelector !== undefined) errors.push(...validateLabelSelector(podSelector, `${at}.podSelector`));
    if (namespaceSelector !== undefined)
      errors.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
    if (ipBlock !== undefined) {
      if (ipBlock.cidr === '') errors.push(required(`${at}.ipBlock.cidr`));
      else if (!isCidr(ipBlock.cidr)) errors.push(invalid(`${at}.ipBlock.cidr`, ipBlock.cidr, CIDR_ERROR));
      for (const [exceptIndex, except] of (ipBlock.except ?? []).entries()) {
        if (!isCidr(except)) errors.push(invalid(`${at}.ipBlock.except[${exceptIndex}]`, except, CIDR_ERROR));
      }
    }
    if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined)
      errors.push(required(at, 'must specify a peer'));
    else if (ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)) {
      errors.push(forbiddenField(at, 'may not specify both ipBlock and another peer'));
    }
  }
  return errors;
}

interface Endpoint {
  readonly addresses?: readonly string[];
}

export function validateEndpointSlice(object: KubeObject): readonly FieldError[] {
  const { addressType } = object;
  const errors: Errors = [];
  if (addressType === undefined || addressType === '') errors.push(required('addressType'));
  else errors.push(...oneOfSet(String(addressType), ['FQDN', 'IPv4', 'IPv6'], 'addressType'));
  if (errors.length > 0) return errors;
  for (const [index, endpoint] of ((object.endpoints ?? []) as readonly Endpoint[]).entries()) {
    const at = `endpoints[${index}].addresses`;
    const addresses = endpoint.addresses ?? [];
    if (addresses.length === 0) errors.push(required(at, 'must contain at least 1 address'));
    for (const [addressIndex, address] of addresses.entries()) {
      if (addressType === 'FQDN')
        errors.push(...complaints(isDns1123Subdomain(address), address, `${at}[${addressIndex}]`));
      else errors.push(...ipErrors(address, `${at}[${addressIndex}]`));
    }
  }
  return errors;
}
