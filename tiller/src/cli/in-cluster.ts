/**
 * The cluster that this program runs in, by the service account of its pod. Follows InClusterConfig of
 * k8s.io/client-go/rest and the in-cluster part of tools/clientcmd.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeAccess } from './kubeconfig.ts';

/** Where every pod finds its account. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

type Env = Readonly<Record<string, string | undefined>>;

/** Whether the program runs in a pod that has an account. */
export function isInCluster(env: Env, folder: string = SERVICE_ACCOUNT): boolean {
  if (!env.KUBERNETES_SERVICE_HOST || !env.KUBERNETES_SERVICE_PORT) return false;
  return statSync(join(folder, 'token'), { throwIfNoEntry: false })?.isDirectory() === false;
}

/** The cluster's address and what the account proves; only where `isInCluster`. */
export function inClusterAccess(env: Env, folder: string = SERVICE_ACCOUNT): KubeAccess {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const ca = read(join(folder, 'ca.crt'));
  const token = read(join(folder, 'token'))?.toString('utf8').trim() ?? '';
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT}`,
    insecure: false,
    ...(ca === undefined ? {} : { ca }),
    ...(token === '' ? {} : { token }),
    impersonate: { groups: [] },
    namespace: env.POD_NAMESPACE || (read(join(folder, 'namespace'))?.toString('utf8').trim() ?? ''),
  };
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
