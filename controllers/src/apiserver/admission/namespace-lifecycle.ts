/**
 * NamespaceLifecycle (apiserver's plugin/namespace/lifecycle, v1.34): nothing is created in a namespace that is missing or
 * ending, and the system's namespaces stay.
 */
import { forbidden, notFound } from '../../apimachinery/api-errors.ts';
import { isObject } from '../../apimachinery/json.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { AdmissionPlugin } from './admission.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
/** Reviews are answered and not stored; they need no namespace. */
const REVIEWS = new Set(['localsubjectaccessreviews']);

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit({ operation, resource, namespace, name, subresource }, _draft, core) {
    if (operation === 'DELETE' && resource.kind === 'Namespace' && resource.group === '' && IMMORTAL.has(name)) {
      throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
    }
    if (!resource.namespaced || namespace === '' || REVIEWS.has(resource.resource) || operation === 'DELETE') return;
    const stored = core.store.get(storageKey('', 'namespaces', '', namespace))?.object;
    if (stored === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
    const status = stored.status;
    const ending =
      stored.metadata.deletionTimestamp !== undefined || (isObject(status) && status.phase === 'Terminating');
    if (operation !== 'CREATE' || subresource !== '' || !ending) return;
    throw new ApiError(
      'Forbidden',
      `${resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
      {
        ...(name === '' ? {} : { name }),
        ...(resource.group === '' ? {} : { group: resource.group }),
        kind: resource.resource,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      },
    );
  },
};
