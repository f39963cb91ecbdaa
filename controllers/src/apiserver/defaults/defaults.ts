/**
 * Defaulting by type: each type of the API has at most one function, applied wherever the type stands in an object, the
 * outer one first, as Kubernetes' generated defaulters do (pkg/apis/.../zz_generated.defaults.go, v1.34).
 */
import type { Schema } from '../schema/types.ts';
import { TYPE_DEFAULTS } from './table.ts';

/** Sets the defaults of a decoded object in place. */
export function applyDefaults(schema: Schema, value: Record<string, unknown>): void {
  walk(planOf(schema), value);
}

/** What is to be done for a type: its own function, and the fields below which there is something to do. */
interface Plan {
  readonly own: ((value: Record<string, unknown>) => void) | undefined;
  readonly fields: [name: string, shape: 'struct' | 'list' | 'map', plan: Plan][];
  useful: boolean;
}

const plans = new Map<Schema, Plan>();
const byName = new Map<string, Plan>();

function planOf(schema: Schema): Plan {
  const known = plans.get(schema) ?? (schema.name === '' ? undefined : byName.get(schema.name));
  if (known !== undefined) return known;
  const plan: Plan = { own: TYPE_DEFAULTS.get(schema.name), fields: [], useful: false };
  plans.set(schema, plan);
  if (schema.name !== '') byName.set(schema.name, plan);
  for (const field of schema.fields.values()) {
    const inner = field.schema;
    if (TYPE_DEFAULTS.has(inner.name) && inner.kind === 'map') plan.fields.push([field.name, 'struct', planOf(inner)]);
    const shape = inner.kind === 'struct' || inner.kind === 'list' || inner.kind === 'map' ? inner.kind : undefined;
    const target = shape === 'struct' ? inner : inner.element;
    if (shape === undefined || target?.kind !== 'struct') continue;
    const child = planOf(target);
    if (child.useful || child.own !== undefined) plan.fields.push([field.name, shape, child]);
  }
  plan.useful = plan.own !== undefined || plan.fields.length > 0;
  return plan;
}

function walk(plan: Plan, value: Record<string, unknown>): void {
  plan.own?.(value);
  for (const [name, shape, child] of plan.fields) {
    const inner = value[name];
    if (inner === undefined || inner === null) continue;
    if (shape === 'struct') walk(child, inner as Record<string, unknown>);
    else if (shape === 'list') for (const item of inner as Record<string, unknown>[]) walk(child, item);
    else for (const item of Object.values(inner as object)) walk(child, item as Record<string, unknown>);
  }
}
