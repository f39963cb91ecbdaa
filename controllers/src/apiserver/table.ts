/**
 * Tables (meta.k8s.io/v1 Table): what `kubectl get` shows, with the columns of each kind (pkg/printers/internalversion,
 * v1.34); kinds without columns of their own have name and age.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Core } from './core.ts';
import { builtInColumns } from './resources/columns.ts';
import type { Column, Resource, TableFacts } from './resources/resource.ts';
import { TABLES } from './resources/tables.ts';

const PLAIN: TableFacts = {
  // Those of LimitRange are what kinds without columns of their own have.
  columns: builtInColumns('LimitRange.'),
  cells: (object) => [object.metadata.name, object.metadata.creationTimestamp],
};

export interface TableForm {
  readonly metadata: object;
  readonly headers?: boolean;
  /** None, Metadata (default) or Object. */
  readonly include?: string | undefined;
  /** Of meta.k8s.io. Default v1. */
  readonly version?: string | undefined;
}

export function tableOf(core: Core, resource: Resource, objects: readonly KubeObject[], form: TableForm): object {
  const facts = resource.facts.table ?? TABLES.get(`${resource.kind}.${resource.group}`) ?? PLAIN;
  const now = core.now();
  const columns = facts.columns.map(({ name, type, format = '', description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  const apiVersion = `meta.k8s.io/${form.version ?? 'v1'}`;
  return {
    kind: 'Table',
    apiVersion,
    metadata: form.metadata,
    columnDefinitions: form.headers === false ? null : columns,
    rows: objects.map((object) => ({
      // A bookmark is no object: it has a version only.
      cells: object.metadata.name === undefined ? facts.columns.map(emptyCell) : facts.cells(object, now),
      ...conditionsOf(facts, object),
      ...(form.include === 'None'
        ? { object: null }
        : {
            object:
              form.include === 'Object'
                ? object
                : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata },
          }),
    })),
  };
}

function conditionsOf(facts: TableFacts, object: KubeObject): object {
  const conditions = facts.conditions?.(object) ?? [];
  return conditions.length === 0 ? {} : { conditions };
}

function emptyCell({ name, type }: Column): unknown {
  if (name === 'Age') return '<unknown>';
  return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : '';
}
