import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { createTestServer } from '../apiserver.testing.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const AT = 'spec.validation.openAPIV3Schema';

function definition(schema: object): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

function of(a: object): object {
  return { type: 'object', properties: { a } };
}

const keyed = { type: 'object', properties: { k: { type: 'string' } } };
const list = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };

// The messages are those of a real API server.
const REFUSED: readonly (readonly [what: string, schema: object, problem: string])[] = [
  [
    'a field without a type',
    of({}),
    `${AT}.properties[a].type: Required value: must not be empty for specified object fields`,
  ],
  ['no type at all', { properties: {} }, `${AT}.type: Required value: must not be empty at the root`],
  ['a list of nothing', of({ type: 'array' }), `${AT}.properties[a].items: Required value: must be specified`],
  [
    'another type',
    of({ type: 'foo' }),
    'Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"',
  ],
  [
    'types in conditions',
    of({ type: 'string', anyOf: [{ type: 'string' }] }),
    `${AT}.properties[a].anyOf[0].type: Forbidden: must be empty to be structural`,
  ],
  [
    'rules in conditions',
    of({ type: 'object', allOf: [{ 'x-kubernetes-validations': [{ rule: 'true' }] }] }),
    'allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural',
  ],
  [
    'fields and any fields',
    of({ ...keyed, additionalProperties: { type: 'string' } }),
    'additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive',
  ],
  [
    'more of metadata',
    { type: 'object', properties: { metadata: { type: 'object', required: ['name'] } } },
    'must not specify anything other than name and generateName, but metadata is implicitly specified',
  ],
  [
    'a default of another type',
    of({ type: 'string', default: 1 }),
    `${AT}.properties[a].default: Invalid value: "integer":  in body must be of type string: "integer"`,
  ],
  [
    'a default with more',
    of({ ...keyed, default: { y: 1 } }),
    `${AT}.properties[a].default: Invalid value: {"y":1}: must not have unknown fields`,
  ],
  [
    'a default against a rule',
    of({ type: 'integer', default: 5, 'x-kubernetes-validations': [{ rule: 'self > 6', message: 'big' }] }),
    `${AT}.properties[a].default: Invalid value: "integer": big`,
  ],
  [
    'keys that can be missing',
    of({ ...list, items: keyed }),
    'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
  ],
  [
    'a pattern that is none',
    of({ type: 'string', pattern: '(' }),
    "must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`",
  ],
  ['a reference', of({ type: 'string', $ref: '#/x' }), `${AT}.properties[a].$ref: Forbidden: $ref is not supported`],
];

const TAKEN: readonly (readonly [what: string, schema: object])[] = [
  [
    'an integer or a string',
    of({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
  ],
  ['anything', of({ 'x-kubernetes-preserve-unknown-fields': true })],
  ['keys that are always there', of({ ...list, items: { ...keyed, required: ['k'] } })],
  [
    'names of a pattern',
    {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { name: { type: 'string', pattern: 'a' } } } },
    },
  ],
];

describe('the schema of a definition', () => {
  it.each(REFUSED)('can not have %s', (_, schema, problem) => {
    const { client } = createTestServer();
    expect(() => client.create(DEFINITIONS, definition(schema))).toThrow(problem);
  });

  it.each(TAKEN)('can have %s', (_, schema) => {
    const { client } = createTestServer();
    expect(client.create(DEFINITIONS, definition(schema)).metadata.name).toBe('things.example.org');
  });
});
