import { describe, expect, it } from 'vitest';
import { decodeJson } from '../../engine/functions/json-decode.ts';
import { fuzz, mutatedText } from '../../mutations.testing.ts';
import { compileSchema } from './compile.ts';
import { SchemaDocuments } from './documents.ts';
import { draftOf } from './drafts.ts';
import { isPlainSchema } from './plain-schema.ts';
import { findProblems } from './validate.ts';

const DRAFTS = [
  'http://json-schema.org/draft-04/schema',
  'http://json-schema.org/draft-06/schema',
  'http://json-schema.org/draft-07/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
].map((url) => {
  const documents = new SchemaDocuments();
  const draft = draftOf(url);
  if (draft === undefined) throw new Error(`no draft has the address ${url}`);
  const location = { document: documents.open(url), pointer: '' };
  return { draft, meta: compileSchema(location, { documents, assertFormat: true }) };
});

const SCHEMA = `{
  "$schema": "http://json-schema.org/schema#", "title": "Values", "type": "object", "required": ["image"],
  "properties": {
    "image": {"type": "string", "default": "", "description": "x", "form": true, "pattern": "^[a-z]+$", "minLength": 1},
    "count": {"type": ["integer", "null"], "minimum": 0, "maximum": 10, "multipleOf": 1},
    "list": {"type": "array", "items": {"$ref": "#/definitions/one"}, "uniqueItems": true, "minItems": 0},
    "kind": {"enum": ["a", "b"], "if": {"const": 1}, "then": {}, "else": {"not": {}}}
  },
  "patternProperties": {"^x-": {"anyOf": [{"type": "number"}, {"type": "boolean"}]}},
  "additionalProperties": false,
  "definitions": {"one": {"allOf": [{"maxLength": 3}], "additionalProperties": {"type": "string"}}}
}`;

const PIECES = [
  ...['"type"', '"items"', '"required"', '"enum"', '"exclusiveMinimum"', '"dependencies"', '"$id"', '"id"', '"const"'],
  ...['true', 'false', 'null', '-1', '1.5', '0', '"("', '"x"', '{}', '[]', '[{}]', '["a"]', '["a","a"]', '{"a":{}}'],
  ...['"contains": true, ', '"$ref": "#/a b", ', '"format": 1, ', '"prefixItems": [], ', '"$anchor": "1", '],
  ...['"propertyNames": {}, ', '"examples": {}, ', '"readOnly": 1, ', '"minLength": -1, ', '"uniqueItems": 1, '],
];

describe('a schema that is taken for plain', () => {
  it('is valid against the meta-schema of every draft that takes it for plain', { timeout: 60_000 }, () => {
    let plain = 0;
    fuzz('schemas', mutatedText([SCHEMA], PIECES), (text) => {
      let schema: ReturnType<typeof decodeJson>['value'];
      try {
        schema = decodeJson(text).value;
      } catch {
        return;
      }
      for (const { draft, meta } of DRAFTS) {
        if (!isPlainSchema(schema, draft)) continue;
        plain += 1;
        expect(findProblems(meta, schema)).toBeUndefined();
      }
    });
    expect(plain).toBeGreaterThan(10);
  });

  it('is what charts have', () => {
    const schema = decodeJson(SCHEMA).value;
    expect(DRAFTS.map(({ draft }) => isPlainSchema(schema, draft))).toEqual([true, true, true, true, true]);
  });
});
