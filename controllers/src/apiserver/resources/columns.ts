/**
 * Building blocks of tables: the columns of the built-in kinds, and readers of fields.
 */
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatLabelSelector, type LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { formatAge } from '../age.ts';
import { COLUMN_DATA, COLUMN_DESCRIPTIONS } from './column-data.ts';
import type { Column, TableFacts } from './resource.ts';

/** The cells of an object, in the order of its kind's columns. */
export type Cells = TableFacts['cells'];

/** The columns of a built-in kind, by `Kind.group`. */
export function builtInColumns(kind: string): readonly Column[] {
  return (COLUMN_DATA[kind] ?? []).map((entry) => {
    const [name = '', type = 'string', format = '', priority = '0', description = ''] = entry.split(':');
    return {
      name,
      type: type as Column['type'],
      format,
      description: COLUMN_DESCRIPTIONS[Number(description)] ?? '',
      priority: Number(priority),
    };
  });
}

/** How long an object has been there. */
export function age(object: KubeObject, now: number): string {
  return formatAge(object.metadata.creationTimestamp, now);
}

export function text(object: unknown, path: string): string {
  const value = getPath(object, path.split('.'));
  return value === undefined || value === null ? '' : String(value);
}

export function number(object: unknown, path: string): number {
  const value = getPath(object, path.split('.'));
  return typeof value === 'number' ? value : 0;
}

export function isTrue(object: unknown, path: string): boolean {
  return getPath(object, path.split('.')) === true;
}

export function list(object: unknown, path: string): readonly Readonly<Record<string, unknown>>[] {
  const value = getPath(object, path.split('.'));
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function texts(object: unknown, path: string): readonly string[] {
  const value = getPath(object, path.split('.'));
  return Array.isArray(value) ? value.map(String) : [];
}

/** How many entries an object has. */
export function keyCount(value: unknown): number {
  return isObject(value) ? Object.keys(value).length : 0;
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

/** `a=b,c=d`, or `<none>`; the pairs are sorted as texts. */
export function labelsText(labels: unknown): string {
  if (!isObject(labels) || Object.keys(labels).length === 0) return '<none>';
  return Object.keys(labels)
    .map((key) => `${key}=${String(labels[key])}`)
    .sort()
    .join(',');
}

/** The first three, and how many more there are. */
export function firstThree(all: readonly string[]): string {
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}
