/**
 * The fields that custom resources can be selected by (apiextensions-apiserver's ValidateCustomResourceSelectableFields,
 * v1.34).
 */
import { duplicate, type FieldError, invalid, required, tooMany } from '../../apimachinery/api-errors.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import { readFieldPath } from './rules/field-path.ts';

const MOST_FIELDS = 8;
const TYPES = ['string', 'boolean', 'integer'];

/** All that is wrong with the fields; `path` is where their list stands. */
export function validateSelectableFields(
  fields: readonly { readonly jsonPath?: string }[],
  schema: JsonObject,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const known = new Set<string>();
  for (const [index, { jsonPath = '' }] of fields.entries()) {
    const at = `${path}[${index}].jsonPath`;
    if (jsonPath === '') {
      errors.push(required(at));
      continue;
    }
    const read = readFieldPath(jsonPath, schema, false);
    if (typeof read === 'string') {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${read}`));
      continue;
    }
    if (read.root === 'metadata') errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!TYPES.includes(String(read.schema.type)))
      errors.push(
        invalid(
          at,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
    if (known.has(read.text)) errors.push(duplicate(at, jsonPath));
    known.add(read.text);
  }
  if (known.size > MOST_FIELDS) errors.push(tooMany(path, known.size, MOST_FIELDS));
  return errors;
}
