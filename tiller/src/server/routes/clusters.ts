/** /api/v1/clusters: simulated clusters, their clocks and pods. */
import { Router } from 'express';
import type { ClusterSnapshot } from '../../clusters/cluster-options.ts';
import type { SimulatedCluster } from '../../clusters/simulated.ts';
import { ReleaseError } from '../../releases/release.ts';
import type { ClusterSummary } from '../api.ts';
import { formatInstant } from '../details.ts';
import { type Fields, parseFields } from '../input.ts';
import { createKubeconfig } from '../kubeconfig.ts';
import { summarizePod } from '../pods.ts';
import type { Services } from '../services.ts';

export function createClusterRouter(services: Services): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    const items = await Promise.all(services.clusters.list().map(summarizeCluster));
    response.json({ items });
  });
  router.post('/', async (request, response) => {
    const fields = parseFields(request.body);
    const nodes = fields.integer('nodes');
    const seed = fields.string('seed');
    const missingImages = fields.strings('missingImages');
    const kubernetesVersion = fields.string('kubernetesVersion');
    const clockRate = readClockRate(fields);
    const rbac = fields.boolean('rbac');
    if (nodes !== undefined && (nodes < 0 || nodes > 5000)) {
      throw new ReleaseError('Invalid', `"nodes" must be from 0 to 5000, not ${nodes}`);
    }
    const cluster = await services.clusters.create({
      name: fields.required('name'),
      ...(nodes === undefined ? {} : { nodes }),
      ...(seed === undefined ? {} : { seed }),
      ...(missingImages === undefined ? {} : { missingImages }),
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      ...(clockRate === undefined ? {} : { clockRate }),
      ...(rbac === undefined ? {} : { rbac }),
    });
    const summary = await summarizeCluster(cluster);
    services.events.publish({ type: 'cluster', deleted: false, cluster: summary });
    response.status(201).json(summary);
  });
  router.get('/:cluster', async (request, response) => {
    response.json(await summarizeCluster(services.clusters.get(request.params.cluster)));
  });
  router.delete('/:cluster', async (request, response) => {
    const summary = await summarizeCluster(services.clusters.get(request.params.cluster));
    await services.clusters.delete(summary.name);
    await services.store.removeCluster(summary.name);
    services.events.publish({ type: 'cluster', deleted: true, cluster: summary });
    response.json(summary);
  });
  router.post('/:cluster/fork', async (request, response) => {
    const { name } = services.clusters.get(request.params.cluster);
    const cluster = await services.clusters.fork(name, parseFields(request.body).required('name'));
    const summary = await summarizeCluster(cluster);
    services.events.publish({ type: 'cluster', deleted: false, cluster: summary });
    response.status(201).json(summary);
  });
  router.get('/:cluster/snapshot', (request, response) => {
    response.json(services.clusters.snapshot(request.params.cluster));
  });
  router.put('/:cluster/snapshot', async (request, response) => {
    const cluster = await services.clusters.restore(parseSnapshot(request.body), request.params.cluster);
    const summary = await summarizeCluster(cluster);
    services.events.publish({ type: 'cluster', deleted: false, cluster: summary });
    response.status(201).json(summary);
  });
  router.post('/:cluster/clock/advance', async (request, response) => {
    const cluster = services.clusters.get(request.params.cluster);
    const duration = parseFields(request.body).duration('duration');
    if (duration === undefined) throw new ReleaseError('Invalid', '"duration" is missing in the body');
    const answer = await services.clusters.changing(cluster.name, async () => {
      const from = cluster.clock.now();
      await cluster.clock.sleep(duration);
      return { from: formatInstant(from), now: formatInstant(cluster.clock.now()) };
    });
    services.events.publish({ type: 'cluster', deleted: false, cluster: await summarizeCluster(cluster) });
    response.json(answer);
  });
  router.put('/:cluster/clock/rate', async (request, response) => {
    const { name } = services.clusters.get(request.params.cluster);
    const rate = readClockRate(parseFields(request.body));
    if (rate === undefined) throw new ReleaseError('Invalid', '"clockRate" is missing in the body');
    await services.clusters.setClockRate(name, rate);
    response.json({ clockRate: rate });
  });
  router.get('/:cluster/kubeconfig', (request, response) => {
    const { name } = services.clusters.get(request.params.cluster);
    const port = services.clusters.portOf(name);
    if (port === undefined) {
      throw new ReleaseError('Unavailable', `cluster "${name}" is not served: kubectl and helm need "drydock serve"`);
    }
    const kubeconfig = createKubeconfig(name, {
      server: `https://${formatHost(request.hostname)}:${port}`,
      credentials: services.clusters.credentialsOf(name),
    });
    response.json(kubeconfig);
  });
  router.get('/:cluster/pods', async (request, response) => {
    const cluster = services.clusters.get(request.params.cluster);
    const { namespace } = request.query;
    const { items } = await cluster.list({
      apiVersion: 'v1',
      kind: 'Pod',
      ...(typeof namespace === 'string' ? { namespace } : {}),
    });
    response.json({ items: items.map((pod) => summarizePod(pod, cluster.name)) });
  });
  return router;
}

/** Throws Invalid for what `snapshot` can't have given. */
function parseSnapshot(body: unknown): ClusterSnapshot {
  const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const isObject = (value: unknown): boolean =>
    isRecord(value) && typeof value.key === 'string' && isRecord(value.object) && isRecord(value.object.metadata);
  const isSnapshot =
    isRecord(body) &&
    body.version === 1 &&
    [body.name, body.seed, body.kubernetesVersion].every((text) => typeof text === 'string') &&
    [body.behavior, body.features, body.random].every(isRecord) &&
    Number.isFinite(body.now) &&
    isRecord(body.store) &&
    Number.isSafeInteger(body.store.revision) &&
    Array.isArray(body.store.objects) &&
    body.store.objects.every(isObject);
  if (!isSnapshot) throw new ReleaseError('Invalid', 'the body is no snapshot of a cluster (version 1)');
  return body as unknown as ClusterSnapshot;
}

/** The host as the request's URL has it; IPv6 stands in brackets in URLs. */
function formatHost(hostname: string): string {
  return hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
}

function readClockRate(fields: Fields): number | undefined {
  const rate = fields.number('clockRate');
  if (rate === undefined || (Number.isFinite(rate) && rate >= 0)) return rate;
  throw new ReleaseError('Invalid', `"clockRate" must be a number from 0 up, not ${rate}`);
}

export async function summarizeCluster(cluster: SimulatedCluster): Promise<ClusterSummary> {
  const { gitVersion } = await cluster.discover();
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod' });
  const readyNodes = nodes.items.filter((node) => {
    // A parsed border: the API wrote it.
    const status = node.status as { conditions?: readonly { type?: string; status?: string }[] } | undefined;
    return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
  });
  return {
    name: cluster.name,
    kubernetesVersion: gitVersion,
    nodes: nodes.items.length,
    readyNodes: readyNodes.length,
    pods: pods.items.length,
    readyPods: pods.items.filter((pod) => summarizePod(pod, cluster.name).ready).length,
    now: formatInstant(cluster.clock.now()),
    server: `/clusters/${cluster.name}`,
  };
}
