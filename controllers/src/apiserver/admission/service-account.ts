/**
 * ServiceAccount (plugin/pkg/admission/serviceaccount, v1.34): every pod has an account that exists, its token, and, where
 * the account says so, no other Secrets than the account's.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { getPath, isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import type { ApiError } from '../../apimachinery/status.ts';
import { type Core, nameSuffix } from '../core.ts';
import type { Draft } from '../resources/resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { newPodSpec } from './pods.ts';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME = 'kube-api-access-';
const EXPIRATION = 3607;
const MIRROR = 'kubernetes.io/config.mirror';
const ENFORCE = 'kubernetes.io/enforce-mountable-secrets';

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(request, draft, core) {
    const spec = newPodSpec(request, draft);
    if (spec === undefined || draft === undefined) return;
    const refuse = (reason: string) => refusal(request, draft, reason);
    if (draft.metadata.annotations?.[MIRROR] !== undefined) {
      const problem = problemOfMirror(spec);
      if (problem !== undefined) throw refuse(problem);
      return;
    }
    if (typeof spec.serviceAccountName !== 'string' || spec.serviceAccountName === '') {
      spec.serviceAccountName = 'default';
      spec.serviceAccount = 'default';
    }
    const account = accountOf(core, request, spec);
    if (typeof account === 'string') throw refuse(account);
    const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
    if (wanted === true) mountToken(spec, () => `${VOLUME}${nameSuffix(core.random)}`);
    if (listOf(spec, 'imagePullSecrets').length === 0 && listOf(account, 'imagePullSecrets').length > 0) {
      spec.imagePullSecrets = listOf(account, 'imagePullSecrets').map((secret) => ({ ...secret }));
    }
    const problem = isEnforcing(account) ? problemOfSecrets(spec, account) : undefined;
    if (problem !== undefined) throw refuse(problem);
  },
  validate(request, object, core) {
    const { operation, resource, subresource } = request;
    if (operation !== 'UPDATE' || resource.kind !== 'Pod' || resource.group !== '') return;
    if (subresource !== 'ephemeralcontainers' || object === undefined || !isObject(object.spec)) return;
    const account = accountOf(core, request, object.spec);
    if (typeof account === 'string') throw forbidden(resource, request.name, account);
    if (!isEnforcing(account)) return;
    const problem = problemOfContainers(listOf(object.spec, 'ephemeralContainers'), account, 'ephemeral container');
    if (problem !== undefined) throw forbidden(resource, request.name, problem);
  },
};

/** The name is not generated yet: what it begins with stands for it. */
function refusal({ resource }: AdmissionRequest, { metadata }: Draft, reason: string): ApiError {
  return forbidden(resource, metadata.name || metadata.generateName || 'Unknown', reason);
}

