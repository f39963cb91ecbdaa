/** FlowSchema (pkg/apis/flowcontrol/validation, v1.34). */
import {
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  Printed,
  required,
} from '../../apimachinery/api-errors.ts';
import { isObject } from '../../apimachinery/json.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { complaints, type Errors } from './rules.ts';
import { inner, list, type Source, text } from './volume-sources.ts';

const MAX_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const KINDS = ['Group', 'ServiceAccount', 'User'];
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const NAMESPACE = "each member of this list must be '*' or a DNS-1123 label; ";

/** The part that each kind of subject has, and only it may have. */
const PARTS: Readonly<Record<string, string>> = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' };

export function validateFlowSchema(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? {}) as Source;
  const errors = precedenceErrors((spec.matchingPrecedence as number | undefined) ?? 0, object.metadata.name);
  const method = inner(spec, 'distinguisherMethod');
  const level = text(inner(spec, 'priorityLevelConfiguration') ?? {}, 'name');
  if (isObject(method) && !METHODS.includes(text(method, 'type'))) {
    const shown = new Printed(JSON.stringify({ Type: text(method, 'type') }));
    errors.push(notSupported('spec.distinguisherMethod.type', shown, METHODS));
  }
  if (level === '') errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  else errors.push(...complaints(isDns1123Subdomain(level), level, 'spec.priorityLevelConfiguration.name'));
  for (const [index, rule] of list<Source>(spec, 'rules').entries())
    errors.push(...ruleErrors(rule ?? {}, `spec.rules[${index}]`));
  return errors;
}

function precedenceErrors(precedence: number, name: string | undefined): Errors {
  const path = 'spec.matchingPrecedence';
  if (precedence <= 0) return [invalid(path, precedence, 'must be a positive value')];
  if (precedence > MAX_PRECEDENCE) return [invalid(path, precedence, `must not be greater than ${MAX_PRECEDENCE}`)];
  if (precedence > 1 || name === 'exempt') return [];
  return [invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")];
}

function ruleErrors(rule: Source, path: string): Errors {
  const subjects = list<Source>(rule, 'subjects');
  const ofResources = list<Source>(rule, 'resourceRules');
  const ofPaths = list<Source>(rule, 'nonResourceRules');
  const errors = subjects.flatMap((subject, index) => subjectErrors(subject ?? {}, `${path}.subjects[${index}]`));
  if (subjects.length === 0) errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  if (ofResources.length === 0 && ofPaths.length === 0)
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  return [
    ...errors,
    ...ofResources.flatMap((item, index) => resourceErrors(item ?? {}, `${path}.resourceRules[${index}]`)),
    ...ofPaths.flatMap((item, index) => pathErrors(item ?? {}, `${path}.nonResourceRules[${index}]`)),
  ];
}

function subjectErrors(subject: Source, path: string): Errors {
  const kind = text(subject, 'kind');
  const field = PARTS[kind];
  if (field === undefined) return [notSupported(`${path}.kind`, kind, KINDS)];
  const part = inner(subject, field);
  const errors = isObject(part)
    ? partErrors(part, field, `${path}.${field}`)
    : [required(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`)];
  for (const [otherKind, other] of Object.entries(PARTS))
    if (other !== field && isObject(subject[other]))
      errors.push(forbiddenField(`${path}.${other}`, `${other} is forbidden when subject kind is not '${otherKind}'`));
  return errors;
}

function partErrors(part: Source, field: string, path: string): Errors {
  const name = text(part, 'name');
  const errors: Errors = name === '' ? [required(`${path}.name`)] : [];
  if (field !== 'serviceAccount') return errors;
  const namespace = text(part, 'namespace');
  if (name !== '' && name !== '*') errors.push(...complaints(isDns1123Subdomain(name), name, `${path}.name`));
  if (namespace === '') errors.push(required(`${path}.namespace`, 'must specify namespace for service account'));
  else errors.push(...complaints(isDns1123Label(namespace), namespace, `${path}.namespace`));
  return errors;
}

/** A wildcard stands alone. */
function crowd(values: readonly string[], what: string, path: string): Errors {
  if (values.length < 2 || !values.includes('*')) return [];
  return [invalid(path, values, `if '*' is present, must not specify other ${what}`)];
}

function verbErrors(rule: Source, path: string): Errors {
  const verbs = list<string>(rule, 'verbs');
  const at = `${path}.verbs`;
  if (verbs.length === 0) return [required(at, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return crowd(verbs, 'verbs', at);
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(at, verbs, VERBS)];
}

function resourceErrors(rule: Source, path: string): Errors {
  const errors = verbErrors(rule, path);
  for (const [field, one, many] of [
    ['apiGroups', 'api group', 'api groups'],
    ['resources', 'resource', 'resources'],
  ] as const) {
    const values = list<string>(rule, field);
    if (values.length === 0)
      errors.push(required(`${path}.${field}`, `resource rules must supply at least one ${one}`));
    else errors.push(...crowd(values, many, `${path}.${field}`));
  }
  const namespaces = list<string>(rule, 'namespaces');
  const at = `${path}.namespaces`;
  if (namespaces.length === 0 && rule.clusterScope !== true)
    errors.push(required(at, 'resource rules that are not cluster scoped must supply at least one namespace'));
  else if (namespaces.includes('*')) errors.push(...crowd(namespaces, 'namespaces', at));
  else
    for (const [index, name] of namespaces.entries())
      for (const problem of isDns1123Label(name)) errors.push(invalid(`${at}[${index}]`, name, NAMESPACE + problem));
  return errors;
}

function pathErrors(rule: Source, path: string): Errors {
  const urls = list<string>(rule, 'nonResourceURLs');
  const at = `${path}.nonResourceURLs`;
  const errors = verbErrors(rule, path);
  if (urls.length === 0) errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  else if (urls.includes('*')) errors.push(...crowd(urls, 'non-resource URLs', at));
  else
    for (const [index, url] of urls.entries()) {
      const problem = urlProblem(url);
      if (problem !== undefined) errors.push(invalid(`${at}[${index}]`, url, problem));
    }
  return errors;
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}
