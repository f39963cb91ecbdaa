/**
 * ServiceAccount (plugin/pkg/admission/serviceaccount, v1.34): every pod has an account that exists, and its token.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { isObject } from '../../apimachinery/json.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import { nameSuffix } from '../core.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newPodSpec } from './pods.ts';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const EXPIRATION = 3607;
const MIRROR = 'kubernetes.io/config.mirror';

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(request, draft, core) {
    const spec = newPodSpec(request, draft);
    if (spec === undefined || draft === undefined || draft.metadata.annotations?.[MIRROR] !== undefined) return;
    if (typeof spec.serviceAccountName !== 'string' || spec.serviceAccountName === '') {
      spec.serviceAccountName = 'default';
      spec.serviceAccount = 'default';
    }
    const name = String(spec.serviceAccountName);
    const account = core.store.get(storageKey('', 'serviceaccounts', request.namespace, name))?.object;
    if (account === undefined) {
      throw forbidden(
        { group: '', resource: 'pods' },
        draft.metadata.name ?? '',
        `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`,
      );
    }
    const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    if (wanted === true) mountToken(spec, () => `kube-api-access-${nameSuffix(core.random)}`);
    if (!Array.isArray(spec.imagePullSecrets) && Array.isArray(account.imagePullSecrets)) {
      spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...(isObject(secret) ? secret : {}) }));
    }
  },
};

function mountToken(spec: Record<string, unknown>, name: () => string): void {
  const containers = [spec.containers, spec.initContainers].flatMap((list) =>
    Array.isArray(list) ? (list as Record<string, unknown>[]) : [],
  );
  let volume: string | undefined;
  for (const container of containers) {
    const mounts = Array.isArray(container.volumeMounts) ? container.volumeMounts.filter(isObject) : [];
    if (mounts.some(({ mountPath }) => mountPath === MOUNT)) continue;
    volume ??= name();
    container.volumeMounts = [...mounts, { name: volume, readOnly: true, mountPath: MOUNT }];
  }
  if (volume === undefined) return;
  const volumes = Array.isArray(spec.volumes) ? spec.volumes : [];
  spec.volumes = [
    ...volumes,
    {
      name: volume,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: EXPIRATION, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: 420,
      },
    },
  ];
}
