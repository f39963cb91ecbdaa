/**
 * The columns that a definition gives to tables (apiextensions-apiserver's registry/customresource/tableconvertor, v1.34).
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { formatAge } from '../age.ts';
import { builtInColumns } from '../resources/columns.ts';
import type { Column, TableFacts } from '../resources/resource.ts';
import type { DefinitionVersion } from './definition.ts';
import { findJsonPath } from './json-path.ts';

type PrinterColumn = NonNullable<DefinitionVersion['additionalPrinterColumns']>[number];

/** Name and age as kinds without columns of their own have them. */
const [NAME, CREATED] = builtInColumns('LimitRange.');
const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: CREATED?.description ?? '',
};

export function printerTable(version: DefinitionVersion | undefined): TableFacts {
  const given = version?.additionalPrinterColumns ?? [];
  const columns = given.length === 0 ? [AGE] : given;
  return {
    columns: [...(NAME === undefined ? [] : [NAME]), ...columns.map(columnOf)],
    cells: (object, now) => [object.metadata.name, ...columns.map((column) => cell(object, column, now))],
  };
}

function columnOf({ name, type, jsonPath, description, priority = 0, format = '' }: PrinterColumn): Column {
  const text =
    description === undefined || description === ''
      ? `Custom resource definition column (in JSONPath format): ${jsonPath}`
      : description;
  return { name, type: type as Column['type'], description: text, priority, format };
}

/** Only the first that is found counts. */
function cell(object: KubeObject, { type, jsonPath }: PrinterColumn, now: number): unknown {
  const [value] = findJsonPath(jsonPath, object);
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(parseTime(value)) ? '<invalid>' : formatAge(value, now);
    default:
      return null;
  }
}
