/** The flags of `helm dependency` v4.3. */
import type { FlagSpec } from './go-flags.ts';
import { GLOBAL_FLAGS, SERVER_FLAGS } from './template-flags.ts';

export const LIST_FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  { name: 'max-col-width', kind: 'uint', help: 'most characters of a column (default 80)' },
];

export const DEPENDENCY_FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  ...SERVER_FLAGS,
  { name: 'skip-refresh', kind: 'bool', help: 'take the indexes of repositories from the cache' },
];
