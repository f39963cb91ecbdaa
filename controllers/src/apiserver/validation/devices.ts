/**
 * DeviceClass, ResourceClaim and ResourceClaimTemplate (pkg/apis/resource/validation, v1.34). Expressions of selectors
 * are not compiled.
 */
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject } from '../../apimachinery/json.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
  regexError,
} from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { validateTemplateMeta } from './claim.ts';
import { printInternal } from './difference.ts';
import { isExtended } from './resources.ts';
import { complaints, type Errors, IMMUTABLE } from './rules.ts';
import { driverErrors, inner, list, type Source, text } from './volume-sources.ts';

const MAX_ITEMS = 32;
const MAX_ALTERNATIVES = 8;
const MAX_EXPRESSION = 10 * 1024;
const MAX_PARAMETERS = 10 * 1024;
const MAX_ID = 32;
const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';
const UNKNOWN_REQUEST =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const IDENTIFIER_TEXT =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";

const specOf = (object: KubeObject): Source => (object.spec ?? {}) as Source;

export function validateDeviceClass(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf(object);
  const name = spec.extendedResourceName;
  return [
    ...selectorErrors(spec, 'spec.selectors'),
    ...listErrors(list<Source>(spec, 'config'), MAX_ITEMS, 'spec.config', opaqueErrors),
    ...(typeof name === 'string' && !isExtended(name)
      ? [invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')]
      : []),
  ];
}

export function validateResourceClaim(object: KubeObject, _context?: unknown): readonly FieldError[] {
  return deviceErrors(inner(specOf(object), 'devices') ?? {}, 'spec.devices');
}

export function validateResourceClaimTemplate(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf(object);
  return [
    ...validateTemplateMeta(inner(spec, 'metadata') ?? {}, 'spec.metadata'),
    ...deviceErrors(inner(inner(spec, 'spec') ?? {}, 'devices') ?? {}, 'spec.spec.devices'),
  ];
}

export function validateResourceClaimUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  return unchanged(object, old, 'ResourceClaimSpec', validateResourceClaim(object));
}

export function validateResourceClaimTemplateUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  return unchanged(object, old, 'ResourceClaimTemplateSpec', validateResourceClaimTemplate(object));
}

/** The object's and the update's rules are the same; both are told. */
export function validateDeviceClassUpdate(object: KubeObject): readonly FieldError[] {
  const errors = validateDeviceClass(object);
  return [...errors, ...errors];
}

/** Here, too. */
function unchanged(object: KubeObject, old: KubeObject, type: string, errors: readonly FieldError[]): Errors {
  if (deepEqual(specOf(object), specOf(old))) return [...errors, ...errors];
  return [...errors, invalid('spec', printInternal(object.spec, type), IMMUTABLE), ...errors];
}

function listErrors<T>(
  items: readonly T[],
  limit: number,
  path: string,
  check: (item: T, path: string) => readonly FieldError[],
): Errors {
  const errors = items.flatMap((item, index) => check(item, `${path}[${index}]`));
  return items.length > limit ? [...errors, tooMany(path, items.length, limit)] : errors;
}

function duplicates(names: readonly string[], path: string, field: string): Errors {
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [duplicate(`${path}[${index}]${field}`, name)] : [],
  );
}

type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

function deviceErrors(devices: Source, path: string): Errors {
  const requests = list<Source>(devices, 'requests');
  const names: RequestNames = new Map(
    requests.map((request) => [
      text(request, 'name'),
      new Set(list<Source>(request, 'firstAvailable').map((each) => text(each, 'name'))),
    ]),
  );
  const ofRequests = (item: Source, at: string): Errors => referenceErrors(list(item, 'requests'), names, at);
  return [
    ...listErrors(requests, MAX_ITEMS, `${path}.requests`, requestErrors),
    ...duplicates(
      requests.map((request) => text(request, 'name')),
      `${path}.requests`,
      '.name',
    ),
    ...listErrors(list<Source>(devices, 'constraints'), MAX_ITEMS, `${path}.constraints`, (item, at) => [
      ...ofRequests(item, `${at}.requests`),
      ...constraintErrors(item, at),
    ]),
    ...listErrors(list<Source>(devices, 'config'), MAX_ITEMS, `${path}.config`, (item, at) => [
      ...ofRequests(item, `${at}.requests`),
      ...opaqueErrors(item, at),
    ]),
  ];
}

function requestErrors(request: Source, path: string): Errors {
  const name = text(request, 'name');
  const alternatives = list<Source>(request, 'firstAvailable');
  const exactly = inner(request, 'exactly');
  const at = `${path}.firstAvailable`;
  const errors = complaints(isDns1123Label(name), name, `${path}.name`);
  errors.push(
    ...listErrors(alternatives, MAX_ALTERNATIVES, at, (item, where) => {
      const own = text(item, 'name');
      return [...complaints(isDns1123Label(own), own, `${where}.name`), ...exactErrors(item, where)];
    }),
    ...duplicates(
      alternatives.map((item) => text(item, 'name')),
      at,
      '.name',
    ),
  );
  if (isObject(exactly)) errors.push(...exactErrors(exactly, `${path}.exactly`));
  if (isObject(exactly) === alternatives.length > 0)
    errors.push(
      alternatives.length > 0
        ? invalid(path, null, `${ONE_KIND}, but multiple fields are set`)
        : required(path, ONE_KIND),
    );
  return errors;
}

