/**
 * CustomResourceDefinition (apiextensions-apiserver's pkg/apis/apiextensions/validation, v1.34): its group, scope, names
 * and versions, and the rules of its schemas.
 */
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject, type JsonObject } from '../../apimachinery/json.ts';
import { isDns1035Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type DefinitionSpec, definitionSpec } from '../custom/definition.ts';
import { hasCondition } from '../custom/names.ts';
import { validateRules } from '../custom/rules/definition-rules.ts';
import { validateDefaults } from '../custom/schema-defaults.ts';
import { unknownFormats, validateSchemaWords } from '../custom/schema-words.ts';
import { validateSelectableFields } from '../custom/selectable-fields.ts';
import { structureProblem, validateStructure } from '../custom/structure.ts';
import type { KindContext } from '../resources/resource.ts';
import type { Errors } from './rules.ts';

/** What a definition may lack before it is checked: all but what defaulting fills in. */
type Unchecked = Partial<Omit<DefinitionSpec, 'names'>> & { readonly names?: Partial<DefinitionSpec['names']> };

const PRESERVED =
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
const SCOPES = ['Cluster', 'Namespaced'];

export function validateDefinition(object: KubeObject, { warn }: KindContext): readonly FieldError[] {
  const spec: Unchecked = definitionSpec(object);
  warnOfFormats(spec, undefined, warn);
  return [
    ...validateName(object.metadata.name ?? '', spec),
    ...validateApproval(object, spec),
    ...validateSpec(object, spec),
  ];
}

/** Its group and plural never change, its kind and scope not once it is established. */
export function validateDefinitionUpdate(
  object: KubeObject,
  old: KubeObject,
  { warn }: KindContext,
): readonly FieldError[] {
  const spec: Unchecked = definitionSpec(object);
  const before = definitionSpec(old);
  warnOfFormats(spec, before, warn);
  const errors: Errors = [...validateSpec(object, spec, before)];
  const immutable = (path: string, value: unknown, known: unknown): void => {
    if (value !== known) errors.push(invalid(path, value, 'field is immutable'));
  };
  if (hasCondition(old, 'Established')) {
    immutable('spec.scope', spec.scope, before.scope);
    immutable('spec.names.kind', spec.names?.kind, before.names.kind);
  }
  immutable('spec.group', spec.group, before.group);
  immutable('spec.names.plural', spec.names?.plural, before.names.plural);
  return errors;
}

function validateSpec(object: KubeObject, spec: Unchecked, before?: Unchecked): Errors {
  const isNew = spec.preserveUnknownFields === true && before?.preserveUnknownFields !== true;
  return [
    ...validateGroup(spec.group ?? ''),
    ...validateScope(spec.scope ?? ''),
    ...validateVersions(spec),
    ...validateNames(spec.names ?? {}),
    ...validateStoredVersions(object, spec),
    ...validateSchemas(spec, before),
    ...(isNew ? [invalid('spec.preserveUnknownFields', true, PRESERVED)] : []),
  ];
}

/** Where all versions say the same, upstream tells of it as the definition's. */
function validateSchemas(spec: Unchecked, before: Unchecked | undefined): Errors {
  const versions = spec.versions ?? [];
  const [first, ...others] = versions;
  const schemaOf = (version: (typeof versions)[number] | undefined) => version?.schema?.openAPIV3Schema;
  const known = (before?.versions ?? []).map(schemaOf).filter(isObject);
  const fieldsOf = (version: (typeof versions)[number] | undefined) => version?.selectableFields;
  const errors: Errors = [];
  const sameSchema = others.every((other) => deepEqual(schemaOf(other), schemaOf(first)));
  const sameFields = others.every((other) => deepEqual(fieldsOf(other), fieldsOf(first)));
  for (const [index, version] of versions.entries()) {
    const schema = schemaOf(version);
    if (!isObject(schema)) continue;
    const prefix = sameSchema ? 'spec.validation' : `spec.versions[${index}].schema`;
    if (index === 0 || !sameSchema) errors.push(...validateSchema(schema, `${prefix}.openAPIV3Schema`, known));
    const path = sameFields ? 'spec.selectableFields' : `spec.versions[${index}].selectableFields`;
    if (sameSchema && !sameFields && fieldsOf(version) !== undefined) {
      const words = 'may only be set when `version.schema.openAPIV3Schema` is not included';
      errors.push(invalid(path, '', words));
    } else if (index === 0 || !sameFields)
      errors.push(...validateSelectableFields(fieldsOf(version) ?? [], schema, path));
  }
  return errors;
}

