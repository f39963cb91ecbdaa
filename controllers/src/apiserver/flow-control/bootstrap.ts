/**
 * The API server's own flow schemas and priority levels (pkg/registry/flowcontrol/rest, v1.34): objects that clients list;
 * requests to a simulated cluster do not wait in queues.
 */
import type { OwnObject } from '../own-objects.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS, type SpecRow } from './bootstrap-policy.ts';
import { danglingCondition, STATUS_MANAGER } from './dangling.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const API_VERSION = `${GROUP}/v1`;
const MANAGER = 'api-priority-and-fairness-config-producer-v1';
const ANNOTATIONS = { 'apf.kubernetes.io/autoupdate-spec': 'true' };
const CONDITION_FIELDS = {
  '.': {},
  'f:lastTransitionTime': {},
  'f:message': {},
  'f:reason': {},
  'f:status': {},
  'f:type': {},
};

export const FLOW_CONTROL_OBJECTS: readonly OwnObject[] = [
  ...PRIORITY_LEVELS.map(levelOf),
  ...FLOW_SCHEMAS.map(schemaOf),
];

function objectOf(kind: string, [name, spec]: SpecRow): Pick<OwnObject, 'group' | 'manager' | 'object'> {
  const metadata = { name, generation: 1, annotations: ANNOTATIONS };
  return { group: GROUP, manager: MANAGER, object: { apiVersion: API_VERSION, kind, metadata, spec } };
}

function levelOf(row: SpecRow): OwnObject {
  const { object, ...rest } = objectOf('PriorityLevelConfiguration', row);
  return { ...rest, resource: 'prioritylevelconfigurations', object: { ...object, status: {} } };
}

function schemaOf(row: SpecRow): OwnObject {
  const { priorityLevelConfiguration: level } = row[1] as { readonly priorityLevelConfiguration: { name: string } }; // as all
  return {
    ...objectOf('FlowSchema', row),
    resource: 'flowschemas',
    added: {
      fields: (time) => ({
        status: { conditions: [{ ...danglingCondition(level.name, true), lastTransitionTime: time }] },
      }),
      entry: {
        manager: STATUS_MANAGER,
        operation: 'Apply',
        apiVersion: API_VERSION,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:status': { 'f:conditions': { 'k:{"type":"Dangling"}': CONDITION_FIELDS } } },
        subresource: 'status',
      },
    },
  };
}
