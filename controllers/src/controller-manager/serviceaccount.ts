/**
 * What every namespace gets: the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`
 * (pkg/controller/serviceaccount and certificates/rootcacertpublisher v1.34). Both come back when they are deleted.
 */
import type { ConfigMap, Namespace } from '../apimachinery/kinds.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { Controller, WatchSource } from './controller.ts';
import { isNamespaceTerminating } from './pod-control.ts';

const ROOT_CA = 'kube-root-ca.crt';
const ROOT_CA_ABOUT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

const NAMESPACES: WatchSource = {
  resource: 'namespaces',
  keys: (change) => (change.type === 'DELETED' ? [] : [{ name: change.object.metadata.name ?? '' }]),
};

function watchNamed(resource: string, name: string): WatchSource {
  return {
    resource,
    keys: ({ object }) => (object.metadata.name === name ? [{ name: object.metadata.namespace ?? '' }] : []),
  };
}

function isActive(namespace: Namespace | undefined): boolean {
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
}

/** Runs a create; that it is there already, or its namespace going away, is fine. */
function createOnce(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
  }
}

export function createServiceAccountController(): Controller {
  return {
    name: 'serviceaccount-controller',
    watches: [NAMESPACES, watchNamed('serviceaccounts', 'default')],
    reconcile({ name: namespace }, { client }) {
      if (!isActive(client.find<Namespace>('namespaces', { name: namespace }))) return undefined;
      if (client.find('serviceaccounts', { namespace, name: 'default' }) !== undefined) return undefined;
      createOnce(() =>
        client.create('serviceaccounts', {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace },
        }),
      );
      return undefined;
    },
  };
}

/** @param certificate the cluster's CA, PEM */
export function createRootCaPublisher(certificate: string): Controller {
  const data = { 'ca.crt': certificate };
  const annotations = { 'kubernetes.io/description': ROOT_CA_ABOUT };
  return {
    name: 'root-ca-certificate-publisher-controller',
    watches: [NAMESPACES, watchNamed('configmaps', ROOT_CA)],
    reconcile({ name: namespace }, { client }) {
      if (!isActive(client.find<Namespace>('namespaces', { name: namespace }))) return undefined;
      const known = client.find<ConfigMap>('configmaps', { namespace, name: ROOT_CA });
      if (known === undefined) {
        createOnce(() =>
          client.create('configmaps', {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: ROOT_CA, namespace, annotations },
            data,
          }),
        );
      } else if (known.data?.['ca.crt'] !== certificate) {
        client.update('configmaps', { ...known, data });
      }
      return undefined;
    },
  };
}
