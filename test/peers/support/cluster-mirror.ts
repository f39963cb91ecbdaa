/**
 * What a terminal UI does behind its screen: it discovers every resource, lists and watches all of them at once, each in
 * several forms, and keeps a picture of the cluster that must be true at any time.
 */
import type { KubeConnection, RunningWatch, WatchEvent } from './kube-connection.ts';

const PLAIN = 'application/json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface Resource {
  /** e.g. `/apis/apps/v1/deployments` */
  readonly path: string;
  readonly group: string;
  readonly name: string;
  readonly verbs: readonly string[];
}

export interface ClusterMirror {
  readonly resources: readonly Resource[];
  /** How many watches there are, and how many events they have seen. */
  readonly figures: { watches: number; events: number };
  /** What is wrong at this moment: watches that ended or failed, and pictures that are not what a list shows. */
  faults(): Promise<readonly string[]>;
  stop(): void;
}

interface Form {
  readonly name: string;
  /** What a list is asked as; absent, the watch itself begins with all there is (WatchList). */
  readonly list?: string;
  readonly watch: string;
}

const FORMS: readonly Form[] = [
  { name: 'list and watch', list: PLAIN, watch: PLAIN },
  { name: 'tables', list: TABLE, watch: TABLE },
  { name: 'metadata', list: METADATA_LIST, watch: METADATA },
  { name: 'WatchList', watch: PLAIN },
];

/** The resources of aggregated discovery, those with a list, each at its group's preferred version. */
export async function discover(connection: KubeConnection): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for (const root of ['/api', '/apis']) {
    const { body } = await connection.get(root, DISCOVERY);
    for (const group of body.items as DiscoveredGroup[]) {
      const [version] = group.versions;
      if (version === undefined) continue;
      const prefix = root === '/api' ? '/api/v1' : `/apis/${group.metadata.name}/${version.version}`;
      for (const { resource: name, verbs } of version.resources) {
        if (verbs.includes('list'))
          found.push({ path: `${prefix}/${name}`, group: group.metadata.name ?? '', name, verbs });
      }
    }
  }
  return found;
}

interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources: readonly { readonly resource: string; readonly verbs: readonly string[] }[];
  }[];
}

/** Lists and watches all; a resource without a watch is only listed. */
export async function mirrorCluster(connection: KubeConnection): Promise<ClusterMirror> {
  const resources = await discover(connection);
  const figures = { watches: 0, events: 0 };
  const pictures: Picture[] = [];
  for (const resource of resources.filter(({ verbs }) => verbs.includes('watch'))) {
    for (const form of FORMS) {
      pictures.push(await startPicture(connection, { resource, form, figures }));
      figures.watches++;
    }
  }
  return {
    resources,
    figures,
    async faults() {
      const wrong: string[] = [];
      for (const resource of resources) {
        const own = pictures.filter((picture) => picture.resource === resource);
        wrong.push(...(await compare(connection, resource, own)));
      }
      return wrong;
    },
    stop() {
      for (const { watch } of pictures) watch.stop();
    },
  };
}

interface Picture {
  readonly resource: Resource;
  readonly form: Form;
  /** uid to resourceVersion. */
  readonly objects: Map<string, string>;
  readonly watch: RunningWatch;
  readonly faults: string[];
}

interface Metadata {
  readonly uid?: string;
  readonly name?: string;
  readonly resourceVersion?: string;
}

async function startPicture(
  connection: KubeConnection,
  {
    resource,
    form,
    figures,
  }: { readonly resource: Resource; readonly form: Form; readonly figures: { events: number } },
): Promise<Picture> {
  const objects = new Map<string, string>();
  const faults: string[] = [];
  let query = 'watch=true&allowWatchBookmarks=true';
  if (form.list === undefined) {
    query += '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
  } else {
    const { status, body } = await connection.get(`${resource.path}?limit=500`, form.list);
    if (status !== 200) faults.push(`the list: ${status} ${JSON.stringify(body)}`);
    for (const { uid = '', resourceVersion = '' } of metadataOf(body)) objects.set(uid, resourceVersion);
    query += `&resourceVersion=${(body.metadata as Metadata).resourceVersion}`;
  }
  const observe = ({ type, object }: WatchEvent) => {
    figures.events++;
    if (type === 'ERROR') faults.push(JSON.stringify(object));
    if (type === 'BOOKMARK' || type === 'ERROR') return;
    for (const { uid = '', resourceVersion = '' } of metadataOf(object)) {
      const isKnown = objects.has(uid);
      if (type === 'ADDED' ? isKnown : !isKnown)
        faults.push(`${type} of an object that was ${isKnown ? '' : 'not '}there`);
      if (type === 'DELETED') objects.delete(uid);
      else objects.set(uid, resourceVersion);
    }
  };
  const watch = connection.watch(`${resource.path}?${query}`, { accept: form.watch, observe });
  return { resource, form, objects, watch, faults };
}

/** Of an object, of a list's items, or of a table's rows. */
function metadataOf(body: Record<string, unknown>): readonly Metadata[] {
  if (body.kind === 'Table')
    return ((body.rows as { object: { metadata: Metadata } }[] | null) ?? []).map((r) => r.object.metadata);
  if (Array.isArray(body.items)) return (body.items as { metadata: Metadata }[]).map(({ metadata }) => metadata);
  return [body.metadata as Metadata];
}

/** A picture may lag behind a list that was made after it, for as long as an event travels. */
async function compare(
  connection: KubeConnection,
  resource: Resource,
  pictures: readonly Picture[],
): Promise<readonly string[]> {
  const ended = pictures.flatMap((picture) => {
    const why = picture.watch.ended();
    return [...picture.faults, ...(why === undefined ? [] : [why])].map((text) => faultOf(picture, text));
  });
  for (let attempt = 0; ; attempt++) {
    const { status, body } = await connection.get(resource.path);
    if (status !== 200) return [...ended, `${resource.path}: ${status} ${JSON.stringify(body)}`];
    const expected = picturesText(new Map(metadataOf(body).map((m) => [m.uid ?? '', m.resourceVersion ?? ''])));
    const stale = pictures.filter(({ objects }) => picturesText(objects) !== expected);
    if (stale.length === 0) return ended;
    if (attempt === 20) {
      return [
        ...ended,
        ...stale.map((picture) => faultOf(picture, `${picturesText(picture.objects)} is not ${expected}`)),
      ];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function faultOf({ resource, form }: Picture, text: string): string {
  return `${resource.path} (${form.name}): ${text}`;
}

function picturesText(objects: ReadonlyMap<string, string>): string {
  return [...objects]
    .map((entry) => entry.join('@'))
    .sort()
    .join(' ');
}
