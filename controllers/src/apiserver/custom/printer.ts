/**
 * The columns that a definition gives to tables (additionalPrinterColumns).
 */
import { isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatAge } from '../age.ts';
import type { Column, TableFacts } from '../resources/resource.ts';
import type { DefinitionVersion } from './definition.ts';

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
};
const AGE = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created.',
};

export function printerTable(version: DefinitionVersion | undefined): TableFacts {
  const columns = version?.additionalPrinterColumns ?? [AGE];
  return {
    columns: [
      NAME,
      ...columns.map(
        ({
          name,
          type,
          description = '',
          priority = 0,
          format = '',
        }: NonNullable<DefinitionVersion['additionalPrinterColumns']>[number]) => ({
          name,
          type: type as Column['type'],
          description,
          priority,
          format,
        }),
      ),
    ],
    cells: (object, now) => [
      object.metadata.name,
      ...columns.map(({ type, jsonPath }) => cell(object, jsonPath, type, now)),
    ],
  };
}

function cell(object: KubeObject, path: string, type: string, now: number): unknown {
  const value = readPath(object, path);
  if (value === undefined) return null;
  if (type === 'date') return formatAge(String(value), now);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** The simple part of JSONPath: fields, indices, and `[?(@.type=="Ready")]`. */
function readPath(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const [, field, index, key, wanted] of path.matchAll(
    /\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\?\(@\.([A-Za-z0-9_-]+)\s*==\s*['"]([^'"]*)['"]\)\]/g,
  )) {
    if (field !== undefined) value = isObject(value) ? value[field] : undefined;
    else if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else if (key !== undefined)
      value = Array.isArray(value) ? value.find((item) => isObject(item) && item[key] === wanted) : undefined;
  }
  return value ?? undefined;
}
