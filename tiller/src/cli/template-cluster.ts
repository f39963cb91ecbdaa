/**
 * A cluster behind `drydock template --dry-run=server`: its capabilities, the objects that `lookup` asks for, and what
 * stands in the way of the objects that were rendered. Follows Helm v4's Install with a dry run on the server, which
 * creates nothing either. Where it is asked for, each object is also sent as a dry run, which goes beyond Helm and finds
 * what the cluster's own validation finds.
 */
import { type Capabilities, defaultCapabilities, type JsonValue, type Manifest } from '@drydock/charts';
import type { LookupKey } from './asked-render.ts';
import { CliError, isCliError } from './cli-error.ts';
import { verbatim } from './go-flags.ts';

export interface TemplateCluster {
  readonly capabilities: Capabilities;
  /**
   * The object, or the list where no name is given; undefined where there is none. Throws CliError for a version that
   * the cluster does not have, and where it does not answer with the object.
   */
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

/** How the cluster is talked to. */
export interface ClusterApi {
  /** Throws CliError; of an answer, its code is the reason or the number of the status. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export interface ClusterSite {
  /** What the paths of the cluster's API begin with; empty where it is all that the server has. */
  readonly root: string;
  /** Whether objects are sent as dry runs. */
  readonly withDryRun: boolean;
}

interface KubeVersionInfo {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
}

/** Reads what the cluster can do. Throws CliError where it can't be reached. */
export async function openTemplateCluster(client: ClusterApi, site: ClusterSite): Promise<TemplateCluster> {
  const { root: server } = site;
  const version = await client.json<KubeVersionInfo>('GET', `${server}/version`);
  const resources = await discover(client, server);
  const pathOf = (object: LookupKey): string | undefined => {
    const resource = findResource(resources, object);
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
    capabilities: capabilitiesOf(version, resources),
    async lookup(key) {
      if (!resources.has(key.apiVersion)) throw noSuchVersion(key);
      const path = pathOf(key);
      const found = path === undefined ? undefined : await get<JsonObject>(path);
      return found === undefined ? undefined : withItemTypes(found);
    },
    async check(manifests, options) {
      const all = manifests.flatMap(flatten);
      const places = all.map((manifest) => {
        checkType(manifest);
        const key = keyOf(manifest, { options, resources });
        const [path, item] = [pathOf({ ...key, name: '' }), pathOf(key)];
        if (path === undefined || item === undefined) throw noMatch(manifest);
        return { manifest, key, path, item };
      });
      for (const { manifest, key, path, item } of places) {
        const existing = manifest.name === '' ? undefined : await get<KubeObject>(item);
        if (existing !== undefined && !options.isUpgrade && !options.takeOwnership) {
          checkOwner(existing, { ...options, what: describe(key) });
        }
        if (site.withDryRun && existing === undefined && !options.skipValidation) {
          await dryRun(client, { path, manifest, key });
        } else if (!options.isUpgrade) checkNames(manifest, key);
      }
    },
  };
}

/** The kinds of each version; those of a version whose server does not answer are left out, as Helm leaves them. */
async function discover(client: ClusterApi, server: string): Promise<ReadonlyMap<string, readonly Resource[]>> {
  const { groups } = await client.json<{ groups: { versions: { groupVersion: string }[] }[] }>('GET', `${server}/apis`);
  const versions = ['v1', ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))];
  const lists = versions.map(async (version): Promise<[string, readonly Resource[]]> => {
    const path = version.includes('/') ? `apis/${version}` : `api/${version}`;
    const read = client.json<{ resources: Resource[] }>('GET', `${server}/${path}`);
    const { resources } = await read.catch((error: unknown) => {
      if (version === 'v1' || !isCliError(error)) throw error;
      return { resources: [] };
    });
    return [version, resources];
  });
  return new Map(await Promise.all(lists));
}

function capabilitiesOf(version: KubeVersionInfo, resources: ReadonlyMap<string, readonly Resource[]>): Capabilities {
  const { gitVersion, major, minor } = version;
  // With the kinds of subresources.
  const versions = [...resources].flatMap(([name, kinds]) => [name, ...kinds.map(({ kind }) => `${name}/${kind}`)]);
  const apiVersions = [...new Set(versions)].sort();
  return { ...defaultCapabilities, kubeVersion: { version: gitVersion, major, minor }, apiVersions };
}

