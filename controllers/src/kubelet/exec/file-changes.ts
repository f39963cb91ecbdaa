/**
 * What commands changed in a container's files, kept in the pod's annotation `simulation.drydock.dev/files` for as long as
 * the container runs: a container that is started again has the files of its image and its volumes.
 */
import { isObject } from '../../apimachinery/json.ts';
import type { Container, Pod } from '../../apimachinery/kinds.ts';
import { formatTime, type Instant } from '../../apimachinery/time.ts';
import { ANNOTATION_PREFIX } from '../annotations.ts';
import { imageName } from '../image-programs.ts';
import type { WorldFile } from '../world/files.ts';

export const FILES_ANNOTATION = `${ANNOTATION_PREFIX}files`;

export interface FileChanges {
  /** Restarts before the run that they are of. */
  readonly restarts: number;
  /** A character for each byte. */
  readonly written: Readonly<Record<string, string>>;
  /** Since when a file is away. */
  readonly removed: Readonly<Record<string, string>>;
  /** Since when a file that had been away is back. */
  readonly restored: Readonly<Record<string, string>>;
}

const DOCUMENT_ROOTS = new Map([
  ['httpd', '/usr/local/apache2/htdocs'],
  ['nginx', '/usr/share/nginx/html'],
]);
const FIRST_PAGE = '<html><body><h1>It works!</h1></body></html>\n';
const MODE = 0o644;
const MAX_BYTES = 64 * 1024;

/** Where a well-known web server has its pages. */
export function documentRoot({ image = '' }: Container): string | undefined {
  return DOCUMENT_ROOTS.get(imageName(image));
}

/** What commands changed in the run that a container is in. */
export function changesOf(pod: Pod, container: string): FileChanges {
  const restarts = pod.status?.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0;
  const none = { restarts, written: {}, removed: {}, restored: {} };
  const all = parse(pod.metadata.annotations?.[FILES_ANNOTATION]);
  const own = Object.hasOwn(all, container) ? all[container] : undefined;
  if (!isObject(own) || own.restarts !== restarts) return none;
  return { restarts, written: texts(own.written), removed: texts(own.removed), restored: texts(own.restored) };
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The annotation with the changes of one container. */
export function withChanges(pod: Pod, container: string, changes: FileChanges): string {
  const all = Object.entries(parse(pod.metadata.annotations?.[FILES_ANNOTATION]));
  return JSON.stringify(Object.fromEntries([...all.filter(([name]) => name !== container), [container, changes]]));
}

/** The files of a container before commands changed them: those of its volumes, and its image's first page. */
export function filesOfImage(
  container: Container,
  mounted: ReadonlyMap<string, WorldFile>,
): ReadonlyMap<string, WorldFile> {
  const root = documentRoot(container);
  if (root === undefined) return mounted;
  return new Map([[`${root}/index.html`, { bytes: FIRST_PAGE, mode: MODE }], ...mounted]);
}

export function applyChanges(
  files: ReadonlyMap<string, WorldFile>,
  { written, removed }: FileChanges,
): Map<string, WorldFile> {
  const out = new Map(files);
  for (const path of Object.keys(removed)) out.delete(path);
  for (const [path, bytes] of Object.entries(written)) out.set(path, { bytes, mode: MODE });
  return out;
}

/** What is changed now; undefined when a command changed nothing. */
export function changesBetween(
  {
    before,
    after,
    known,
  }: {
    readonly before: ReadonlyMap<string, WorldFile>;
    readonly after: ReadonlyMap<string, WorldFile>;
    readonly known: FileChanges;
  },
  now: Instant,
): FileChanges | undefined {
  const written = new Map(Object.entries(known.written));
  const removed = new Map(Object.entries(known.removed));
  const restored = new Map(Object.entries(known.restored));
  let isChanged = false;
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    isChanged = true;
    written.delete(path);
    restored.delete(path);
    removed.set(path, formatTime(now));
  }
  for (const [path, { bytes }] of after) {
    if (before.get(path)?.bytes === bytes || path.startsWith('/dev/')) continue;
    isChanged = true;
    if (removed.delete(path)) restored.set(path, formatTime(now));
    written.set(path, bytes.slice(0, MAX_BYTES));
  }
  if (!isChanged) return undefined;
  const plain = (map: ReadonlyMap<string, string>) => Object.fromEntries(map);
  return { restarts: known.restarts, written: plain(written), removed: plain(removed), restored: plain(restored) };
}
