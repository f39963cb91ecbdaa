/** Which objects a step of a scenario means, by name, labels and what is in them. */
import type { Simulation } from '@drydock/controllers';
import { isNamespaced, NAMESPACE, resourceOf, type Step, type Stored } from './traces-scenario.ts';

export function matching(step: Step, simulation: Simulation): readonly Stored[] {
  const resource = resourceOf(simulation, { kind: step.kind ?? '' });
  const objects = simulation.client.list<Stored>(
    resource,
    isNamespaced(simulation, resource) ? { namespace: NAMESPACE } : {},
  );
  return objects
    .filter(({ metadata }) => step.name === undefined || metadata.name === step.name)
    .filter(({ metadata }) =>
      Object.entries(step.selector ?? {}).every(([key, value]) => metadata.labels?.[key] === value),
    )
    .filter((object) => (step.op === 'wait' && step.name !== undefined ? true : holds(object, step)))
    .sort((a, b) => orderOf(simulation, a) - orderOf(simulation, b));
}

/** The order of creation: more exact than whole seconds. */
export const created = new WeakMap<Simulation, Map<string, number>>();

function orderOf(simulation: Simulation, { metadata }: Stored): number {
  return created.get(simulation)?.get(metadata.uid) ?? 0;
}

export function isObserved({ metadata, status }: Stored): boolean {
  const observed = status?.observedGeneration;
  return typeof observed !== 'number' || observed >= (metadata.generation ?? 0);
}

export function holds(object: Stored, step: Step): boolean {
  return (step.all ?? []).every(({ path, value, op }) => {
    const found = valueAt(object, path);
    if (op === 'exists') return found !== undefined && found !== null;
    if (op === 'ge') return Number(found ?? 0) >= Number(value);
    if (value === 0 || value === null) return (found ?? value) === value;
    return found === value;
  });
}

/** `status.conditions[type=Ready].status`. */
export function valueAt(object: unknown, path: string): unknown {
  let current = object;
  for (const part of path.match(/[^.[\]]+(\[[^\]]+\])?/g) ?? []) {
    const [, name = '', , key, wanted] = /^([^[]+)(\[([^=]+)=([^\]]+)\])?$/.exec(part) ?? [];
    current = (current as Record<string, unknown> | undefined)?.[name];
    if (key !== undefined && Array.isArray(current)) current = current.find((item) => String(item[key]) === wanted);
  }
  return current;
}
