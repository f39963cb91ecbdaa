/**
 * What the demo reads from a cluster's Kubernetes API.
 */
import { request } from '../support/server.ts';

export interface HasStatus {
  readonly status: { readonly updatedReplicas?: number; readonly availableReplicas?: number };
}

export interface Deployment extends HasStatus {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

interface Job {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface JobChange {
  readonly type: string;
  readonly object: Job;
}

/** How many Jobs were started and completed while `act` ran: all of them, those that were cleaned up since as well. */
export async function countJobs(
  api: string,
  namespace: string,
  act: () => Promise<void>,
): Promise<{ readonly started: number; readonly completed: number }> {
  const jobs = `${api}/apis/batch/v1/namespaces/${namespace}/jobs`;
  const { metadata } = await request<{ metadata: { resourceVersion: string } }>(jobs);
  await act();
  const response = await fetch(`${jobs}?watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=1`);
  const changes = (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    // The wire's own form, a change a line.
    .map((line) => JSON.parse(line) as JobChange);
  const started = new Set<string>();
  const completed = new Set<string>();
  for (const { type, object } of changes) {
    if (type === 'ADDED') started.add(object.metadata.name);
    if (object.status?.conditions?.some((c) => c.type === 'Complete' && c.status === 'True')) {
      completed.add(object.metadata.name);
    }
  }
  return { started: started.size, completed: completed.size };
}