function exactErrors(request: Source, path: string): Errors {
  const name = text(request, 'deviceClassName');
  const mode = text(request, 'allocationMode');
  const count = (request.count as number | undefined) ?? 0;
  const errors: Errors =
    name === ''
      ? [required(`${path}.deviceClassName`)]
      : complaints(isDns1123Subdomain(name), name, `${path}.deviceClassName`);
  errors.push(...selectorErrors(request, `${path}.selectors`));
  if (mode === 'All') {
    if (count !== 0) errors.push(invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'"));
  } else if (mode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(`${path}.count`, count, 'must be greater than zero'));
  } else errors.push(notSupported(`${path}.allocationMode`, mode, ['All', 'ExactCount']));
  for (const [index, toleration] of list<Source>(request, 'tolerations').entries())
    errors.push(...tolerationErrors(toleration, `${path}.tolerations[${index}]`));
  return errors;
}

function tolerationErrors(toleration: Source, path: string): Errors {
  const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((field) =>
    text(toleration, field),
  ) as [string, string, string, string];
  const errors = key === '' ? [] : complaints(isQualifiedName(key), key, `${path}.key`);
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(`${path}.value`, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') errors.push(...complaints(isLabelValue(value), value, `${path}.value`));
  else if (operator === '') errors.push(required(`${path}.operator`));
  else errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (effect !== '' && effect !== 'NoSchedule' && effect !== 'NoExecute')
    errors.push(notSupported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule']));
  return errors;
}

function selectorErrors(owner: Source, path: string): Errors {
  return listErrors(list<Source>(owner, 'selectors'), MAX_ITEMS, path, (selector, at) => {
    const cel = inner(selector ?? {}, 'cel');
    if (!isObject(cel)) return [required(`${at}.cel`)];
    return text(cel, 'expression').length > MAX_EXPRESSION ? [tooLong(`${at}.cel.expression`, MAX_EXPRESSION)] : [];
  });
}

function referenceErrors(references: readonly string[], names: RequestNames, path: string): Errors {
  const errors = listErrors(references, MAX_ITEMS, path, (name, at) => {
    const [request = '', part, more] = name.split('/');
    if (more !== undefined) return [invalid(at, name, UNKNOWN_REQUEST)];
    const segments = part === undefined ? [request] : [request, part];
    const known = names.get(request);
    const isKnown = known !== undefined && (part === undefined || known.has(part));
    return [
      ...segments.flatMap((segment) => complaints(isDns1123Label(segment), segment, at)),
      ...(isKnown ? [] : [invalid(at, name, UNKNOWN_REQUEST)]),
    ];
  });
  return [...errors, ...duplicates(references, path, '')];
}

function constraintErrors(constraint: Source, path: string): Errors {
  for (const field of ['matchAttribute', 'distinctAttribute']) {
    const name = constraint[field];
    if (typeof name === 'string') return attributeErrors(name, `${path}.${field}`);
  }
  return [required(`${path}.matchAttribute`)];
}

function attributeErrors(name: string, path: string): Errors {
  if (name === '') return [required(path, 'name required')];
  const [first = '', second, more] = name.split('/');
  if (second === undefined) return [...identifierErrors(first, path), invalid(path, name, 'must include a domain')];
  if (more !== undefined) return [];
  return [
    ...(first === '' ? [required(path, 'the domain must not be empty')] : driverErrors(first, path)),
    ...(second === '' ? [required(path, 'the name must not be empty')] : identifierErrors(second, path)),
  ];
}

function identifierErrors(name: string, path: string): Errors {
  const errors: Errors = name.length > MAX_ID ? [tooLong(path, MAX_ID)] : [];
  if (!new RegExp(`^${IDENTIFIER}$`).test(name))
    errors.push(invalid(path, name, regexError(IDENTIFIER_TEXT, IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')));
  return errors;
}

function opaqueErrors(config: Source, path: string): Errors {
  const opaque = inner(config ?? {}, 'opaque');
  const at = `${path}.opaque`;
  if (!isObject(opaque)) return [required(at)];
  const { parameters } = opaque as Source;
  const errors = driverErrors(text(opaque, 'driver'), `${at}.driver`);
  if (parameters === undefined || parameters === null) errors.push(required(`${at}.parameters`));
  else if (JSON.stringify(parameters).length > MAX_PARAMETERS) errors.push(tooLong(`${at}.parameters`, MAX_PARAMETERS));
  else if (!isObject(parameters))
    errors.push(invalid(`${at}.parameters`, '<value omitted>', 'must be a valid JSON object'));
  return errors;
}
