/** The kubeconfig of a cluster (client-go's clientcmd/api/v1): its CA, and a certificate of a user with all rights. */
import type { ClusterCredentials } from '../credentials/cluster-credentials.ts';
import type { Kubeconfig } from './api.ts';

/** `server` is the URL that the cluster is served at. A new certificate is issued. */
export function createKubeconfig(
  name: string,
  { server, credentials }: { readonly server: string; readonly credentials: ClusterCredentials },
): Kubeconfig {
  const entry = `drydock-${name}`;
  const { certificate, key } = credentials.issueAdmin();
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: entry,
        cluster: { 'certificate-authority-data': base64(credentials.authority.certificate), server },
      },
    ],
    users: [{ name: entry, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name: entry, context: { cluster: entry, user: entry } }],
    'current-context': entry,
    preferences: {},
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