function findResource(
  resources: ReadonlyMap<string, readonly Resource[]>,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): Resource | undefined {
  return resources.get(apiVersion)?.find((each) => each.kind === kind && !each.name.includes('/'));
}

/** The objects of a list, and any other object as it is. */
function flatten(manifest: Manifest): Manifest[] {
  const { object } = manifest;
  if (object === null) return [];
  if (!Array.isArray(object.items)) return [manifest];
  return object.items.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    // A parsed border: what a template made.
    const each = item as JsonObject;
    const metadata = each.metadata as JsonObject | undefined;
    const [apiVersion, kind, name] = [each.apiVersion, each.kind, metadata?.name].map((field) =>
      typeof field === 'string' ? field : '',
    );
    return flatten({ ...manifest, apiVersion: apiVersion ?? '', kind: kind ?? '', name: name ?? '', object: each });
  });
}

function checkType({ apiVersion, kind }: Manifest): void {
  const missing = [...(apiVersion === '' ? ['apiVersion not set'] : []), ...(kind === '' ? ['kind not set'] : [])];
  if (missing.length === 0) return;
  const problem = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
  throw verbatim(
    `unable to build kubernetes objects from release manifest: error validating "": error validating data: ${problem}`,
  );
}

function checkNames(manifest: Manifest, key: LookupKey): void {
  // A parsed border: metadata is what a template made of it.
  const metadata = manifest.object?.metadata as { generateName?: unknown } | undefined;
  const isGenerated = typeof metadata?.generateName === 'string' && metadata.generateName !== '';
  const problem =
    manifest.name === '' && !isGenerated
      ? `could not get information about the resource ${describe(key)}: resource name may not be empty`
      : manifest.name !== '' && isGenerated
        ? 'metadata.name and metadata.generateName cannot both be set'
        : undefined;
  if (problem !== undefined) throw verbatim(`unable to continue with install: ${problem}`);
}

function keyOf(
  { apiVersion, kind, name, object }: Manifest,
  about: { readonly options: CheckOptions; readonly resources: ReadonlyMap<string, readonly Resource[]> },
): LookupKey {
  const resource = findResource(about.resources, { apiVersion, kind });
  // A parsed border: metadata is what a template made of it.
  const metadata = object?.metadata as { namespace?: unknown } | undefined;
  const written = typeof metadata?.namespace === 'string' ? metadata.namespace : '';
  const namespace = resource?.namespaced === true ? written || about.options.namespace : '';
  return { apiVersion, kind, namespace, name };
}

/** A namespace that is not there yet is no fault of the object: then it is tried in another. */
async function dryRun(
  client: ClusterApi,
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

/** Empty for what is no version of a group. */
export function groupVersionOf({ apiVersion }: Pick<LookupKey, 'apiVersion'>): string {
  return /^[^/]*(?:\/[^/]*)?$/.test(apiVersion) ? apiVersion : '';
}

/** The lines of the error: what was asked for, and why it is not there. */
function noSuchVersion(key: LookupKey): CliError {
  const version = groupVersionOf(key);
  const type = `${version.includes('/') ? version : `/${version}`}, Kind=${key.kind}`;
  const reason =
    version === '' ? "groupVersion shouldn't be empty" : 'the server could not find the requested resource';
  return new CliError(`unable to get apiresource from unstructured: ${type}: ${reason}`, {
    code: 'NotFound',
    lines: [type, reason],
  });
}

/** The API leaves the items of a list without their type, and client-go puts it back. */
function withItemTypes(list: JsonObject): JsonObject {
  const { apiVersion, kind, items } = list;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return list;
  const type = { apiVersion: apiVersion ?? '', kind: kind.slice(0, -'List'.length) };
  const typed = items.map((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return item.kind || item.apiVersion ? item : { ...item, ...type };
  });
  return { ...list, items: typed };
}

/** Kubernetes' own errors have the status as their code. */
function isNotFound(error: unknown): boolean {
  return isCliError(error) && (error.code === 'NotFound' || String(error.code) === '404');
}

function encode(part: string): string {
  return encodeURIComponent(part);
}
