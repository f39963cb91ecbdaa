/**
 * Tells of each FlowSchema whether the priority level that it refers to is there (apiserver's
 * util/flowcontrol/apf_controller.go, v1.34).
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { formatTime } from '../apimachinery/time.ts';
import { danglingCondition, STATUS_MANAGER } from '../apiserver/flow-control/dangling.ts';
import type { Controller } from './controller.ts';
import { keyOf, watchSelf } from './watching.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const SCHEMAS = `flowschemas.${GROUP}`;
const LEVELS = `prioritylevelconfigurations.${GROUP}`;

interface FlowSchema extends KubeObject {
  readonly spec?: { readonly priorityLevelConfiguration?: { readonly name?: string } };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

function levelOf({ spec }: FlowSchema): string {
  return spec?.priorityLevelConfiguration?.name ?? '';
}

export function createFlowSchemaController(): Controller {
  return {
    name: 'api-priority-and-fairness',
    watches: [
      watchSelf(SCHEMAS),
      {
        resource: LEVELS,
        keys: ({ object, type }, client) =>
          type === 'MODIFIED'
            ? []
            : client
                .list<FlowSchema>(SCHEMAS)
                .filter((schema) => levelOf(schema) === object.metadata.name)
                .map(keyOf),
      },
    ],
    reconcile(key, { client, now }) {
      const schema = client.find<FlowSchema>(SCHEMAS, key);
      if (schema === undefined) return undefined;
      const level = levelOf(schema);
      const condition = danglingCondition(level, client.find(LEVELS, { name: level }) !== undefined);
      const known = schema.status?.conditions?.find(({ type }) => type === condition.type);
      if (known?.status === condition.status) return undefined;
      const conditions = [{ ...condition, lastTransitionTime: formatTime(now) }];
      const { apiVersion, kind } = schema;
      const patch = { apiVersion, kind, metadata: { name: key.name }, status: { conditions } };
      const options = { fieldManager: STATUS_MANAGER, force: true, subresource: 'status' } as const;
      client.patch(SCHEMAS, key, { type: 'apply', patch }, options);
      return undefined;
    },
  };
}
