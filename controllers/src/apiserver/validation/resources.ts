/**
 * Requests and limits of a container and of a pod (pkg/apis/core/validation validateResourceRequirements, v1.34).
 */
import { duplicate, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isQualifiedName } from '../../apimachinery/names.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { complaints, type Errors, NOT_NEGATIVE } from './rules.ts';

type Amounts = Readonly<Record<string, string>>;

export interface Requirements {
  readonly limits?: Amounts;
  readonly requests?: Amounts;
  readonly claims?: readonly { readonly name: string; readonly request?: string }[];
}

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const COUNTED = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const QUOTA = new Set([
  ...CONTAINER,
  ...COUNTED,
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);

export const isHuge = (name: string): boolean => name.startsWith('hugepages-');
/** In Kubernetes' own domain; names without one are. */
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;
/** IsStandardQuotaResourceName. */
export const isQuotaResource = (name: string): boolean => isStandardResource(name) && !name.startsWith('hugepages-');

/** IsStandardResourceName: what quotas and limit ranges know. */
export const isStandardResource = (name: string): boolean =>
  QUOTA.has(name) || name.startsWith('hugepages-') || name.startsWith('requests.hugepages-');
export const isIntegerResource = (name: string): boolean => COUNTED.has(name) || isExtended(name);

/** A name is qualified, and known where it has no domain. */
export function resourceNameErrors(name: string, path: string): Errors {
  const errors = complaints(isQualifiedName(name), name, path);
  if (errors.length > 0 || name.includes('/') || isStandardResource(name)) return errors;
  return [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

export function containerResourceNameErrors(name: string, path: string): Errors {
  const errors = resourceNameErrors(name, path);
  if (!name.includes('/')) {
    if (!CONTAINER.has(name) && !isHuge(name))
      errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name))
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  return errors;
}

function podNameErrors(name: string, path: string): Errors {
  const errors = resourceNameErrors(name, path);
  if (errors.length > 0 || name === 'cpu' || name === 'memory' || isHuge(name)) return errors;
  return [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])];
}

/** ValidateResourceQuantityValue. */
export function amountErrors(name: string, amount: string, path: string): Errors {
  const { nano } = parseQuantity(amount);
  const errors: Errors = nano < 0n ? [invalid(path, amount, NOT_NEGATIVE)] : [];
  if (isIntegerResource(name) && nano % 1_000_000_000n !== 0n) errors.push(invalid(path, amount, 'must be an integer'));
  return errors;
}

function pageErrors(name: string, amount: string, path: string): Errors {
  if (!isHuge(name)) return [];
  const problem = [invalid(path, amount, `${amount} is not positive integer multiple of ${name}`)];
  const page = sizeOf(name.slice('hugepages-'.length));
  if (page === undefined || page <= 0n || page % 1_000_000_000n !== 0n) return problem;
  const { nano } = parseQuantity(amount);
  const value = (nano + 999_999_999n) / 1_000_000_000n;
  return value % (page / 1_000_000_000n) === 0n ? [] : problem;
}

function sizeOf(text: string): bigint | undefined {
  try {
    return parseQuantity(text).nano;
  } catch {
    return undefined;
  }
}

export function validateResources(
  given: object | undefined,
  path: string,
  claims: ReadonlySet<string> = new Set(),
  nameErrors = containerResourceNameErrors,
): Errors {
  if (given === undefined) return [];
  const { limits = {}, requests = {}, claims: used = [] } = given as Requirements;
  const errors: Errors = [];
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  for (const [name, amount] of Object.entries(limits)) {
    const at = `${path}.limits[${name}]`;
    errors.push(...nameErrors(name, at), ...amountErrors(name, amount, at), ...pageErrors(name, amount, at));
  }
  for (const [name, amount] of Object.entries(requests)) {
    const at = `${path}.requests[${name}]`;
    errors.push(...nameErrors(name, at), ...amountErrors(name, amount, at));
    const limit = limits[name];
    const overcommits = isNative(name) && !isHuge(name);
    if (limit !== undefined) {
      const order = compareQuantities(parseQuantity(amount), parseQuantity(limit));
      if (order !== 0 && !overcommits)
        errors.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      else if (order > 0)
        errors.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (!overcommits)
      errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    errors.push(...pageErrors(name, amount, at));
  }
  if (names.some(isHuge) && !names.some((name) => name === 'cpu' || name === 'memory'))
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  errors.push(...claimErrors(used, claims, `${path}.claims`));
  return errors;
}

function claimErrors(used: NonNullable<Requirements['claims']>, claims: ReadonlySet<string>, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, { name, request = '' }] of used.entries()) {
    const at = `${path}[${index}]`;
    if (name === '') {
      errors.push(required(at));
      continue;
    }
    if (names.has(name)) errors.push(duplicate(at, name));
    else {
      const key = request === '' ? name : `${name}/${request}`;
      if (request !== '') errors.push(...complaints(isDns1123Label(request), request, `${at}.request`));
      if (names.has(key)) errors.push(duplicate(at, key));
      else if (request === '')
        for (const other of names) if (other.startsWith(`${name}/`)) errors.push(duplicate(at, name));
      names.add(key);
    }
    if (!claims.has(name)) {
      const known = claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
      errors.push({
        type: 'FieldValueNotFound',
        field: at,
        text: `: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${known}`,
      });
    }
  }
  return errors;
}

