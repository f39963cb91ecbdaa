/**
 * GET /api/v1/events: server-sent events for the web page. First the present state, then `ready`, then changes; a
 * reader that is too slow is let go, and reconnects to a fresh state.
 */
import { type Response, Router } from 'express';
import type { ServerEvent } from '../api.ts';
import { summaryAnswer } from '../details.ts';
import { summarizePod } from '../pods.ts';
import type { Services } from '../services.ts';
import { summarizeCluster } from './clusters.ts';

/** Bytes that may wait for a slow reader. */
const BUFFER_LIMIT = 4 * 1024 * 1024;

export function createEventRouter(services: Services): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    response.status(200).set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    const stop = services.events.subscribe((event) => send(response, event));
    response.on('close', stop);
    for (const cluster of services.clusters.list()) {
      send(response, { type: 'cluster', deleted: false, cluster: await summarizeCluster(cluster) });
      const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' });
      for (const pod of items) send(response, { type: 'pod', deleted: false, pod: summarizePod(pod, cluster.name) });
    }
    for (const release of await services.store.list({})) {
      send(response, { type: 'release', deleted: false, release: summaryAnswer(release) });
    }
    send(response, { type: 'ready' });
  });
  return router;
}

function send(response: Response, event: ServerEvent): void {
  if (response.destroyed) return;
  if (response.writableLength > BUFFER_LIMIT) {
    response.destroy();
    return;
  }
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
