/** The timeline of an operation on stderr, in the cluster's own time: `T+12s  Deployment shop/web: 2/3 ready`. */

import { formatDuration } from '../releases/progress.ts';
import type { ProgressEvent } from '../server/api.ts';
import type { Flags } from './command.ts';

/** Without --debug, objects that are only made or removed are left to the table at the end. */
export function printTimeline(flags: Flags): (progress: ProgressEvent) => void {
  const withObjects = flags.is('debug');
  return ({ kind, elapsed, message }) => {
    if (kind === 'object' && !withObjects) return;
    process.stderr.write(`${`T+${formatDuration(elapsed)}`.padEnd(8)}  ${message}\n`);
  };
}
