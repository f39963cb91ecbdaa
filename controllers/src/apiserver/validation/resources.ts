/**
 * Requests and limits (pkg/apis/core/validation ValidateResourceRequirements, v1.34).
 */
import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isQualifiedName } from '../../apimachinery/names.ts';
import { compareQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { complaints, type Errors, NOT_NEGATIVE } from './rules.ts';

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isHuge = (name: string): boolean => name.startsWith('hugepages-');
const isExtended = (name: string): boolean =>
  name.includes('/') && !name.startsWith('requests.') && !/^([^/]*\.)?kubernetes\.io\//.test(name);

export function validateResources(resources: ResourceRequirements | undefined, path: string): Errors {
  if (resources === undefined) return [];
  const errors: Errors = [];
  const limits = (resources.limits ?? {}) as Readonly<Record<string, string>>;
  const requests = (resources.requests ?? {}) as Readonly<Record<string, string>>;
  const has = { main: false, huge: false };
  const note = (name: string): void => {
    if (name === 'cpu' || name === 'memory') has.main = true;
    if (isHuge(name)) has.huge = true;
  };
  for (const name of Object.keys(limits)) {
    note(name);
    errors.push(...validateAmount(name, limits[name] ?? '0', `${path}.limits`));
  }
  for (const name of Object.keys(requests)) {
    note(name);
    const amount = requests[name] ?? '0';
    errors.push(...validateAmount(name, amount, `${path}.requests`));
    const limit = limits[name];
    if (limit !== undefined) {
      const order = compareQuantities(parseQuantity(amount), parseQuantity(limit));
      if (order !== 0 && (isExtended(name) || isHuge(name))) {
        errors.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      } else if (order > 0)
        errors.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (isExtended(name) || isHuge(name))
      errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  if (has.huge && !has.main) errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  return errors;
}

function validateAmount(name: string, amount: string, path: string): Errors {
  const at = `${path}[${name}]`;
  const errors: Errors = [];
  const problems = isQualifiedName(name);
  if (problems.length > 0) errors.push(...complaints(problems, name, at));
  else if (!name.includes('/') && !STANDARD.has(name) && !isHuge(name))
    errors.push(invalid(at, name, 'must be a standard resource for containers'));
  const quantity = parseQuantity(amount);
  if (quantity.nano < 0n) errors.push(invalid(at, amount, NOT_NEGATIVE));
  if (isExtended(name) && quantity.nano % 1_000_000_000n !== 0n)
    errors.push(invalid(at, formatQuantity(quantity), 'must be an integer'));
  return errors;
}
