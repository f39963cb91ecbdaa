/**
 * Rendering with a cluster, for `drydock template --dry-run=server`: one that a kubeconfig tells of, as for Helm, or one
 * of a Drydock server. In a module of its own, since few renders need it.
 */
import { type Rendered, type RenderOptions, valuesFromJson } from '@drydock/charts';
import type { ClusterSummary } from '../server/api.ts';
import { dataFolder } from '../server/config.ts';
import { type LookupKey, renderAsking } from './asked-render.ts';
import { isCliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { verbatim } from './go-flags.ts';
import { logLine } from './helm-log.ts';
import { createKubeClient, type KubeClient, statusText } from './kube-client.ts';
import { meansKubeconfig, readKubeAccess } from './kubeconfig.ts';
import { chooseCluster, withSession } from './session.ts';
import {
  type ClusterApi,
  type ClusterSite,
  groupVersionOf,
  openTemplateCluster,
  type TemplateCluster,
} from './template-cluster.ts';

export interface ClusterRender {
  readonly flags: Flags;
  /** What is looked at once the cluster is known to be there, before the chart is rendered. */
  prepare(): void;
  /** An error that the engine of `render` takes for one of the template function. */
  lookupError(message: string): Error;
  render(known: Partial<RenderOptions>): Rendered;
}

/** Throws CliError for a cluster that can't be reached, and objects that it has of others or would not take. */
export async function renderWithCluster(release: RenderOptions['release'], about: ClusterRender): Promise<Rendered> {
  const { flags } = about;
  if (meansKubeconfig(flags, process.env, dataFolder(flags.text('data'), process.env))) {
    const client = await reach(flags);
    try {
      return await renderOn(client, { root: '', withDryRun: false }, { release, about });
    } finally {
      client.close();
    }
  }
  return withSession(flags, async (client) => {
    const name = await chooseCluster(client, flags);
    const { server } = await client.json<ClusterSummary>('GET', `/api/v1/clusters/${encodeURIComponent(name)}`);
    return renderOn(client, { root: server, withDryRun: true }, { release, about });
  });
}

/** Helm's check that the cluster is there, which it also logs. */
async function reach(flags: Flags): Promise<KubeClient> {
  try {
    const client = createKubeClient(readKubeAccess(flags, process.env));
    await client.json('GET', '/version');
    return client;
  } catch (error) {
    if (!isCliError(error)) throw error;
    // client-go does not read what the body of this answer says.
    const reason = /^\d+$/.test(error.code) ? statusText(Number(error.code)) : error.message;
    const message = `cluster reachability check failed: kubernetes cluster unreachable: ${reason}`;
    logLine('ERROR', message);
    throw verbatim(message, error.code);
  }
}

async function renderOn(
  api: ClusterApi,
  site: ClusterSite,
  { release, about }: { readonly release: RenderOptions['release']; readonly about: ClusterRender },
): Promise<Rendered> {
  const { flags } = about;
  about.prepare();
  const cluster = await openTemplateCluster(api, site);
  const rendered = await renderAsking((known) => about.render({ ...known, capabilities: cluster.capabilities }), {
    lookup: (key) => lookup(cluster, key, about),
    withDns: flags.is('enableDns'),
  });
  await cluster.check(rendered.manifests, {
    release: release.name,
    namespace: release.namespace,
    isUpgrade: flags.is('isUpgrade'),
    takeOwnership: flags.is('takeOwnership'),
    skipValidation: flags.is('disableOpenapiValidation'),
  });
  return rendered;
}

async function lookup(cluster: TemplateCluster, key: LookupKey, about: ClusterRender) {
  try {
    return valuesFromJson((await cluster.lookup(key)) ?? {});
  } catch (error) {
    if (!isCliError(error)) throw error;
    const [groupVersionKind, reason] = error.lines;
    if (groupVersionKind === undefined || reason === undefined) return about.lookupError(error.message);
    logLine('ERROR', 'unable to retrieve resource list', { GroupVersion: groupVersionOf(key), error: reason });
    logLine('ERROR', 'unable to get apiresource', { groupVersionKind, error: reason });
    return about.lookupError(error.message);
  }
}
