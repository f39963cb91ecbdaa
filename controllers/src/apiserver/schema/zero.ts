/**
 * Zero values as Go encodes them (encoding/json): which fields of a type are written when they have none other, and how.
 */
import type { Field, Schema } from './types.ts';

/** What decoding must know of a field, worked out once a type. */
export interface FieldPlan {
  readonly name: string;
  readonly field: Field;
  readonly isWritten: boolean;
  readonly isDropped: boolean;
}

/** How to go through a struct by what is given: the place of each field, and the places of those always written. */
export interface StructPlan {
  readonly fields: readonly FieldPlan[];
  readonly places: ReadonlyMap<string, number>;
  /** Rising. */
  readonly written: readonly number[];
}

const structPlans = new WeakMap<Schema, StructPlan>();

export function structPlanOf(schema: Schema): StructPlan {
  const known = structPlans.get(schema);
  if (known !== undefined) return known;
  const fields = planOf(schema);
  const plan: StructPlan = {
    fields,
    places: new Map(fields.map(({ name }, place) => [name, place])),
    written: fields.flatMap(({ isWritten }, place) => (isWritten ? [place] : [])),
  };
  structPlans.set(schema, plan);
  return plan;
}

const plans = new WeakMap<Schema, readonly FieldPlan[]>();

/** The fields of a struct, in Go's order. */
export function planOf(schema: Schema): readonly FieldPlan[] {
  const known = plans.get(schema);
  if (known !== undefined) return known;
  const plan = [...schema.fields.values()].map((field) => ({
    name: field.name,
    field,
    isWritten: isWrittenWhenZero(field),
    isDropped: !field.pointer && field.omitEmpty,
  }));
  plans.set(schema, plan);
  return plan;
}

/** The zero value of a field, as Go encodes it. */
export function zeroOf(field: Field): unknown {
  return isNil(field) ? null : zero(field.schema);
}

/** A struct with only its fields that are written when they are zero: what `{}` decodes to. */
export function zeroStruct(schema: Schema): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { name, field, isWritten } of planOf(schema)) if (isWritten) out[name] = zeroOf(field);
  return out;
}

/** A field whose zero value is nil. */
function isNil(field: Field): boolean {
  return field.schema.kind === 'bytes';
}

function isWrittenWhenZero(field: Field): boolean {
  if (field.omitZero || field.pointer) return false;
  if (!field.omitEmpty) return true;
  const { kind } = field.schema;
  return kind === 'struct' || kind === 'Quantity' || kind === 'Time' || kind === 'MicroTime' || kind === 'IntOrString';
}

/** The zero value of a type as Go encodes it. */
export function zero(schema: Schema): unknown {
  switch (schema.kind) {
    case 'struct':
      return zeroStruct(schema);
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'Quantity':
      return '0';
    case 'Duration':
      return '0s';
    case 'IntOrString':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
    case 'float64':
      return 0;
    default:
      return null;
  }
}
