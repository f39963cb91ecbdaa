/** IPAddress and ServiceCIDR (pkg/apis/networking/validation, v1.34). */
import { type FieldError, invalid, required } from '../../apimachinery/api-errors.ts';
import { cidrProblems, parseCidr } from '../../apimachinery/ip.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Subdomain, isPathSegment } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { complaints, type Errors, IMMUTABLE } from './rules.ts';

interface ParentReference {
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

function parentOf(object: KubeObject): ParentReference | undefined {
  return (object.spec as { parentRef?: ParentReference } | undefined)?.parentRef;
}

export function validateIpAddress(object: KubeObject): readonly FieldError[] {
  const parent = parentOf(object);
  if (parent === undefined) return [required('spec.parentRef', '')];
  const { group = '', resource = '', name = '', namespace = '' } = parent;
  const segment = (value: string, field: string) => complaints(isPathSegment(value), value, `spec.parentRef.${field}`);
  const wanted = (value: string, field: string) =>
    value === '' ? [required(`spec.parentRef.${field}`, '')] : segment(value, field);
  return [
    ...(group === '' ? [] : complaints(isDns1123Subdomain(group), group, 'spec.parentRef.group')),
    ...wanted(resource, 'resource'),
    ...wanted(name, 'name'),
    ...(namespace === '' ? [] : segment(namespace, 'namespace')),
  ];
}

export function validateIpAddressUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const parent = parentOf(object);
  return deepEqual(parent, parentOf(old)) ? [] : [invalid('spec.parentRef', parent ?? null, IMMUTABLE)];
}

const CIDRS = 'spec.cidrs';

function cidrsOf(object: KubeObject): readonly string[] {
  return (object.spec as { cidrs?: readonly string[] } | undefined)?.cidrs ?? [];
}

export function validateServiceCidr(object: KubeObject): readonly FieldError[] {
  const cidrs = cidrsOf(object);
  if (cidrs.length === 0) return [required(CIDRS, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(CIDRS, object.spec, 'may only hold up to 2 values')];
  const errors: Errors = cidrs.flatMap((cidr, index) => complaints(cidrProblems(cidr), cidr, `${CIDRS}[${index}]`));
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.first.family);
  if (cidrs.length === 2 && first !== undefined && first === second) {
    errors.push(
      invalid(CIDRS, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'),
    );
  }
  return errors;
}

/** One range may get another of the other family beside it; nothing else changes. */
export function validateServiceCidrUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const [cidrs, before] = [cidrsOf(object), cidrsOf(old)];
  const isSecondAdded = before.length === 1 && cidrs.length === 2;
  if (cidrs.length !== before.length && !isSecondAdded) return [invalid(CIDRS, cidrs, IMMUTABLE)];
  const changed = before.flatMap((cidr, index) =>
    cidr === cidrs[index] ? [] : [invalid(`${CIDRS}[${index}]`, cidrs[index] ?? '', IMMUTABLE)],
  );
  return isSecondAdded ? [...changed, ...validateServiceCidr(object)] : changed;
}
