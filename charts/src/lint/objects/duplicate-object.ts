/** One object rendered by two templates, or twice by one: the second create fails, or one overwrites the other. */
import { groupOf, type RenderedObject, titleOf } from './rendered-object.ts';
import type { RuleContext } from './rule-context.ts';

/** Kinds without a namespace, whatever an object says. */
const clusterKinds =
  /^(?:Cluster.*|Namespace|Node|PersistentVolume|StorageClass|PriorityClass|IngressClass|RuntimeClass|CSIDriver|CustomResourceDefinition|APIService|.*Webhook(?:Configuration)?|PodSecurityPolicy)$/;

export function checkDuplicates(context: RuleContext): void {
  const seen = new Map<string, RenderedObject>();
  for (const object of context.objects) {
    // Hooks of different times may well make the same object again.
    if (object.isHook) continue;
    const namespace = clusterKinds.test(object.kind) ? '' : object.namespace;
    const key = [groupOf(object), object.kind, namespace, object.name].join('/');
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, object);
      continue;
    }
    const other = `${first.file}:${first.lineOf([])}`;
    context.report('duplicate-object', `${titleOf(object)} is rendered twice: also by ${other}`, {
      object,
      path: ['metadata', 'name'],
    });
  }
}
