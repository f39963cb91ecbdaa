/** The namespace of a release that is only rendered, as Helm's settings have it. */
import { existsSync } from 'node:fs';
import type { Flags } from './command.ts';

/** The one that is named, that of the kubeconfig's context or of the pod that this runs in, or `default`. */
export async function helmNamespace(flags: Flags): Promise<string> {
  const { DRYDOCK_NAMESPACE, HELM_NAMESPACE, KUBECONFIG, KUBERNETES_SERVICE_HOST, HOME } = process.env;
  const named = flags.text('namespace') || DRYDOCK_NAMESPACE || HELM_NAMESPACE;
  if (named) return named;
  const hasKubeconfig =
    flags.text('kubeconfig') || KUBECONFIG || KUBERNETES_SERVICE_HOST || existsSync(`${HOME}/.kube/config`);
  if (!hasKubeconfig || flags.text('cluster')) return 'default';
  const { contextNamespace } = await import('./kubeconfig.ts');
  return contextNamespace(flags, process.env) || 'default';
}
