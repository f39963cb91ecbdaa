/**
 * Mounts each cluster's Kubernetes API at /clusters/<name>/, in front of express: the handler of the simulation speaks
 * plain Node HTTP and sees paths from the root.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from '@drydock/controllers';
import type { SimulatedCluster } from '../clusters/simulated.ts';
import type { SimulatedClusters } from '../clusters/simulated-clusters.ts';

/** The handler; it answers false for a request that is not for a cluster. */
export function serveKubernetes(
  clusters: SimulatedClusters,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const match = /^\/clusters\/([^/?]+)(\/[^?]*)?(\?.*)?$/.exec(request.url ?? '');
    if (match === null) return false;
    const [, name = '', path = '/', query = ''] = match;
    const cluster = clusters.find(name);
    if (cluster === undefined) {
      answerNotFound(response, name);
      return true;
    }
    request.url = `${path}${query}`;
    serveCluster(clusters, cluster, { request, response });
    return true;
  };
}

/** Answers a request for a cluster, its path from the root of the API. */
export function serveCluster(
  clusters: SimulatedClusters,
  { name, simulation }: SimulatedCluster,
  {
    request,
    response,
    peer,
  }: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    /** Default: the cluster's owner. */
    readonly peer?: Peer;
  },
): void {
  clusters.catchUp(name);
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  // 'close' comes after the answer, whole or not: the write may have been made.
  if (changes) {
    response.once('close', () => clusters.touch(name));
    answerWhenKept(clusters, name, response);
  }
  simulation.handler(request, response, peer);
}

/** Lets the answer to a write go out when the write is kept: what a client was told is there after kill -9, too. */
function answerWhenKept(clusters: SimulatedClusters, name: string, response: ServerResponse): void {
  const end = response.end.bind(response);
  const held = (...args: Parameters<ServerResponse['end']>): ServerResponse => {
    clusters.whenKept(
      name,
      () => end(...args),
      () => response.destroy(),
    );
    return response;
  };
  // The overloads of `end` are all of this form.
  response.end = held as ServerResponse['end'];
}

/** In the form that Kubernetes' clients read. */
function answerNotFound(response: ServerResponse, name: string): void {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `cluster "${name}" not found`,
    reason: 'NotFound',
    details: { name, kind: 'clusters' },
    code: 404,
  };
  response.writeHead(404, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(status));
}
