import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { ApiError } from '../../../apimachinery/status.ts';
import { createTestServer } from '../../apiserver.testing.ts';
import { validateRules } from './definition-rules.ts';
import { readFieldPath } from './field-path.ts';
import { ruleRunner } from './rule-tree.ts';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const number = { type: 'integer' };

function object(properties: Json, rules: readonly Json[] = [], more: Json = {}): Json {
  return { type: 'object', properties, ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }), ...more };
}

function run(
  schema: Json,
  value: Json,
  old?: Json,
): { readonly errors: readonly string[]; readonly warnings: string[] } {
  const warnings: string[] = [];
  const runner = ruleRunner(schema);
  const errors = runner?.({ object: value, old, warn: (warning) => warnings.push(warning) }) ?? [];
  return { errors: errors.map(({ field, type, text: detail }) => `${field} ${type}${detail}`), warnings };
}

describe('rules of a definition', () => {
  const errorsOf = (schema: Json): readonly string[] =>
    validateRules(schema, 'schema').map(({ field, text: detail }) => `${field}${detail}`);

  it('have to compile with the types of the schema', () => {
    const schema = object({ spec: object({ a: text }, [{ rule: 'self.b > 1' }, { rule: '1' }]) });
    expect(errorsOf(schema)).toEqual([
      'schema.properties[spec].x-kubernetes-validations[0].rule: {"Rule":"self.b \\u003e 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field \'b\'\n | self.b > 1\n | ....^',
      'schema.properties[spec].x-kubernetes-validations[1].rule: {"Rule":"1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool',
    ]);
  });

  it('may not cost too much, each or together', () => {
    const list = { type: 'array', items: text };
    const rule = { rule: 'self.l.all(x, self.l.all(y, x == y))' };
    const bounded = { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 10 } };
    expect(errorsOf(object({ l: bounded }, [rule]))).toEqual([]);
    const [first, second, third] = errorsOf(object({ l: list }, [rule]));
    expect(first).toContain('estimated rule cost exceeds budget by factor of more than 100x');
    expect(second).toContain('contributed to estimated rule cost total');
    expect(third).toContain('schema: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema');
  });

  it('may not ask for old values where none go with the new ones', () => {
    const list = (more: Json) =>
      object({
        l: { type: 'array', items: object({ k: text }, [{ rule: 'self.k == oldSelf.k' }]), maxItems: 9, ...more },
      });
    expect(errorsOf(list({}))[0]).toContain(
      'oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[l]',
    );
    expect(errorsOf(list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }))).toEqual([]);
  });

  it('name paths that are there', () => {
    const schema = { type: 'object', properties: { a: text, m: { type: 'object', additionalProperties: text } } };
    expect(readFieldPath(".m['x.y']", schema, true)).toMatchObject({ text: 'm[x.y]', root: 'm' });
    expect(readFieldPath('.a.b', schema, true)).toBe('does not refer to a valid field');
    expect(readFieldPath('a', schema, true)).toBe('expected [ or . but got: a');
    expect(readFieldPath(".m['x']", schema, false)).toBe('array notation is not allowed');
  });
});

describe('rules at work', () => {
  const schema = object({
    spec: object(
      {
        n: number,
        limit: number,
        m: {
          type: 'object',
          additionalProperties: {
            ...text,
            'x-kubernetes-validations': [{ rule: "self != 'no'", messageExpression: "'not ' + self" }],
          },
        },
      },
      [
        { rule: 'self.n <= self.limit' },
        { rule: 'self.n != 7', message: 'seven', reason: 'FieldValueForbidden', fieldPath: '.n' },
        { rule: 'self.n >= oldSelf.n', message: 'only up' },
      ],
    ),
  });

  it('tell what they are, or what their author says', () => {
    expect(run(schema, { spec: { n: 7, limit: 5, m: { a: 'no' } } }).errors).toEqual([
      'spec FieldValueInvalid: "object": failed rule: self.n <= self.limit',
      'spec.n FieldValueForbidden: seven',
      'spec.m[a] FieldValueInvalid: "string": not no',
    ]);
    expect(run(schema, { spec: { n: 7 } }).errors[0]).toBe(
      'spec FieldValueInvalid: "object": no such key: limit evaluating rule: self.n <= self.limit',
    );
  });

  it('see old values on updates only', () => {
    expect(run(schema, { spec: { n: 1, limit: 5 } }).errors).toEqual([]);
    expect(run(schema, { spec: { n: 1, limit: 5 } }, { spec: { n: 2, limit: 5 } }).errors).toEqual([
      'spec FieldValueInvalid: "object": only up',
    ]);
  });

  it('only warn of what an update does not change', () => {
    const old = { spec: { n: 7, limit: 9, m: { a: 'no' } } };
    expect(run(schema, { ...old, metadata: { name: 'x' } }, old)).toEqual({
      errors: [],
      warnings: ['spec.n: Forbidden: seven', 'spec.m[a]: Invalid value: "string": not no'],
    });
    expect(run(schema, { spec: { ...old.spec, limit: 10 } }, old).errors).toEqual([
      'spec.n FieldValueForbidden: seven',
    ]);
  });

  it('end when one costs too much', () => {
    const items = { type: 'array', items: text };
    const loop = 'self.l.all(x, self.l.all(y, self.l.all(z, x + y + z != "b")))';
    const l = Array.from({ length: 120 }, (_, index) => `item ${index}`);
    expect(run(object({ l: items }, [{ rule: loop }, { rule: 'false' }]), { l }).errors).toEqual([
      `<nil> FieldValueInvalid: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${loop}`,
    ]);
  });
});

describe('a custom resource', () => {
  const names = { plural: 'books', singular: 'book', kind: 'Book', listKind: 'BookList' };
  const schema = object({ spec: object({ pages: number }, [{ rule: 'self.pages > 0', message: 'no pages' }]) });
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
  const definition: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'books.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
  };
  const book = (pages: unknown): KubeObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Book',
    metadata: { name: 'a', namespace: 'default' },
    spec: { pages },
  });

  it('is held to the rules of its definition', () => {
    const { client } = createTestServer();
    client.create('customresourcedefinitions.apiextensions.k8s.io', definition);
    expect(() => client.create('books.example.com', book(0))).toThrow(
      'Book.example.com "a" is invalid: spec: Invalid value: "object": no pages',
    );
    const made = client.create('books.example.com', book(3));
    expect(() => client.update('books.example.com', { ...made, spec: { pages: -1 } })).toThrow('no pages');
  });

  it('is not held to rules where it has the wrong type', () => {
    const { client } = createTestServer();
    client.create('customresourcedefinitions.apiextensions.k8s.io', definition);
    expect(() => client.create('books.example.com', book('many'))).toThrow(
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid',
    );
  });

  it('can not be defined with rules that do not compile', () => {
    const { client } = createTestServer();
    const bad = object({ spec: object({ pages: number }, [{ rule: 'self.chapters > 0' }]) });
    const spec = { ...(definition.spec as Json), versions: [{ ...versions[0], schema: { openAPIV3Schema: bad } }] };
    let problem: unknown;
    try {
      client.create('customresourcedefinitions.apiextensions.k8s.io', { ...definition, spec });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ApiError);
    expect(String(problem)).toContain(
      'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule',
    );
  });
});
