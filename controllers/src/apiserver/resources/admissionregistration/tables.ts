/**
 * Cells of admissionregistration.k8s.io (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import type { LabelSelectorSpec } from '../../../apimachinery/selector.ts';
import { age, type Cells, list, text } from '../columns.ts';

const webhooks: Cells = (o, now) => [o.metadata.name, list(o, 'webhooks').length, age(o, now)];

function paramKind(o: KubeObject): string {
  const kind = getPath(o, ['spec', 'paramKind']);
  return isObject(kind) ? `${text(kind, 'apiVersion')}/${text(kind, 'kind')}` : '<unset>';
}

/** Whether the parameter has a namespace can't be told from here. */
function paramRef(o: KubeObject): string {
  const reference = getPath(o, ['spec', 'paramRef']);
  const name = text(reference, 'name');
  if (name !== '') return `${text(reference, 'namespace') || '*'}/${name}`;
  const selector = getPath(reference, ['selector']);
  return isObject(selector) ? selectorAsGo(selector as LabelSelectorSpec) : '<unset>';
}

/** The text of the message in Go (LabelSelector's generated String). */
function selectorAsGo({ matchLabels = {}, matchExpressions = [] }: LabelSelectorSpec): string {
  const labels = Object.keys(matchLabels ?? {})
    .sort()
    .map((key) => `${key}: ${(matchLabels as Readonly<Record<string, string>>)[key]},`)
    .join('');
  const expressions = (matchExpressions ?? [])
    .map(
      ({ key, operator, values = [] }) =>
        `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
    )
    .join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`;
}

const policy =
  (rules: string): Cells =>
  (o, now) => [o.metadata.name, list(o, rules).length, paramKind(o), age(o, now)];

const binding: Cells = (o, now) => [o.metadata.name, text(o, 'spec.policyName'), paramRef(o), age(o, now)];

const ADMISSION = 'admissionregistration.k8s.io';

export const ADMISSION_TABLES: readonly (readonly [string, Cells])[] = [
  [`MutatingWebhookConfiguration.${ADMISSION}`, webhooks],
  [`ValidatingWebhookConfiguration.${ADMISSION}`, webhooks],
  [`ValidatingAdmissionPolicy.${ADMISSION}`, policy('spec.validations')],
  [`ValidatingAdmissionPolicyBinding.${ADMISSION}`, binding],
  [`MutatingAdmissionPolicy.${ADMISSION}`, policy('spec.mutations')],
  [`MutatingAdmissionPolicyBinding.${ADMISSION}`, binding],
];
