/**
 * Checks that many kinds share (apimachinery's api/validation and pkg/apis/core/validation, v1.34). Each answers the
 * errors, none when all is well.
 */
import { type FieldError, invalid, notSupported, Printed, required } from '../../apimachinery/api-errors.ts';
import { isLabelValue, isQualifiedName } from '../../apimachinery/names.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { validateLabels } from '../object-meta.ts';

export type Errors = FieldError[];

export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const NOT_POSITIVE = 'must be greater than zero';
export const IMMUTABLE = 'field is immutable';

export function notNegative(value: number | undefined, path: string): Errors {
  return value !== undefined && value < 0 ? [invalid(path, value, NOT_NEGATIVE)] : [];
}

/** ValidatePositiveField. */
export function positive(value: number | undefined, path: string): Errors {
  return value !== undefined && value <= 0 ? [invalid(path, value, NOT_POSITIVE)] : [];
}

/** No part of a path leads upwards. */
export function noBacksteps(value: string, path: string): Errors {
  return value.split('/').includes('..') ? [invalid(path, value, "must not contain '..'")] : [];
}

/** A relative path that stays inside. */
export function descendingPath(value: string, path: string): Errors {
  return [
    ...(value.startsWith('/') ? [invalid(path, value, 'must be a relative path')] : []),
    ...noBacksteps(value, path),
  ];
}

/** The same, and it doesn't begin like the names that a volume keeps for itself. */
export function localPath(value: string, path: string): Errors {
  return [
    ...descendingPath(value, path),
    ...(value.startsWith('..') && !value.startsWith('../') ? [invalid(path, value, "must not start with '..'")] : []),
  ];
}

/** An error for each complaint about a value. */
export function complaints(problems: readonly string[], value: unknown, path: string): Errors {
  return problems.map((text) => invalid(path, value, text));
}

/** The value must be one of a list; the list is shown as it is given. */
export function oneOf(value: string | undefined, supported: readonly string[], path: string): Errors {
  return supported.includes(value ?? '') ? [] : [notSupported(path, value ?? '', supported)];
}

/** The same with a set, which Go shows sorted. */
export function oneOfSet(value: string | undefined, supported: readonly string[], path: string): Errors {
  return oneOf(value, [...supported].sort(), path);
}

const SELECTOR_OPERATORS = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** ValidateLabelSelector. */
export function validateLabelSelector(selector: LabelSelectorSpec | undefined, path: string): Errors {
  if (selector === undefined) return [];
  const errors = validateLabels(selector.matchLabels, `${path}.matchLabels`);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push({
          type: 'FieldValueForbidden',
          field: `${at}.values`,
          text: ": may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        });
      }
    } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...complaints(isQualifiedName(key), key, `${at}.key`));
    for (const [valueIndex, value] of values.entries())
      errors.push(...complaints(isLabelValue(value), value, `${at}.values[${valueIndex}]`));
  }
  return errors;
}

/** Whether a selector can be compiled: the operators are known and the keys and values are good. */
export function isSelectorSound(selector: LabelSelectorSpec | undefined): boolean {
  return (
    (selector?.matchExpressions ?? []).every(({ operator }) => SELECTOR_OPERATORS.has(operator)) &&
    validateLabelSelector(selector, '').length === 0
  );
}

const PERCENT = /^[0-9]+%$/;
const PERCENT_ERROR =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A number that is not negative, or a percentage. */
export function intOrPercent(value: number | string | undefined, path: string): Errors {
  if (value === undefined) return [];
  if (typeof value === 'number') return notNegative(value, path);
  return PERCENT.test(value) ? [] : [invalid(path, value, PERCENT_ERROR)];
}

/** At most 100 %. */
export function atMostWhole(value: number | string | undefined, path: string): Errors {
  if (typeof value !== 'string' || !PERCENT.test(value)) return [];
  return Number(value.slice(0, -1)) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
}

/** The number of a percentage or a count; undefined for what is neither. */
export function countOf(value: number | string | undefined): number | undefined {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  return PERCENT.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** A map as Go prints it in an error: keys sorted. */
export function printMap(map: Readonly<Record<string, string>> | undefined): Printed {
  if (map === undefined) return new Printed('null');
  const sorted = Object.keys(map).sort();
  return new Printed(`{${sorted.map((key) => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`).join(',')}}`);
}

/** A LabelSelector as Go prints it. */
export function printSelector(selector: LabelSelectorSpec | undefined): Printed {
  if (selector === undefined) return new Printed('null');
  const parts: string[] = [];
  if (selector.matchLabels !== undefined) parts.push(`"matchLabels":${printMap(selector.matchLabels).text}`);
  if (selector.matchExpressions !== undefined) {
    const list = selector.matchExpressions.map(({ key, operator, values }) =>
      JSON.stringify({ key, operator, values }),
    );
    parts.push(`"matchExpressions":[${list.join(',')}]`);
  }
  return new Printed(`{${parts.join(',')}}`);
}

/** IPv4 or IPv6. */
export function isIp(value: string): boolean {
  return isIpv4(value) || isIpv6(value);
}

export function isIpv4(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function isIpv6(value: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(value) || !value.includes(':')) return false;
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const extra = last.includes('.') ? 1 : 0;
  if (extra === 1 && !isIpv4(last)) return false;
  const plain = extra === 1 ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = groups.length + extra;
  return halves.length === 2 ? count < 8 : count === 8;
}

export function ipErrors(value: string, path: string): Errors {
  return isIp(value) ? [] : [invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

export function isCidr(value: string): boolean {
  const [address = '', bits = '', more] = value.split('/');
  if (more !== undefined || !/^\d+$/.test(bits)) return false;
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128);
}

export const CIDR_ERROR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