/** Rules are compiled once all else is well. What was wrong before an update may stay so. */
function validateSchema(schema: JsonObject, path: string, before: readonly JsonObject[]): Errors {
  const errors: Errors = [];
  if (schema.nullable === true) errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
  const isForgiven = before.some(
    (old) => structureProblem(old) !== undefined || validateStructure(old, path).length > 0,
  );
  const problem = structureProblem(schema);
  if (problem === undefined && !isForgiven) {
    const structure = validateStructure(schema, path);
    errors.push(...(structure.length > 0 ? structure : validateDefaults(schema, path)));
  }
  const textOf = ({ field, text }: FieldError): string => field + text;
  const forgiven = new Set(before.flatMap((old) => validateSchemaWords(old, path)).map(textOf));
  const isSound = problem === undefined && !isForgiven && errors.length === 0;
  errors.push(...validateSchemaWords(schema, path).filter((error) => !forgiven.has(textOf(error))));
  errors.push(...validateRules(schema, path, isSound ? [...errors] : null));
  return problem !== undefined && !isForgiven && errors.length === 0 ? [invalid(path, '', problem)] : errors;
}

/** Formats that mean nothing, once each time that one is there, but for those that were there before. */
function warnOfFormats(spec: Unchecked, before: Unchecked | undefined, warn: KindContext['warn']): void {
  if (warn === undefined) return;
  const formatsOf = ({ versions }: Unchecked): readonly string[] => {
    const all = (versions ?? []).map(({ schema }) => schema?.openAPIV3Schema);
    const [first] = all;
    const own = all.every((each) => deepEqual(each, first)) ? all.slice(0, 1) : all;
    return own.flatMap((schema) => (isObject(schema) ? unknownFormats(schema) : []));
  };
  const known = before === undefined ? [] : formatsOf(before);
  for (const format of formatsOf(spec))
    if (!known.includes(format)) warn(`unrecognized format ${JSON.stringify(format)}`);
}

const APPROVAL = 'api-approved.kubernetes.io';

/** Groups of Kubernetes' own need an approval. */
function validateApproval({ metadata }: KubeObject, { group = '' }: Unchecked): Errors {
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return [];
  const value = metadata.annotations?.[APPROVAL] ?? '';
  const path = `metadata.annotations[${APPROVAL}]`;
  if (value === '') {
    return [
      required(
        path,
        `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    ];
  }
  if (value.startsWith('unapproved') || URL.canParse(value)) return [];
  return [
    invalid(
      path,
      value,
      `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
    ),
  ];
}

function validateName(name: string, { names, group }: Unchecked): Errors {
  if (name === `${names?.plural ?? ''}.${group ?? ''}`) return [];
  return [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function validateGroup(group: string): Errors {
  if (group === '') return [required('spec.group')];
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) return [invalid('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): Errors {
  if (scope === '') return [required('spec.scope')];
  return SCOPES.includes(scope) ? [] : [notSupported('spec.scope', scope, SCOPES)];
}

function validateVersions(spec: Unchecked): Errors {
  const versions = spec.versions ?? [];
  const errors: Errors = [];
  for (const [index, { schema }] of versions.entries()) {
    if (schema?.openAPIV3Schema === undefined) {
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
    }
  }
  for (const [index, { name }] of versions.entries()) {
    const problems = isDns1035Label(name);
    if (problems.length > 0) errors.push(invalid(`spec.versions[${index}].name`, name, problems.join(',')));
  }
  const given = spec.versions ?? null;
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.push(invalid('spec.versions', given, 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalid('spec.versions', given, 'must have exactly one version marked as storage version'));
  }
  return errors;
}

function validateNames(names: Partial<DefinitionSpec['names']>): Errors {
  const path = 'spec.names';
  const errors: Errors = [];
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if ((names[field] ?? '') === '') errors.push(required(`${path}.${field}`));
  }
  const label = (field: string, value: string) => {
    const problems = value === '' ? [] : isDns1035Label(value);
    if (problems.length > 0) errors.push(invalid(`${path}.${field}`, value, problems.join(',')));
  };
  label('plural', names.plural ?? '');
  label('singular', names.singular ?? '');
  for (const field of ['kind', 'listKind'] as const) {
    const value = names[field] ?? '';
    const problems = value === '' ? [] : isDns1035Label(value.toLowerCase());
    if (problems.length === 0) continue;
    const detail = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
    errors.push(invalid(`${path}.${field}`, value, detail));
  }
  for (const [index, name] of (names.shortNames ?? []).entries()) label(`shortNames[${index}]`, name);
  if (names.kind !== undefined && names.kind !== '' && names.kind === names.listKind) {
    errors.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  }
  for (const [index, name] of (names.categories ?? []).entries()) label(`categories[${index}]`, name);
  return errors;
}

function validateStoredVersions(object: KubeObject, spec: Unchecked): Errors {
  const path = 'status.storedVersions';
  // The server's own writing: a list of names.
  const stored = (object.status as { storedVersions?: readonly string[] | null } | undefined)?.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, null, 'must have at least one stored version')];
  const errors: Errors = [];
  const names = (spec.versions ?? []).map(({ name }) => name);
  for (const { name, storage } of spec.versions ?? []) {
    if (storage && !stored.includes(name)) errors.push(invalid(path, stored, `must have the storage version ${name}`));
  }
  for (const [index, name] of stored.entries()) {
    if (names.includes(name)) continue;
    const detail = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${path}[${index}]`, name, detail));
  }
  return errors;
}
