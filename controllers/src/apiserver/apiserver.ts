/**
 * The API server of one cluster: verbs over a versioned store, without I/O. `client` is the synchronous client of the
 * control plane; `http.ts` puts the same verbs behind Kubernetes' HTTP API.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { storageKey } from '../apimachinery/resource.ts';
import type { Instant } from '../apimachinery/time.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { ADMISSION_PLUGINS } from './admission/plugins.ts';
import { followApiServices } from './aggregation/follow.ts';
import { Allocations } from './allocations.ts';
import { type ClusterAuthority, standInAuthority } from './authentication/authority.ts';
import { POLICY_OBJECTS } from './authorization/bootstrap.ts';
import type { Client } from './client.ts';
import type { Core, RandomSource } from './core.ts';
import { followDefinitions } from './custom/follow.ts';
import { FLOW_CONTROL_OBJECTS } from './flow-control/bootstrap.ts';
import { createInProcessClient } from './in-process-client.ts';
import type { KubeletAnswers } from './kubelet-answers.ts';
import { METRICS_RESOURCES } from './metrics/metrics-resources.ts';
import { createOwnObjects } from './own-objects.ts';
import { ResourceTable } from './resources/resource-table.ts';

export interface ApiServerOptions {
  readonly store: ObjectStore;
  /** The cluster's time. */
  readonly now: () => Instant;
  /** Seeded: uids, generated names, addresses. */
  readonly random: RandomSource;
  /** IPv4 range of Services. Default 10.96.0.0/16. */
  readonly serviceCidr?: string;
  /** Names of admission plugins to leave out, e.g. `ServiceAccount`. */
  readonly disableAdmission?: readonly string[];
  /** What signs tokens and certificates. Default: a stand-in. */
  readonly authority?: ClusterAuthority;
  /** Whether requests need roles. Default false: everyone may do everything. */
  readonly enforcesRbac?: boolean;
  /** Answers for nodes and pods; absent: there are no kubelets. */
  readonly kubelet?: KubeletAnswers;
}

export interface ApiServer {
  /** A client with all rights, writing as `kube-controller-manager`. */
  readonly client: Client;
  /** A client that writes under another field manager. */
  clientFor(fieldManager: string): Client;
  /** What HTTP and other codecs call the verbs with. */
  readonly core: Core;
}

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Serves a store; makes the system's namespaces where they are missing. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, now, random } = options;
  const core: Core = {
    store,
    now,
    random,
    resources: new ResourceTable(options.kubelet?.usage === undefined ? [] : METRICS_RESOURCES),
    admission: { plugins: ADMISSION_PLUGINS.filter(({ name }) => !(options.disableAdmission ?? []).includes(name)) },
    allocations: new Allocations(store, random, { serviceCidr: options.serviceCidr ?? '10.96.0.0/16' }),
    kubelet: options.kubelet,
    authority: options.authority ?? standInAuthority('cluster'),
    enforcesRbac: options.enforcesRbac ?? false,
  };
  const client = createInProcessClient(core, 'kube-controller-manager');
  const server: ApiServer = { client, clientFor: (fieldManager) => createInProcessClient(core, fieldManager), core };
  bootstrap(server);
  followDefinitions(core);
  followApiServices(core, server.clientFor('kube-apiserver'));
  return server;
}

function bootstrap({ core, clientFor }: ApiServer): void {
  const client = clientFor('kube-apiserver');
  for (const name of SYSTEM_NAMESPACES) {
    if (core.store.get(storageKey('', 'namespaces', '', name)) !== undefined) continue;
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    client.create('namespaces', namespace);
  }
  createOwnObjects(core, [...POLICY_OBJECTS, ...FLOW_CONTROL_OBJECTS]);
}
