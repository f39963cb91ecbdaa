/** The table of all rules of lint: Helm's own (v4.3, pkg/chart/v2/lint/rules), and what a rehearsal sees beyond them. */
import type { Severity } from './finding.ts';

export interface Rule {
  readonly id: string;
  /** Whether `helm lint` has the rule, too. */
  readonly origin: 'helm' | 'drydock';
  /** Of its findings, unless a finding says otherwise. */
  readonly severity: Severity;
  readonly summary: string;
}

/** In the order in which they are checked. */
export const RULES: readonly Rule[] = [
  { id: 'chart-readable', origin: 'helm', severity: 'error', summary: 'The path is a chart that can be read' },
  { id: 'chart-yaml-file', origin: 'helm', severity: 'error', summary: 'Chart.yaml is a file' },
  { id: 'chart-yaml-format', origin: 'helm', severity: 'error', summary: 'Chart.yaml is YAML of the right types' },
  { id: 'chart-yaml-strict', origin: 'helm', severity: 'warning', summary: 'Chart.yaml has known fields, each once' },
  { id: 'chart-name', origin: 'helm', severity: 'error', summary: 'The chart has a name that is no path' },
  { id: 'chart-api-version', origin: 'helm', severity: 'error', summary: 'apiVersion is v1 or v2' },
  { id: 'chart-version-type', origin: 'helm', severity: 'error', summary: 'version is a string' },
  { id: 'chart-version', origin: 'helm', severity: 'error', summary: 'version is a semantic version' },
  { id: 'chart-app-version-type', origin: 'helm', severity: 'error', summary: 'appVersion is a string' },
  { id: 'chart-maintainers', origin: 'helm', severity: 'error', summary: 'Maintainers have names, valid mail and URL' },
  { id: 'chart-sources', origin: 'helm', severity: 'error', summary: 'Sources are URLs' },
  { id: 'chart-icon', origin: 'helm', severity: 'info', summary: 'The chart has an icon' },
  { id: 'chart-icon-url', origin: 'helm', severity: 'error', summary: 'The icon is a URL' },
  { id: 'chart-type', origin: 'helm', severity: 'error', summary: 'type is only in charts of apiVersion v2' },
  {
    id: 'chart-dependencies',
    origin: 'helm',
    severity: 'error',
    summary: 'Dependencies are only in Chart.yaml of apiVersion v2',
  },
  { id: 'chart-version-strict', origin: 'helm', severity: 'warning', summary: 'version is SemVer 2 without additions' },
  { id: 'values-file', origin: 'helm', severity: 'info', summary: 'There is a values.yaml' },
  { id: 'values-valid', origin: 'helm', severity: 'error', summary: 'values.yaml is YAML and meets the schema' },
  { id: 'templates-folder', origin: 'helm', severity: 'warning', summary: 'There is a folder templates/' },
  { id: 'templates-load', origin: 'helm', severity: 'error', summary: 'The chart loads' },
  { id: 'values-schema', origin: 'helm', severity: 'error', summary: 'All values meet the schemas of all charts' },
  { id: 'templates-render', origin: 'helm', severity: 'error', summary: 'The templates render with the values' },
  {
    id: 'template-extension',
    origin: 'helm',
    severity: 'error',
    summary: 'Files of templates/ end in .yaml, .yml, .tpl or .txt',
  },
  { id: 'template-indent', origin: 'helm', severity: 'warning', summary: 'A rendered file starts at the left edge' },
  { id: 'template-yaml', origin: 'helm', severity: 'error', summary: 'A rendered file is YAML' },
  {
    id: 'object-name',
    origin: 'helm',
    severity: 'warning',
    summary: "metadata.name meets the rule of the object's kind",
  },
  { id: 'deprecated-api', origin: 'helm', severity: 'warning', summary: 'API versions are not deprecated' },
  {
    id: 'workload-selector',
    origin: 'helm',
    severity: 'error',
    summary: 'A workload has matchLabels or matchExpressions',
  },
  {
    id: 'list-annotations',
    origin: 'helm',
    severity: 'error',
    summary: 'Objects within a List have no helm.sh/resource-policy, which would be ignored',
  },
  { id: 'chart-load', origin: 'helm', severity: 'error', summary: 'The folder loads as a chart' },
  {
    id: 'dependency-declared',
    origin: 'helm',
    severity: 'error',
    summary: 'Charts of charts/ are among the dependencies of Chart.yaml',
  },
  { id: 'dependency-unique', origin: 'helm', severity: 'error', summary: 'Dependencies have names of their own' },
  { id: 'dependency-present', origin: 'helm', severity: 'warning', summary: 'Dependencies are in charts/' },
  { id: 'crds-folder', origin: 'helm', severity: 'error', summary: 'crds/ is a folder' },
  { id: 'crds-load', origin: 'helm', severity: 'error', summary: 'The chart with its crds/ loads' },
  { id: 'crd-yaml', origin: 'helm', severity: 'error', summary: 'Files of crds/ are YAML, and no templates' },
  { id: 'crd-api-version', origin: 'helm', severity: 'error', summary: 'Objects of crds/ are of apiextensions.k8s.io' },
  { id: 'crd-kind', origin: 'helm', severity: 'error', summary: 'Objects of crds/ are CustomResourceDefinitions' },
  { id: 'subchart-yaml', origin: 'drydock', severity: 'error', summary: "A subchart's rendered files are YAML" },
  {
    id: 'removed-api',
    origin: 'drydock',
    severity: 'error',
    summary: 'API versions are served by the Kubernetes version',
  },
  {
    id: 'outdated-api',
    origin: 'drydock',
    severity: 'warning',
    summary: "API versions of subcharts, and ones that Helm's types no longer have, are not deprecated",
  },
  { id: 'duplicate-object', origin: 'drydock', severity: 'error', summary: 'No object is rendered twice' },
  {
    id: 'immutable-field',
    origin: 'drydock',
    severity: 'warning',
    summary: "Immutable fields do not change with the chart's version",
  },
  {
    id: 'selector-without-pods',
    origin: 'drydock',
    severity: 'warning',
    summary: 'Selectors of Services, PodDisruptionBudgets and NetworkPolicies match pods of the chart',
  },
  {
    id: 'scale-target',
    origin: 'drydock',
    severity: 'warning',
    summary: 'A HorizontalPodAutoscaler scales an object of the chart',
  },
  {
    id: 'ingress-backend',
    origin: 'drydock',
    severity: 'warning',
    summary: 'Ingress backends name a Service of the chart and a port of it',
  },
  {
    id: 'missing-reference',
    origin: 'drydock',
    severity: 'info',
    summary: 'ConfigMaps and Secrets that pods need are made by the chart, or optional',
  },
  {
    id: 'missing-service-account',
    origin: 'drydock',
    severity: 'info',
    summary: 'The service account of a pod is made by the chart',
  },
  {
    id: 'resource-requests',
    origin: 'drydock',
    severity: 'info',
    summary: 'Containers request processor time and memory',
  },
];

const byId = new Map(RULES.map((rule) => [rule.id, rule]));

/** The rule of an id. Throws for one that the table does not have. */
export function ruleOf(id: string): Rule {
  const rule = byId.get(id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
}
