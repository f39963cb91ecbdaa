/**
 * Tables (meta.k8s.io/v1 Table): what `kubectl get` shows, with the columns of each kind (pkg/printers/internalversion,
 * v1.34); kinds without columns of their own have name and age.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Core } from './core.ts';
import type { Column, Resource, TableFacts } from './resources/resource.ts';
import { TABLES } from './resources/tables.ts';

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
};
const CREATED: Column = {
  name: 'Created At',
  type: 'date',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.',
  priority: 0,
};

const PLAIN: TableFacts = {
  columns: [NAME, CREATED],
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
      cells: facts.cells(object, now),
      ...(form.include === 'None'
        ? {}
        : {
            object:
              form.include === 'Object'
                ? object
                : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata },
          }),
    })),
  };
}
