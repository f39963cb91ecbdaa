/** Removes finished Jobs when their ttlSecondsAfterFinished is over (pkg/controller/ttlafterfinished v1.34). */
import type { Job } from '../apimachinery/kinds.ts';
import { parseTime, SECOND } from '../apimachinery/time.ts';
import type { Controller } from './controller.ts';
import { watchSelf } from './watching.ts';

export function createTtlAfterFinishedController(): Controller {
  return {
    name: 'ttl-after-finished-controller',
    watches: [watchSelf('jobs.batch')],
    reconcile(key, { client, now }) {
      const job = client.find<Job>('jobs.batch', key);
      const ttl = job?.spec.ttlSecondsAfterFinished;
      if (job === undefined || ttl === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
      const finished = job.status?.conditions?.find(
        ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
      );
      if (finished === undefined) return undefined;
      const left = parseTime(finished.lastTransitionTime ?? '') + ttl * SECOND - now;
      if (left > 0) return { after: left };
      client.delete('jobs.batch', key, {
        propagationPolicy: 'Foreground',
        preconditions: { uid: job.metadata.uid },
      });
      return undefined;
    },
  };
}
