/** Services, PodDisruptionBudgets and NetworkPolicies whose selector matches none of the chart's pods. */
import { isObject, type JsonObject, objectAt, textAt } from './plain.ts';
import { isSelected } from './pods.ts';
import { type RenderedObject, titleOf } from './rendered-object.ts';
import { hasCustomResources, type RuleContext } from './rule-context.ts';

interface Selecting {
  readonly path: readonly string[];
  /** A map of labels in place of a LabelSelector. */
  readonly plain: boolean;
}

const selecting: ReadonlyMap<string, Selecting> = new Map([
  ['Service', { path: ['spec', 'selector'], plain: true }],
  ['PodDisruptionBudget', { path: ['spec', 'selector'], plain: false }],
  ['NetworkPolicy', { path: ['spec', 'podSelector'], plain: false }],
]);

export function checkSelectors(context: RuleContext): void {
  const isUncertain = hasCustomResources(context);
  for (const object of context.objects) {
    const how = selecting.get(object.kind);
    if (how === undefined || textAt(object.object, 'spec', 'type') === 'ExternalName') continue;
    const selector = objectAt(object.object, ...how.path);
    if (isEmpty(selector) || matchesSome(context, object, { selector, plain: how.plain })) continue;
    const message =
      `the selector of ${titleOf(object)} matches no pod of the chart` +
      (isUncertain ? ' (unless a controller makes pods for its custom resources)' : '');
    context.report('selector-without-pods', message, {
      object,
      path: how.path,
      ...(isUncertain ? { severity: 'info' } : {}),
    });
  }
}

function isEmpty(selector: JsonObject): boolean {
  return Object.values(selector).every(
    (value) => value === null || (Array.isArray(value) && value.length === 0) || (isObject(value) && isEmpty(value)),
  );
}

function matchesSome(
  context: RuleContext,
  object: RenderedObject,
  how: { readonly selector: JsonObject; readonly plain: boolean },
): boolean {
  return context.pods.some(
    ({ owner, labels }) =>
      owner.namespace === object.namespace && isSelected(labels, how.selector, { plain: how.plain }),
  );
}