interface PodResources {
  readonly resources?: Requirements;
  readonly os?: { readonly name: string };
  readonly containers?: readonly { readonly resources?: object }[];
  readonly initContainers?: readonly { readonly resources?: object; readonly restartPolicy?: string }[];
}

/** The resources of a pod as a whole, and that its containers stay within them. */
export function validatePodResources(spec: PodResources, claims: ReadonlySet<string>, path: string): Errors {
  if (spec.resources === undefined) return [];
  const at = `${path}.resources`;
  if (spec.os?.name === 'windows') return [forbiddenField(at, 'may not be set for a windows pod')];
  const errors: Errors = [];
  if (spec.resources.claims !== undefined)
    errors.push(forbiddenField(`${at}.claims`, 'claims may not be set for Resources at pod-level'));
  errors.push(...validateResources(spec.resources, at, claims, podNameErrors));
  const { limits = {}, requests = {} } = spec.resources;
  const check = (field: 'requests' | 'limits', given: Amounts, isChecked: (name: string) => boolean): void => {
    for (const [name, sum] of Object.entries(podTotals(spec, field))) {
      const whole = given[name];
      if (whole === undefined || !isChecked(name)) continue;
      if (compareQuantities(parseQuantity(sum), parseQuantity(whole)) > 0)
        errors.push(
          invalid(
            `${at}.${field}[${name}]`,
            whole,
            `must be greater than or equal to aggregate container ${field} of ${sum}`,
          ),
        );
    }
  };
  check('requests', requests, () => true);
  check('limits', limits, isHuge);
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [name, amount] of Object.entries((container.resources as Requirements | undefined)?.limits ?? {})) {
      const whole = limits[name];
      if (whole === undefined || compareQuantities(parseQuantity(amount), parseQuantity(whole)) <= 0) continue;
      errors.push(
        invalid(
          `${at}.containers[${index}][${name}].limits`,
          amount,
          `must be less than or equal to pod limits of ${whole}`,
        ),
      );
    }
  }
  return errors;
}

/** What all containers take together, or an init container alone where that is more. */
export function podTotals({ containers, initContainers }: PodResources, field: 'requests' | 'limits'): Amounts {
  const sums = new Map<string, string>();
  const amounts = (item: { readonly resources?: object }): Amounts =>
    (item.resources as Requirements | undefined)?.[field] ?? {};
  const add = (into: Map<string, string>, more: Amounts): void => {
    for (const [name, amount] of Object.entries(more)) {
      const before = into.get(name);
      const value = parseQuantity(amount);
      into.set(name, before === undefined ? amount : formatQuantity(addQuantities(parseQuantity(before), value)));
    }
  };
  for (const container of containers ?? []) add(sums, amounts(container));
  const sidecars = new Map<string, string>();
  const starting: ReadonlyMap<string, string>[] = [];
  for (const container of initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(sums, amounts(container));
      add(sidecars, amounts(container));
      starting.push(new Map(sidecars));
    } else {
      const own = new Map(Object.entries(amounts(container)));
      add(own, Object.fromEntries(sidecars));
      starting.push(own);
    }
  }
  for (const one of starting) {
    for (const [name, amount] of one) {
      const sum = sums.get(name);
      if (sum === undefined || compareQuantities(parseQuantity(amount), parseQuantity(sum)) > 0) sums.set(name, amount);
    }
  }
  return Object.fromEntries(sums);
}
