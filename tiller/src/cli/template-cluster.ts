/**
 * A cluster of the server behind `drydock template --dry-run=server`: its capabilities, the objects that `lookup` asks
 * for, and a dry run of each object. Follows Helm v4's Install with a dry run on the server, which does not create
 * objects either; that each is sent as a dry run goes beyond it, and finds what validation finds.
 */
import { type Capabilities, defaultCapabilities, type JsonValue, type Manifest } from '@drydock/charts';
import type { ClusterSummary } from '../server/api.ts';
import type { LookupKey } from './asked-render.ts';
import { type CliError, isCliError } from './cli-error.ts';
import { verbatim } from './go-flags.ts';
import type { HttpClient } from './http-client.ts';

export interface TemplateCluster {
  readonly capabilities: Capabilities;
  /** The object, or the list where no name is given; undefined where there is none. */
  lookup(key: LookupKey): Promise<JsonObject | undefined>;
  /** Throws CliError for an object that the cluster would refuse, or that is another release's. */
  check(manifests: readonly Manifest[], options: CheckOptions): Promise<void>;
}

export interface CheckOptions {
  readonly release: string;
  readonly namespace: string;
  readonly isUpgrade: boolean;
  readonly takeOwnership: boolean;
  readonly skipValidation: boolean;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface KubeObject {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export type JsonObject = { readonly [key: string]: JsonValue };

/** Reads what the cluster can do. Throws CliError where there is no such cluster. */
export async function openTemplateCluster(client: HttpClient, name: string): Promise<TemplateCluster> {
  const { server } = await client.json<ClusterSummary>('GET', `/api/v1/clusters/${encodeURIComponent(name)}`);
  const resources = await discover(client, server);
  const { gitVersion } = await client.json<{ gitVersion: string }>('GET', `${server}/version`);
  const pathOf = (object: LookupKey): string | undefined => {
    const resource = resources.get(object.apiVersion)?.find(({ kind }) => kind === object.kind);
    if (resource === undefined) return undefined;
    const base = object.apiVersion.includes('/') ? `apis/${object.apiVersion}` : `api/${object.apiVersion}`;
    const scope = resource.namespaced && object.namespace !== '' ? `/namespaces/${encode(object.namespace)}` : '';
    return `${server}/${base}${scope}/${resource.name}${object.name === '' ? '' : `/${encode(object.name)}`}`;
  };
  const get = async <T>(path: string): Promise<T | undefined> => {
    try {
      return await client.json<T>('GET', path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    capabilities: capabilitiesOf(gitVersion, resources),
    async lookup(key) {
      const path = pathOf(key);
      return path === undefined ? undefined : await get<JsonObject>(path);
    },
    async check(manifests, options) {
      for (const manifest of manifests) {
        if (manifest.object === null) continue;
        const key = keyOf(manifest, { options, resources });
        const [path, item] = [pathOf({ ...key, name: '' }), pathOf(key)];
        if (path === undefined || item === undefined) throw noMatch(manifest);
        const existing = manifest.name === '' ? undefined : await get<KubeObject>(item);
        if (existing !== undefined && !options.isUpgrade && !options.takeOwnership) {
          checkOwner(existing, { ...options, what: describe(key) });
        }
        if (existing === undefined && !options.skipValidation) await dryRun(client, { path, manifest, key });
      }
    },
  };
}

async function discover(client: HttpClient, server: string): Promise<ReadonlyMap<string, readonly Resource[]>> {
  const { groups } = await client.json<{ groups: { versions: { groupVersion: string }[] }[] }>('GET', `${server}/apis`);
  const versions = ['v1', ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))];
  const found = new Map<string, readonly Resource[]>();
  for (const version of versions) {
    const path = version.includes('/') ? `apis/${version}` : `api/${version}`;
    const { resources } = await client.json<{ resources: Resource[] }>('GET', `${server}/${path}`);
    found.set(
      version,
      resources.filter(({ name }) => !name.includes('/')),
    );
  }
  return found;
}

function capabilitiesOf(gitVersion: string, resources: ReadonlyMap<string, readonly Resource[]>): Capabilities {
  const [, major = '1', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  const versions = [...resources].flatMap(([version, kinds]) => [
    version,
    ...kinds.map(({ kind }) => `${version}/${kind}`),
  ]);
  return { ...defaultCapabilities, kubeVersion: { version: gitVersion, major, minor }, apiVersions: versions.sort() };
}

function keyOf(
  { apiVersion, kind, name, object }: Manifest,
  about: { readonly options: CheckOptions; readonly resources: ReadonlyMap<string, readonly Resource[]> },
): LookupKey {
  const resource = about.resources.get(apiVersion)?.find((each) => each.kind === kind);
  // A parsed border: metadata is what a template made of it.
  const metadata = object?.metadata as { namespace?: unknown } | undefined;
  const written = typeof metadata?.namespace === 'string' ? metadata.namespace : '';
  const namespace = resource?.namespaced === true ? written || about.options.namespace : '';
  return { apiVersion, kind, namespace, name };
}

/** A namespace that is not there yet is no fault of the object: then it is tried in another. */
async function dryRun(
  client: HttpClient,
  { path, manifest, key }: { path: string; manifest: Manifest; key: LookupKey },
): Promise<void> {
  const query = '?dryRun=All&fieldValidation=Strict&fieldManager=helm';
  const send = async (namespace: string): Promise<void> => {
    const where = path.replace(/\/namespaces\/[^/]+\/(?=[^/]+$)/, `/namespaces/${encode(namespace)}/`);
    const metadata = { ...(manifest.object?.metadata as object), ...(namespace === '' ? {} : { namespace }) };
    await client.json('POST', `${where}${query}`, { ...manifest.object, metadata });
  };
  try {
    await send(key.namespace).catch((error: unknown) => {
      if (key.namespace === '' || !isNotFound(error)) throw error;
      return send('default');
    });
  } catch (error) {
    if (!isCliError(error)) throw error;
    throw verbatim(`unable to build kubernetes objects from release manifest: ${error.message}`, error.code);
  }
}

/** Helm's rule of whose an object is, and its words. */
function checkOwner(object: KubeObject, options: CheckOptions & { readonly what: string }): void {
  const { labels = {}, annotations = {} } = object.metadata ?? {};
  const wanted = [
    { where: 'label', values: labels, key: 'app.kubernetes.io/managed-by', value: 'Helm' },
    { where: 'annotation', values: annotations, key: 'meta.helm.sh/release-name', value: options.release },
    { where: 'annotation', values: annotations, key: 'meta.helm.sh/release-namespace', value: options.namespace },
  ];
  const problems = wanted.flatMap(({ where, values, key, value }) => {
    const current = values[key];
    if (current === undefined) return [`${where} validation error: missing key "${key}": must be set to "${value}"`];
    if (current === value) return [];
    return [`${where} validation error: key "${key}" must equal "${value}": current value is "${current}"`];
  });
  if (problems.length === 0) return;
  throw verbatim(
    `unable to continue with install: ${options.what} exists and cannot be imported into the current release: invalid ownership metadata; ${problems.join('; ')}`,
    'Conflict',
  );
}

function describe({ kind, name, namespace }: LookupKey): string {
  return `${kind} "${name}" in namespace "${namespace}"`;
}

function noMatch({ apiVersion, kind, name }: Manifest): CliError {
  return verbatim(
    `unable to build kubernetes objects from release manifest: resource mapping not found for name: "${name}" namespace: "" from "": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    'Invalid',
  );
}

/** Kubernetes' own errors have the status as their code. */
function isNotFound(error: unknown): boolean {
  return isCliError(error) && (error.code === 'NotFound' || String(error.code) === '404');
}

function encode(part: string): string {
  return encodeURIComponent(part);
}
