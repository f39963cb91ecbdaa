/**
 * What is said of a policy's expressions in its status: those that can't be right for the kinds that it names (the
 * apiserver's pkg/admission/plugin/policy/validating/typechecking.go, v1.34).
 */
import { compile } from '../../../cel/compile.ts';
import type { DeclaredType } from '../../../cel/schema-types.ts';
import type { CelType } from '../../../cel/types.ts';
import type { Resource } from '../../resources/resource.ts';
import { variableType } from './compiled-policy.ts';
import { declareKind } from './declared-kinds.ts';
import { admissionScope } from './expressions.ts';
import type { ParamKind, PolicySpec, ResourceRule } from './policy.ts';

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

interface CheckedKind {
  /** As Go prints a GroupVersionKind. */
  readonly text: string;
  readonly type: DeclaredType | undefined;
}

const MOST_KINDS = 10;

export function checkTypes(spec: PolicySpec, resources: readonly Resource[]): readonly ExpressionWarning[] {
  const params = spec.paramKind && declareParams(spec.paramKind, resources);
  const scopes = kindsToCheck(spec, resources).map(({ text, type }) => ({ text, scope: scopeFor(spec, type, params) }));
  const check = (expression: string): string =>
    scopes
      .flatMap(({ text, scope }) => {
        const checked = compile(expression, scope);
        return 'errors' in checked ? [`${text}: ${checked.errors}\n`] : [];
      })
      .join('\n');
  return (spec.validations ?? []).flatMap(({ expression = '', messageExpression = '' }, index) =>
    [
      { fieldRef: `spec.validations[${index}].expression`, warning: check(expression) },
      {
        fieldRef: `spec.validations[${index}].messageExpression`,
        warning: messageExpression === '' ? '' : check(messageExpression),
      },
    ].filter(({ warning }) => warning !== ''),
  );
}

/** Parameters of an unknown kind are not declared at all. */
function scopeFor(
  { variables = [] }: PolicySpec,
  object: DeclaredType | undefined,
  paramType: DeclaredType | undefined,
) {
  const environment = {
    params: paramType !== undefined,
    authorizer: true,
    ...(object === undefined ? {} : { object }),
    ...(paramType === undefined ? {} : { paramType }),
  };
  const types = new Map<string, CelType>();
  for (const { name = '', expression = '' } of variables) {
    const checked = compile(expression, admissionScope({ ...environment, variables: types }));
    types.set(name, variableType('errors' in checked ? undefined : checked.compiled.type));
  }
  return admissionScope({ ...environment, variables: types });
}

function declareParams({ apiVersion = '', kind = '' }: ParamKind, resources: readonly Resource[]) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const found = resources.find((each) => each.group === group && each.kind === kind && each.versions.includes(version));
  return found && declareKind(found, version);
}

/** Of rules without wildcards, at most ten of one rule. */
function kindsToCheck(spec: PolicySpec, resources: readonly Resource[]): readonly CheckedKind[] {
  const found = new Map<string, { readonly order: string; readonly kind: CheckedKind }>();
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    let count = 0;
    for (const { resource, version } of resourcesOf(rule, resources)) {
      const { group, kind } = resource;
      const order = [group, version, kind].join('\0');
      const text = `${group}/${version}, Kind=${kind}`;
      if (!found.has(order)) found.set(order, { order, kind: { text, type: declareKind(resource, version) } });
      count += 1;
      if (count === MOST_KINDS) break;
    }
    if (count === MOST_KINDS) break;
  }
  return [...found.values()].sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ kind }) => kind);
}

function* resourcesOf(
  rule: ResourceRule,
  all: readonly Resource[],
): Iterable<{ readonly resource: Resource; readonly version: string }> {
  const { apiGroups = [], apiVersions = [], resources = [] } = rule;
  if ([...apiGroups, ...apiVersions].some((text) => text.includes('*'))) return;
  const names = resources.filter((name) => !/[*/]/.test(name)).sort();
  for (const group of [...apiGroups].sort()) {
    for (const version of [...apiVersions].sort()) {
      for (const name of names) {
        for (const resource of all) {
          // Without a group, those of any group are meant that have the version.
          if (group !== '' && resource.group !== group) continue;
          if (!resource.versions.includes(version)) continue;
          if (resource.resource === name || resource.singular === name) yield { resource, version };
        }
      }
    }
  }
}
