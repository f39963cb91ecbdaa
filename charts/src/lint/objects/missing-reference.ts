/** ConfigMaps, Secrets and service accounts that pods need, and the chart neither makes nor takes for optional. */
import { at, isObject, type JsonObject, listAt, objectAt, textAt } from './plain.ts';
import { containersOf, type PodTemplate } from './pods.ts';
import { titleOf } from './rendered-object.ts';
import { findObject, type RuleContext } from './rule-context.ts';

interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** Made by Kubernetes itself in each namespace. */
const given = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);

export function checkReferences(context: RuleContext): void {
  for (const pod of context.pods) {
    const seen = new Set<string>();
    for (const reference of [...volumeReferences(pod), ...environmentReferences(pod)]) {
      const title = titleOf(reference);
      if (reference.name === '' || seen.has(title) || given.has(title) || isMade(context, pod, reference)) continue;
      seen.add(title);
      const message = `${titleOf(pod.owner)} needs ${title}, which the chart neither makes nor marks as optional`;
      context.report('missing-reference', message, { object: pod.owner, path: reference.path });
    }
    checkServiceAccount(context, pod);
  }
}

function checkServiceAccount(context: RuleContext, pod: PodTemplate): void {
  const name = textAt(pod.spec, 'serviceAccountName') || textAt(pod.spec, 'serviceAccount');
  const reference = { kind: 'ServiceAccount', name };
  if (name === '' || given.has(titleOf(reference)) || isMade(context, pod, reference)) return;
  const message = `${titleOf(pod.owner)} runs as ServiceAccount ${name}, which the chart does not make`;
  context.report('missing-service-account', message, {
    object: pod.owner,
    path: [...pod.path, 'spec', 'serviceAccountName'],
  });
}

function isMade(context: RuleContext, pod: PodTemplate, to: { readonly kind: string; readonly name: string }): boolean {
  return findObject(context, { ...to, namespace: pod.owner.namespace }) !== undefined;
}

function volumeReferences(pod: PodTemplate): Reference[] {
  return listAt(pod.spec, 'volumes').flatMap((volume, index) => {
    const path = [...pod.path, 'spec', 'volumes', index];
    const direct = sourceReferences(volume, path);
    const projected = listAt(volume, 'projected', 'sources').flatMap((source, inner) =>
      sourceReferences(source, [...path, 'projected', 'sources', inner]),
    );
    return [...direct, ...projected];
  });
}

/** A volume names its ConfigMap by `name` and its Secret by `secretName`; a projected source both by `name`. */
function sourceReferences(source: Parameters<typeof at>[0], path: readonly (string | number)[]): Reference[] {
  const config = objectAt(source, 'configMap');
  const secret = objectAt(source, 'secret');
  return [
    ...reference('ConfigMap', config, [...path, 'configMap']),
    ...reference('Secret', { ...secret, name: secret.secretName ?? secret.name ?? '' }, [...path, 'secret']),
  ];
}

function environmentReferences(pod: PodTemplate): Reference[] {
  return containersOf(pod).flatMap(({ container, path }) => {
    const all = listAt(container, 'envFrom').flatMap((source, index) => [
      ...reference('ConfigMap', at(source, 'configMapRef'), [...path, 'envFrom', index]),
      ...reference('Secret', at(source, 'secretRef'), [...path, 'envFrom', index]),
    ]);
    const single = listAt(container, 'env').flatMap((variable, index) => [
      ...reference('ConfigMap', at(variable, 'valueFrom', 'configMapKeyRef'), [...path, 'env', index]),
      ...reference('Secret', at(variable, 'valueFrom', 'secretKeyRef'), [...path, 'env', index]),
    ]);
    return [...all, ...single];
  });
}

function reference(
  kind: Reference['kind'],
  source: JsonObject | Parameters<typeof at>[0],
  path: readonly (string | number)[],
): Reference[] {
  if (!isObject(source) || at(source, 'optional') === true) return [];
  return [{ kind, name: textAt(source, 'name'), path }];
}