/** The account of a pod, or why there is none. */
function accountOf(core: Core, { namespace }: AdmissionRequest, spec: JsonObject): KubeObject | string {
  const name = String(spec.serviceAccountName ?? '');
  const account = core.store.get(storageKey('', 'serviceaccounts', namespace, name))?.object;
  return account ?? `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
}

function listOf(value: JsonObject, field: string): readonly JsonObject[] {
  const list = value[field];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** A kubelet's own pod refers to nothing of the API. */
function problemOfMirror(spec: JsonObject): string | undefined {
  if (typeof spec.serviceAccountName === 'string' && spec.serviceAccountName !== '') {
    return 'a mirror pod may not reference service accounts';
  }
  if (refersToSecrets(spec)) return 'a mirror pod may not reference secrets';
  const projects = listOf(spec, 'volumes').some(({ projected }) =>
    listOf(isObject(projected) ? projected : {}, 'sources').some(({ serviceAccountToken }) =>
      isObject(serviceAccountToken),
    ),
  );
  return projects ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined;
}

/** Where volumes name a Secret: by `secretName`, or by a reference. */
const SECRET_NAMES = [
  ['azureFile', 'secretName'],
  ['secret', 'secretName'],
  ['cephfs', 'secretRef', 'name'],
  ['cinder', 'secretRef', 'name'],
  ['flexVolume', 'secretRef', 'name'],
  ['rbd', 'secretRef', 'name'],
  ['scaleIO', 'secretRef', 'name'],
  ['iscsi', 'secretRef', 'name'],
  ['storageos', 'secretRef', 'name'],
  ['csi', 'nodePublishSecretRef', 'name'],
];

function refersToSecrets(spec: JsonObject): boolean {
  const isNamed = (value: unknown) => typeof value === 'string' && value !== '';
  return (
    listOf(spec, 'imagePullSecrets').some(({ name }) => isNamed(name)) ||
    [...listOf(spec, 'initContainers'), ...listOf(spec, 'containers')].some(
      (container) => secretsOf(container, 'env').length + secretsOf(container, 'envFrom').length > 0,
    ) ||
    listOf(spec, 'volumes').some(
      (volume) =>
        SECRET_NAMES.some((path) => isNamed(getPath(volume, path))) ||
        listOf(isObject(volume.projected) ? volume.projected : {}, 'sources').some(({ secret }) =>
          isNamed(getPath(secret, ['name'])),
        ),
    )
  );
}

function isEnforcing({ metadata }: KubeObject): boolean {
  return /^(1|t|T|TRUE|true|True)$/.test(metadata.annotations?.[ENFORCE] ?? '');
}

/** The Secrets that a container's variables come from, with the variables' names. */
function secretsOf(container: JsonObject, field: 'env' | 'envFrom'): readonly { secret: string; variable: string }[] {
  const path = field === 'env' ? ['valueFrom', 'secretKeyRef', 'name'] : ['secretRef', 'name'];
  return listOf(container, field).flatMap((entry) => {
    const secret = getPath(entry, path);
    return typeof secret === 'string' ? [{ secret, variable: String(entry.name ?? '') }] : [];
  });
}

/** The first Secret of a pod that is not one of its account's. */
function problemOfSecrets(spec: JsonObject, account: KubeObject): string | undefined {
  const { name } = account.metadata;
  const own = new Set(listOf(account, 'secrets').map((secret) => secret.name));
  for (const volume of listOf(spec, 'volumes')) {
    const secret = getPath(volume, ['secret', 'secretName']);
    if (typeof secret !== 'string' || own.has(secret)) continue;
    return `volume with secret.secretName="${secret}" is not allowed because service account ${name} does not reference that secret`;
  }
  const problem =
    problemOfContainers(listOf(spec, 'initContainers'), account, 'init container') ??
    problemOfContainers(listOf(spec, 'containers'), account, 'container');
  if (problem !== undefined) return problem;
  const pulling = new Set(listOf(account, 'imagePullSecrets').map((secret) => secret.name));
  const index = listOf(spec, 'imagePullSecrets').findIndex((secret) => !pulling.has(secret.name));
  if (index < 0) return undefined;
  const secret = listOf(spec, 'imagePullSecrets')[index]?.name;
  return `imagePullSecrets[${index}].name="${secret}" is not allowed because service account ${name} does not reference that imagePullSecret`;
}

function problemOfContainers(containers: readonly JsonObject[], account: KubeObject, kind: string): string | undefined {
  const own = new Set(listOf(account, 'secrets').map((secret) => secret.name));
  const end = `is not allowed because service account ${account.metadata.name} does not reference that secret`;
  for (const container of containers) {
    const variable = secretsOf(container, 'env').find(({ secret }) => !own.has(secret));
    if (variable !== undefined) {
      return `${kind} ${container.name} with envVar ${variable.variable} referencing secret.secretName="${variable.secret}" ${end}`;
    }
    const all = secretsOf(container, 'envFrom').find(({ secret }) => !own.has(secret));
    if (all !== undefined)
      return `${kind} ${container.name} with envFrom referencing secret.secretName="${all.secret}" ${end}`;
  }
  return undefined;
}

/** A volume with the token for the containers that have nothing at its place; one that is there already is taken. */
function mountToken(spec: Record<string, unknown>, newName: () => string): void {
  const containers = [spec.containers, spec.initContainers].flatMap((list) =>
    Array.isArray(list) ? (list as Record<string, unknown>[]) : [],
  );
  const known = listOf(spec, 'volumes').find(({ name }) => String(name).startsWith(VOLUME));
  const name = known === undefined ? newName() : String(known.name);
  let isNeeded = false;
  for (const container of containers) {
    const mounts = listOf(container, 'volumeMounts');
    if (mounts.some(({ mountPath }) => mountPath === MOUNT)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: MOUNT }];
    isNeeded = true;
  }
  if (!isNeeded || known !== undefined) return;
  spec.volumes = [
    ...listOf(spec, 'volumes'),
    {
      name,
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
