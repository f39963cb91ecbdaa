/**
 * Which function sets the defaults of which type.
 */
import { CORE_DEFAULTS } from './core.ts';
import type { TypeDefault } from './draft.ts';
import { GROUP_DEFAULTS } from './groups.ts';

export const TYPE_DEFAULTS: ReadonlyMap<string, TypeDefault> = new Map([...CORE_DEFAULTS, ...GROUP_DEFAULTS]);
