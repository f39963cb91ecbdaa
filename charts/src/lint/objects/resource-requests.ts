/** Workloads with containers that request no processor time or no memory: nothing is kept free for their pods. */
import { at, textAt } from './plain.ts';
import { containersOf } from './pods.ts';
import { titleOf } from './rendered-object.ts';
import type { RuleContext } from './rule-context.ts';

export function checkResourceRequests(context: RuleContext): void {
  for (const pod of context.pods) {
    // Hooks and tests are short-lived.
    if (pod.owner.isHook) continue;
    const lacking = containersOf(pod).filter(({ container }) => missing(container).length > 0);
    const [first] = lacking;
    if (first === undefined) continue;
    const parts = lacking.map(({ container }) => `${textAt(container, 'name')} (${missing(container).join(', ')})`);
    const message = `containers of ${titleOf(pod.owner)} have no resource requests: ${parts.join(', ')}`;
    context.report('resource-requests', message, { object: pod.owner, path: first.path });
  }
}

/** A limit alone is the request, too. */
function missing(container: Parameters<typeof at>[0]): string[] {
  return ['cpu', 'memory'].filter(
    (resource) =>
      at(container, 'resources', 'requests', resource) === undefined &&
      at(container, 'resources', 'limits', resource) === undefined,
  );
}
