/** The objects of a render, each with the template and the line that it came from. */
import { posix } from 'node:path';
import { YamlError } from '../../yaml/error.ts';
import { parseYamlJson } from '../../yaml/parse.ts';
import type { LintRender } from '../lint-render.ts';
import { mapTemplateLines } from '../template-lines.ts';
import { lineOfPath, type YamlPath } from '../yaml-lines.ts';
import { isObject, type JsonObject, listAt, textAt } from './plain.ts';

export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** The release's where the object names none; also for kinds that have none. */
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  /** The template within the chart, e.g. `charts/db/templates/service.yaml`. */
  readonly file: string;
  readonly isHook: boolean;
  /** The template's line, from 1, of a path within the object. */
  lineOf(path: YamlPath): number;
}

/** A document that is no YAML. */
export interface BrokenDocument {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** All objects, items of a List one by one. */
export function readObjects(
  render: LintRender,
  place: { readonly chart: string; readonly namespace: string },
): { readonly objects: readonly RenderedObject[]; readonly broken: readonly BrokenDocument[] } {
  const objects: RenderedObject[] = [];
  const broken: BrokenDocument[] = [];
  // Templates of the chart itself run last; here they come first.
  for (const [name, output] of [...render.files].reverse()) {
    if (render.notes.has(name) || posix.basename(name).startsWith('_') || output.trim() === '') continue;
    const file = name.startsWith(`${place.chart}/`) ? name.slice(place.chart.length + 1) : name;
    const lines = output.split('\n');
    const template = once(() => mapTemplateLines(render.templates.get(name) ?? '', output));
    for (const span of documentSpans(lines)) {
      try {
        const text = lines.slice(span.from - 1, span.to).join('\n');
        const value = parseYamlJson(text);
        const lineOf = (path: YamlPath): number => template().of(lineOfPath(lines, path, span));
        objects.push(...toObjects(value, { file, namespace: place.namespace, lineOf }));
      } catch (error) {
        if (!(error instanceof YamlError)) throw error;
        const line = template().of(span.from + Math.max(0, error.line - 1));
        broken.push({ file, line, message: error.message });
      }
    }
  }
  return { objects, broken };
}

/** Lines, from 1, of each document: the first that is no comment, and the last. */
function documentSpans(lines: readonly string[]): { from: number; to: number }[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('---') ? [index + 1] : []));
  const edges = [0, ...starts, lines.length + 1];
  return edges.slice(0, -1).flatMap((edge, index) => {
    const to = (edges[index + 1] ?? lines.length + 1) - 1;
    let from = edge + 1;
    while (from <= to && /^\s*(?:#.*)?$/.test(lines[from - 1] ?? '')) from += 1;
    return from > to ? [] : [{ from, to }];
  });
}

function toObjects(
  value: unknown,
  place: { readonly file: string; readonly namespace: string; readonly lineOf: (path: YamlPath) => number },
): RenderedObject[] {
  // What the YAML reader gives is plain JSON.
  const object = value as JsonObject | null;
  if (!isObject(object)) return [];
  const kind = textAt(object, 'kind');
  if (kind === 'List') {
    return listAt(object, 'items').flatMap((item, index) =>
      toObjects(item, { ...place, lineOf: (path) => place.lineOf(['items', index, ...path]) }),
    );
  }
  const name = textAt(object, 'metadata', 'name');
  if (kind === '' || name === '') return [];
  return [
    {
      apiVersion: textAt(object, 'apiVersion'),
      kind,
      namespace: textAt(object, 'metadata', 'namespace') || place.namespace,
      name,
      object,
      file: place.file,
      isHook: textAt(object, 'metadata', 'annotations', 'helm.sh/hook') !== '',
      lineOf: place.lineOf,
    },
  ];
}

/** `Deployment web`, as messages name an object. */
export function titleOf(object: { readonly kind: string; readonly name: string }): string {
  return `${object.kind} ${object.name}`;
}

/** The API group; empty for the core group. */
export function groupOf(object: { readonly apiVersion: string }): string {
  const slash = object.apiVersion.indexOf('/');
  return slash < 0 ? '' : object.apiVersion.slice(0, slash);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
