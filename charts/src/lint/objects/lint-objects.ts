/** What a rehearsal sees in the objects of a chart, beyond Helm's own rules: those of the subcharts count, too. */
import type { Chart } from '../../chart/chart.ts';
import type { Finding } from '../finding.ts';
import type { LintRender } from '../lint-render.ts';
import { ruleOf } from '../rules.ts';
import { checkDuplicates } from './duplicate-object.ts';
import { checkImmutableFields } from './immutable-field.ts';
import { checkIngressBackends } from './ingress-backend.ts';
import { checkReferences } from './missing-reference.ts';
import { podTemplateOf } from './pods.ts';
import { checkApiVersions } from './removed-api.ts';
import { type BrokenDocument, readObjects } from './rendered-object.ts';
import { checkResourceRequests } from './resource-requests.ts';
import type { ObjectRule, RuleContext } from './rule-context.ts';
import { checkScaleTargets } from './scale-target.ts';
import { checkSelectors } from './selector-without-pods.ts';

/** In the order of the table of rules. */
const rules: readonly ObjectRule[] = [
  checkApiVersions,
  checkDuplicates,
  checkImmutableFields,
  checkSelectors,
  checkScaleTargets,
  checkIngressBackends,
  checkReferences,
  checkResourceRequests,
];

/** The findings about what was rendered. */
export function lintObjects(
  rendered: { readonly chart: Chart; readonly render: LintRender },
  options: RuleContext['options'],
): Finding[] {
  const { chart, render } = rendered;
  const { objects, broken } = readObjects(render, { chart: chart.metadata.name, namespace: options.namespace });
  const findings = broken.filter(({ file }) => file.startsWith('charts/')).map(brokenFinding);
  const context: RuleContext = {
    chart,
    objects,
    pods: objects.flatMap((object) => podTemplateOf(object) ?? []),
    options,
    report(rule, message, where) {
      const { file } = where.object;
      const severity = where.severity ?? ruleOf(rule).severity;
      findings.push({ rule, severity, path: file, message, file, line: where.object.lineOf(where.path ?? []) });
    },
  };
  for (const check of rules) check(context);
  return findings;
}

/** Helm's own lint reads only the chart's own templates. */
function brokenFinding({ file, line, message }: BrokenDocument): Finding {
  return {
    rule: 'subchart-yaml',
    severity: 'error',
    path: file,
    message: `unable to parse YAML: ${message}`,
    file,
    line,
  };
}
