/**
 * All that a custom resource is checked with, in upstream's order (apiextensions-apiserver's registry/customresource,
 * v1.34): its schema, and then its rules.
 */
import { type FieldError, invalid } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { KindContext } from '../resources/resource.ts';
import { versionOf } from './definition.ts';
import { ruleRunner } from './rules/rule-tree.ts';
import { validateCustom } from './validate.ts';

export type CustomValidator = (
  object: KubeObject,
  old: KubeObject | undefined,
  context: KindContext,
) => readonly FieldError[];

/** Errors that make rules meaningless. */
const BLOCKING = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** The checks of a version of a definition; its rules are compiled when they are first needed. */
export function customValidator(definition: KubeObject, version: string): CustomValidator {
  const schema = versionOf(definition, version)?.schema?.openAPIV3Schema;
  let runner: ReturnType<typeof ruleRunner> | null = null;
  return (object, old, { warn }) => {
    const errors = validateCustom(definition, version, object, old);
    if (schema === undefined) return errors;
    if (runner === null) runner = ruleRunner(schema);
    if (runner === undefined) return errors;
    if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, invalid('<nil>', null, NOT_CHECKED)];
    return [...errors, ...runner({ object: { ...object }, old: old === undefined ? undefined : { ...old }, warn })];
  };
}
