/**
 * The deprecated ComponentStatuses (pkg/registry/core/componentstatus, v1.34): the parts of the control plane, which here
 * are always well; worked out when they are read.
 */

import type { KubeObject } from '../../../apimachinery/object.ts';
import { ApiError } from '../../../apimachinery/status.ts';
import type { ComputedObjects } from '../resource.ts';

const ALL: readonly KubeObject[] = ['etcd-0', 'scheduler', 'controller-manager'].map((name) => ({
  kind: 'ComponentStatus',
  apiVersion: 'v1',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}));

export const componentStatuses: ComputedObjects = {
  notFound: (_, name) => new ApiError('Unknown', `Component not found: ${name}`),
  list: () => ALL,
  find: (_core, _namespace, name) => ALL.find(({ metadata }) => metadata.name === name),
};
