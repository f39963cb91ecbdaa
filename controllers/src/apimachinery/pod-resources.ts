/**
 * What a pod asks of its node: the effective requests of component-helpers' resource.PodRequests (v1.34): containers and
 * sidecars summed, or the largest init container with the sidecars before it, plus overhead.
 */
import type { Container, PodSpec, ResourceList } from './kinds.ts';
import { isSidecar } from './pod.ts';
import { milliValue, tryParseQuantity, wholeValue } from './quantity.ts';

/** CPU in thousandths, all else in whole units (bytes, pieces). */
export type Amounts = ReadonlyMap<string, number>;

/** Reads a resource list. What can't be read counts as nothing. */
export function amountsOf(list: ResourceList | undefined): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = tryParseQuantity(text);
    if (quantity !== undefined) amounts.set(name, name === 'cpu' ? milliValue(quantity) : wholeValue(quantity));
  }
  return amounts;
}

export function addAmounts(sum: Map<string, number>, more: Amounts): void {
  for (const [name, amount] of more) sum.set(name, (sum.get(name) ?? 0) + amount);
}

export function subtractAmounts(sum: Map<string, number>, less: Amounts): void {
  for (const [name, amount] of less) sum.set(name, (sum.get(name) ?? 0) - amount);
}

function raiseTo(sum: Map<string, number>, floor: Amounts): void {
  for (const [name, amount] of floor) sum.set(name, Math.max(sum.get(name) ?? 0, amount));
}

type Read = (container: Container) => Map<string, number>;

function podAmounts(spec: PodSpec, read: Read): Map<string, number> {
  const total = new Map<string, number>();
  for (const container of spec.containers) addAmounts(total, read(container));
  const sidecars = new Map<string, number>();
  const largestInit = new Map<string, number>();
  for (const container of spec.initContainers ?? []) {
    const amounts = read(container);
    if (isSidecar(container)) {
      addAmounts(total, amounts);
      addAmounts(sidecars, amounts);
      raiseTo(largestInit, sidecars);
    } else {
      addAmounts(amounts, sidecars);
      raiseTo(largestInit, amounts);
    }
  }
  raiseTo(total, largestInit);
  addAmounts(total, amountsOf(spec.overhead));
  return total;
}

/** The requests that count for scheduling and admission. */
export function podRequests(spec: PodSpec): Map<string, number> {
  return podAmounts(spec, ({ resources }) => amountsOf(resources?.requests));
}

const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

/** As podRequests, with upstream's guesses (100m, 200Mi) where a container asks for nothing: only for scoring. */
export function nonZeroRequests(spec: PodSpec): Map<string, number> {
  return podAmounts(spec, ({ resources }) => {
    const amounts = amountsOf(resources?.requests);
    if (!amounts.has('cpu')) amounts.set('cpu', DEFAULT_CPU);
    if (!amounts.has('memory')) amounts.set('memory', DEFAULT_MEMORY);
    return amounts;
  });
}
