/**
 * Endpoints and EndpointSlice (pkg/apis/{core,discovery}/validation, v1.34).
 */
import { duplicate, type FieldError, invalid, required, tooMany } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isPortNumber,
  isQualifiedName,
} from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { validateLabels } from '../object-meta.ts';
import { complaints, type Errors, IMMUTABLE, ipErrors, isIp, isIpv4, isIpv6, oneOfSet } from './rules.ts';
import { inner, list, type Source, text } from './volume-sources.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_HINTS = 8;
const MAX_TOPOLOGY = 16;

/** Neither unspecified nor of this host or link (ValidateEndpointIP). */
export function endpointIpErrors(ip: string, path: string): Errors {
  const fail = (problem: string): Errors => [invalid(path, ip, problem)];
  if (!isIp(ip)) return fail('must be a valid IP address');
  if (ip === '0.0.0.0' || /^[0:]+$/.test(ip)) return fail(`may not be unspecified (${ip})`);
  if (ip.startsWith('127.') || /^(0*:)+0*1$/.test(ip))
    return fail('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip))
    return fail('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (ip.startsWith('224.0.0.') || /^ff[0-9a-f]2:/i.test(ip))
    return fail('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  return [];
}

export function validateEndpoints(object: KubeObject): readonly FieldError[] {
  const errors: Errors = [];
  for (const [index, subset] of list<Source>(object as unknown as Source, 'subsets').entries()) {
    const at = `subsets[${index}]`;
    const ready = list<Source>(subset, 'addresses');
    const waiting = list<Source>(subset, 'notReadyAddresses');
    if (ready.length + waiting.length === 0)
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    for (const [place, address] of ready.entries()) errors.push(...addressErrors(address, `${at}.addresses[${place}]`));
    for (const [place, address] of waiting.entries())
      errors.push(...addressErrors(address, `${at}.notReadyAddresses[${place}]`));
    const ports = list<Source>(subset, 'ports');
    for (const [place, port] of ports.entries())
      errors.push(...portErrors(port, ports.length > 1, `${at}.ports[${place}]`));
  }
  return errors;
}

function addressErrors(address: Source, path: string): Errors {
  const ip = text(address, 'ip');
  const hostname = text(address, 'hostname');
  const node = address.nodeName;
  const errors = ipErrors(ip, `${path}.ip`);
  if (hostname !== '') errors.push(...complaints(isDns1123Label(hostname), hostname, `${path}.hostname`));
  if (typeof node === 'string') errors.push(...complaints(isDns1123Subdomain(node), node, `${path}.nodeName`));
  return [...errors, ...endpointIpErrors(ip, `${path}.ip`)];
}

function portErrors(port: Source, needsName: boolean, path: string): Errors {
  const name = text(port, 'name');
  const number = Number(port.port ?? 0);
  const errors: Errors = [];
  if (needsName && name === '') errors.push(required(`${path}.name`));
  else if (name !== '') errors.push(...complaints(isDns1123Label(name), name, `${path}.name`));
  errors.push(...complaints(isPortNumber(number), number, `${path}.port`));
  const protocol = text(port, 'protocol');
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else errors.push(...oneOfSet(protocol, PROTOCOLS, `${path}.protocol`));
  return [...errors, ...appProtocol(port, path)];
}

function appProtocol({ appProtocol: name }: Source, path: string): Errors {
  return typeof name === 'string' ? complaints(isQualifiedName(name), name, `${path}.appProtocol`) : [];
}

export function validateEndpointSlice(object: KubeObject): readonly FieldError[] {
  const fields = object as unknown as Source;
  const type = text(fields, 'addressType');
  const errors: Errors =
    type === '' ? [required('addressType')] : oneOfSet(type, ['FQDN', 'IPv4', 'IPv6'], 'addressType');
  errors.push(...slicePorts(list<Source>(fields, 'ports')));
  const endpoints = list<Source>(fields, 'endpoints');
  if (endpoints.length > MAX_ENDPOINTS) return [...errors, tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  for (const [index, endpoint] of endpoints.entries())
    errors.push(...endpointErrors(endpoint, type, `endpoints[${index}]`));
  return errors;
}

export function validateEndpointSliceUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const isKept = deepEqual(object.endpoints, old.endpoints);
  const errors = validateEndpointSlice(object).filter(({ field }) => !isKept || !field.startsWith('endpoints'));
  return object.addressType === old.addressType
    ? errors
    : [...errors, invalid('addressType', object.addressType ?? '', IMMUTABLE)];
}

function slicePorts(ports: readonly Source[]): Errors {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `ports[${index}]`;
    const name = text(port, 'name');
    if (name !== '') errors.push(...complaints(isDns1123Label(name), name, `${at}.name`));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    errors.push(...oneOfSet(text(port, 'protocol'), PROTOCOLS, `${at}.protocol`), ...appProtocol(port, at));
  }
  return errors;
}

function endpointErrors(endpoint: Source, type: string, path: string): Errors {
  const addresses = list<string>(endpoint, 'addresses');
  const at = `${path}.addresses`;
  const errors: Errors = [];
  if (addresses.length === 0) errors.push(required(at, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(at, addresses.length, MAX_ADDRESSES));
  for (const [index, address] of addresses.entries())
    errors.push(...sliceAddress(address, type, at, `${at}[${index}]`));
  const node = endpoint.nodeName;
  if (typeof node === 'string') errors.push(...complaints(isDns1123Subdomain(node), node, `${path}.nodeName`));
  const topology = inner(endpoint, 'deprecatedTopology') as Readonly<Record<string, string>> | undefined;
  const size = Object.keys(topology ?? {}).length;
  if (size > MAX_TOPOLOGY) errors.push(tooMany(`${path}.deprecatedTopology`, size, MAX_TOPOLOGY));
  errors.push(...validateLabels(topology, `${path}.deprecatedTopology`));
  const { hostname } = endpoint;
  if (typeof hostname === 'string') errors.push(...complaints(isDns1123Label(hostname), hostname, `${path}.hostname`));
  const hints = inner(endpoint, 'hints');
  if (hints !== undefined) errors.push(...hintErrors(hints, `${path}.hints`));
  return errors;
}

function sliceAddress(address: string, type: string, path: string, at: string): Errors {
  if (type === 'FQDN') return domainErrors(address, at);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const errors = ipErrors(address, at);
  if (errors.length > 0) return errors;
  const isRight = type === 'IPv4' ? isIpv4(address) : isIpv6(address);
  if (!isRight) errors.push(invalid(path, address, `must be an ${type} address`));
  return [...errors, ...endpointIpErrors(address, at)];
}

/** IsFullyQualifiedDomainName. */
function domainErrors(name: string, path: string): Errors {
  if (name === '') return [required(path)];
  const plain = name.replace(/\.$/, '');
  const problems = isDns1123Subdomain(plain);
  if (problems.length > 0) return complaints(problems, plain, path);
  const labels = plain.split('.');
  if (labels.length < 2)
    return [invalid(path, plain, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => complaints(isDns1123Label(label), label, path));
}

function hintErrors(hints: Source, path: string): Errors {
  const errors: Errors = [];
  for (const [field, rule] of [
    ['forZones', isLabelValue],
    ['forNodes', isDns1123Subdomain],
  ] as const) {
    const items = list<Source>(hints, field);
    if (items.length > MAX_HINTS) return [...errors, tooMany(`${path}.${field}`, items.length, MAX_HINTS)];
    const names = items.map((item) => text(item, 'name'));
    for (const [index, name] of names.entries()) {
      const at = `${path}.${field}[${index}].name`;
      if (names.indexOf(name) < index) errors.push(duplicate(at, name));
      errors.push(...complaints(rule(name), name, at));
    }
  }
  return errors;
}
