/** HorizontalPodAutoscalers whose scaleTargetRef is no object of the chart. */
import { textAt } from './plain.ts';
import { titleOf } from './rendered-object.ts';
import { findObject, type RuleContext } from './rule-context.ts';

export function checkScaleTargets(context: RuleContext): void {
  for (const object of context.objects) {
    if (object.kind !== 'HorizontalPodAutoscaler') continue;
    const kind = textAt(object.object, 'spec', 'scaleTargetRef', 'kind');
    const name = textAt(object.object, 'spec', 'scaleTargetRef', 'name');
    if (findObject(context, { kind, name, namespace: object.namespace }) !== undefined) continue;
    const message = `the target of ${titleOf(object)}, ${kind} ${name}, is not made by the chart`;
    context.report('scale-target', message, { object, path: ['spec', 'scaleTargetRef'] });
  }
}
