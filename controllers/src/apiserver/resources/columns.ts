/**
 * Building blocks of tables: short column definitions and readers of fields.
 */
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatLabelSelector, type LabelSelectorSpec } from '../../apimachinery/selector.ts';
import type { Column } from './resource.ts';

/** Columns from a text: `Name|Ready|Up-to-date:integer`; those after `||` are shown with `-o wide`. */
export function columnsOf(text: string): readonly Column[] {
  return text.split('||').flatMap((part, priority) =>
    part.split('|').map((entry) => {
      const [name = '', type = 'string'] = entry.split(':');
      return {
        name,
        type: type as Column['type'],
        ...(name === 'Name' ? { format: 'name' } : {}),
        description: name,
        priority,
      };
    }),
  );
}

export function text(object: KubeObject, path: string): string {
  const value = getPath(object, path.split('.'));
  return value === undefined || value === null ? '' : String(value);
}

export function number(object: KubeObject, path: string): number {
  const value = getPath(object, path.split('.'));
  return typeof value === 'number' ? value : 0;
}

export function list(object: unknown, path: string): readonly Readonly<Record<string, unknown>>[] {
  const value = getPath(object, path.split('.'));
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function selectorText(object: KubeObject, path = 'spec.selector'): string {
  const value = getPath(object, path.split('.'));
  return isObject(value) ? formatLabelSelector(value as LabelSelectorSpec) || '<none>' : '<none>';
}

/** Names and images of a template's containers. */
export function containerCells(object: KubeObject, path = 'spec.template.spec.containers'): readonly string[] {
  const containers = list(object, path);
  return [containers.map(({ name }) => String(name)).join(','), containers.map(({ image }) => String(image)).join(',')];
}

/** `a=b,c=d`, or `<none>`. */
export function labelsText(labels: unknown): string {
  if (!isObject(labels) || Object.keys(labels).length === 0) return '<none>';
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${String(labels[key])}`)
    .join(',');
}
