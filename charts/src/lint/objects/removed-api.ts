/** API versions that the Kubernetes version does not serve, and outdated ones that Helm's own rule does not see. */
import { apiLifecycle, isReached } from '../api-lifecycle.ts';
import { deprecationMessage } from '../template-rules.ts';
import type { RuleContext } from './rule-context.ts';

export function checkApiVersions(context: RuleContext): void {
  const { kubeVersion } = context.options.capabilities;
  const version = `v${kubeVersion.major}.${kubeVersion.minor}`;
  for (const object of context.objects) {
    const lifecycle = apiLifecycle(object.apiVersion, object.kind);
    if (lifecycle === undefined) continue;
    const where = { object, path: ['apiVersion'] };
    const { removed, replacement, deprecated } = lifecycle;
    if (removed !== undefined && isReached(removed, kubeVersion)) {
      const use = replacement === undefined ? '' : `; use ${replacement}`;
      const message = `${object.apiVersion} ${object.kind} is not served by Kubernetes ${version}: removed in v${removed}`;
      context.report('removed-api', message + use, where);
    } else if (isReached(deprecated, kubeVersion)) {
      // Of the chart's own templates Helm's rule has told already.
      if (lifecycle.isKnownToHelm && !object.file.startsWith('charts/')) continue;
      context.report('outdated-api', deprecationMessage(object, lifecycle), where);
    }
  }
}
