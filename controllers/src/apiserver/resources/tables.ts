/**
 * The columns of the built-in kinds, by `Kind.group`.
 */

import { WORKLOAD_TABLES } from './apps/tables.ts';
import { POD_TABLES } from './core/tables.ts';
import type { TableFacts } from './resource.ts';

export const TABLES: ReadonlyMap<string, TableFacts> = new Map([...POD_TABLES, ...WORKLOAD_TABLES]);
