/**
 * The tables of the built-in kinds, by `Kind.group`.
 */
import { ADMISSION_TABLES } from './admissionregistration/tables.ts';
import { WORKLOAD_TABLES } from './apps/tables.ts';
import { AUTOSCALING_TABLES } from './autoscaling/tables.ts';
import { builtInColumns, type Cells } from './columns.ts';
import { CONTROL_PLANE_TABLES } from './control-plane/tables.ts';
import { podTable } from './core/pod-table.ts';
import { CORE_TABLES } from './core/tables.ts';
import { NETWORKING_TABLES } from './networking/tables.ts';
import { RESOURCE_TABLES } from './resource/tables.ts';
import type { TableFacts } from './resource.ts';
import { STORAGE_TABLES } from './storage/tables.ts';

const CELLS: readonly (readonly [string, Cells])[] = [
  ...CORE_TABLES,
  ...WORKLOAD_TABLES,
  ...AUTOSCALING_TABLES,
  ...NETWORKING_TABLES,
  ...STORAGE_TABLES,
  ...RESOURCE_TABLES,
  ...ADMISSION_TABLES,
  ...CONTROL_PLANE_TABLES,
];

export const TABLES: ReadonlyMap<string, TableFacts> = new Map([
  ['Pod.', podTable],
  ...CELLS.map(([kind, cells]) => [kind, { columns: builtInColumns(kind), cells }] as const),
]);
