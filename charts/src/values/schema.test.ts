import { describe, expect, it } from 'vitest';
import { type GoValue, int64 } from '../engine/gotemplate/go-value.ts';
import { validateSchema } from './schema.ts';
import { valuesFromJson } from './values.ts';

/** The findings on values, without the chart's name. */
function check(schema: unknown, values: Parameters<typeof valuesFromJson>[0]): string {
  return checkValues(schema, valuesFromJson(values));
}

function checkValues(schema: unknown, values: Map<string, GoValue>): string {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const found = validateSchema(values, new TextEncoder().encode(text), { chart: 'web' });
  return found.replace(/^web:\n/, '').trimEnd();
}

const ON_A = (schema: unknown) => ({ properties: { a: schema } });

describe('validateSchema', () => {
  it('is silent when values fit', () => {
    expect(validateSchema(new Map([['a', 1]]), new TextEncoder().encode('{"required":["a"]}'), { chart: 'web' })).toBe(
      '',
    );
  });

  it('names the chart and puts each finding on a line', () => {
    const schema = new TextEncoder().encode('{"required":["b"],"properties":{"a":{"type":"string"}}}');
    expect(validateSchema(new Map([['a', 1]]), schema, { chart: 'web' })).toBe(
      "web:\n- at '': missing property 'b'\n- at '/a': got number, want string\n",
    );
  });

  it.each([
    [{ type: ['string', 'null', 'integer'] }, 1.5, 'got number, want null or integer or string'],
    [{ enum: [1, 'x', null] }, 2, "value must be one of 1, 'x', <nil>"],
    [{ enum: [[1]] }, 2, "'enum' failed"],
    [{ const: "it's" }, 2, "value must be 'it\\'s'"],
    [{ minimum: 1234.5 }, -1234567, 'minimum: got -1.234567×10⁰⁶, want 1,234.5'],
    [{ exclusiveMaximum: 5 }, 5, 'exclusiveMaximum: got 5, want 5'],
    [{ multipleOf: 0.1 }, 0.35, 'multipleOf: got 0.35, want 0.1'],
    [{ minLength: 1000 }, 'é', 'minLength: got 1, want 1,000'],
    [{ pattern: '^[a-z]+$' }, 'A1', "'A1' does not match pattern '^[a-z]+$'"],
    [{ maxItems: 1 }, [1, 2], 'maxItems: got 2, want 1'],
    [{ uniqueItems: true }, [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }], 'items at 0 and 2 are equal'],
    [{ required: ['x', 'y'] }, {}, "missing properties 'x', 'y'"],
    [{ additionalProperties: false }, { x: 1 }, "additional properties 'x' not allowed"],
    [{ dependentRequired: { x: ['y'] } }, { x: 1 }, "properties 'y' required, if 'x' exists"],
    [{ not: {} }, 1, "'not' failed"],
    [{ oneOf: [{}, {}] }, 1, "'oneOf' failed, subschemas 0, 1 matched"],
    [false, 1, 'false schema'],
  ])('%j on %j', (schema, value, text) => {
    expect(check(ON_A(schema), { a: value })).toBe(`- at '/a': ${text}`);
  });

  it('nests causes under the keyword that failed', () => {
    expect(check({ anyOf: [{ required: ['c'] }, { allOf: [{ minProperties: 2 }] }] }, {})).toBe(
      [
        "- at '': 'anyOf' failed",
        "  - at '': missing property 'c'",
        "  - at '': 'allOf' failed",
        "    - at '': minProperties: got 0, want 2",
      ].join('\n'),
    );
  });

  it('groups several findings on one value, and stands back behind a reference with one', () => {
    const schema = { $defs: { p: { minProperties: 1, required: ['x'] }, q: { type: 'string' } } };
    expect(check({ ...schema, properties: { a: { $ref: '#/$defs/p' } } }, { a: {} })).toBe(
      [
        "- at '/a': validation failed",
        "  - at '/a': minProperties: got 0, want 1",
        "  - at '/a': missing property 'x'",
      ].join('\n'),
    );
    expect(check({ ...schema, properties: { a: { $ref: '#/$defs/q' } } }, { a: 1 })).toBe(
      "- at '/a': got number, want string",
    );
  });

  it('takes an int64 of --set for a number', () => {
    expect(checkValues(ON_A({ type: 'integer', minimum: 2 }), new Map([['a', int64(1n)]]))).toBe(
      "- at '/a': minimum: got 1, want 2",
    );
  });
});

describe('drafts', () => {
  it('reads draft 4: id, exclusive flags, the list form of items', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      definitions: { p: { id: '#port', maximum: 10, exclusiveMaximum: true } },
      properties: { a: { $ref: '#port' }, b: { items: [{}], additionalItems: false } },
    };
    expect(check(schema, { a: 10, b: [1, 2] })).toBe(
      "- at '/a': exclusiveMaximum: got 10, want 10\n- at '/b': last 1 additionalItem(s) not allowed",
    );
  });

  it('reads draft 7: if, contains, format', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      if: { required: ['a'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { a: { contains: { type: 'string' } } } },
      else: { required: ['b'] },
      properties: { c: { format: 'ipv4' } },
    };
    expect(check(schema, { a: [], c: '1.2.3' })).toBe(
      "- at '/c': '1.2.3' is not valid ipv4: expected four decimals\n- at '/a': no items match contains schema",
    );
    expect(check(schema, {})).toBe("- at '': missing property 'b'");
  });

  it('reads 2019-09: recursive references and what stays unevaluated', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      $recursiveAnchor: true,
      properties: { child: { $recursiveRef: '#' } },
      allOf: [{ properties: { name: { type: 'string' } } }],
      unevaluatedProperties: false,
    };
    expect(check(schema, { name: 'x', child: { name: 'y', extra: 1 } })).toBe("- at '/child/extra': false schema");
  });

  it('reads 2020-12: prefixItems, dynamic references, and leaves formats alone', () => {
    const schema = {
      $dynamicAnchor: 'node',
      properties: {
        a: { prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
        child: { $dynamicRef: '#node' },
        f: { format: 'ipv4' },
      },
    };
    expect(check(schema, { a: ['x', 'y'], child: { a: [1] }, f: 'x' })).toBe(
      "- at '/a/1': got string, want integer\n- at '/child/a/0': got number, want string",
    );
  });
});

describe('schemas that cannot be used', () => {
  it('says what the meta-schema finds', () => {
    expect(check({ $schema: 'http://json-schema.org/draft-07/schema#', minLength: 'x' }, {})).toBe(
      [
        '"file:///values.schema.json#" is not valid against metaschema: jsonschema validation failed with ' +
          "'http://json-schema.org/draft-07/schema#'",
        "- at '/minLength': 'allOf' failed",
        "  - at '/minLength': got string, want integer",
      ].join('\n'),
    );
    expect(check({ pattern: '(?=a)' }, {})).toContain(
      "'(?=a)' is not valid regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
    );
  });

  it.each([
    ['#/$defs/x', 'json-pointer in "file:///values.schema.json#/$defs/x" not found'],
    ['#x', 'anchor in "file:///values.schema.json#x" not found in schema "file:///values.schema.json"'],
    ['x.json', 'failing loading "file:///x.json": open /x.json: no such file or directory'],
    ['https://example.com/x', 'failing loading "https://example.com/x": references to other servers are not fetched'],
    ['ftp://example.com/x', 'failing loading "ftp://example.com/x": no URLLoader registered for "ftp://example.com/x"'],
  ])('refuses a reference to %s', ($ref, message) => {
    expect(check({ $ref }, {})).toContain(message);
  });

  it('takes anything where a urn leads, and the published meta-schemas from its own store', () => {
    expect(check({ $ref: 'urn:x:y' }, {})).toBe('');
    expect(check(ON_A({ $ref: 'http://json-schema.org/draft-07/schema#' }), { a: { type: 1 } })).toContain(
      "- at '/a/type': 'anyOf' failed",
    );
  });

  it('says what is wrong with the JSON', () => {
    expect(check('{"a":', {})).toBe('unexpected EOF');
    expect(check('', {})).toBe('EOF');
    expect(check('{} x', {})).toBe('invalid character after top-level value');
    expect(check('{a}', {})).toBe("invalid character 'a' looking for beginning of object key string");
  });

  it('ends on references in a circle, on doubling and on depth', () => {
    expect(check({ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, {})).toContain('causing reference cycle');
    const $defs: Record<string, unknown> = { d0: true };
    for (let i = 1; i < 60; i++) $defs[`d${i}`] = { allOf: Array(2).fill({ $ref: `#/$defs/d${i - 1}` }) };
    expect(check({ $defs, $ref: '#/$defs/d59' }, {})).toBe('more than 2000000 steps');
    let deep: GoValue = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(checkValues({ items: { $ref: '#' }, properties: { a: { $ref: '#' } } }, new Map([['a', deep]]))).toBe(
      'unable to validate schema: nested too deep',
    );
  });
});

describe('a reference to a file', () => {
  const schema = new TextEncoder().encode('{"properties":{"a":{"$ref":"file:///x/y.json#/definitions/b"}}}');
  const values = new Map([['a', 1]]);
  const check = (text: string): string =>
    validateSchema(values, schema, { chart: 'web', files: () => new TextEncoder().encode(text) });

  it('is read where the caller has files, and must be a schema', () => {
    expect(check('{"definitions":{"b":{"type":"string"}}}')).toBe("web:\n- at '/a': got number, want string\n");
    expect(check('{"definitions":{"b":{"type":"integer"}}}')).toBe('');
    expect(check('{')).toBe('web:\nfailing loading "file:///x/y.json": unexpected EOF');
    expect(check('{"type":5}')).toMatch('"file:///x/y.json#" is not valid against metaschema');
  });

  it('may lead to another server, but the published meta-schemas are not fetched', () => {
    const asked: string[] = [];
    const files = (address: string): Uint8Array => {
      asked.push(address);
      return new TextEncoder().encode('{"$ref":"b.json"}'.replace('b.json', asked.length > 1 ? '#/$defs/x' : 'b.json'));
    };
    const remote =
      '{"properties":{"a":{"$ref":"https://example.com/a.json"},"b":{"$ref":"http://json-schema.org/schema"}}}';
    expect(validateSchema(values, new TextEncoder().encode(remote), { chart: 'web', files })).toBe(
      'web:\njson-pointer in "https://example.com/b.json#/$defs/x" not found',
    );
    expect(asked).toEqual(['https://example.com/a.json', 'https://example.com/b.json']);
  });

  it('leads nowhere else', () => {
    expect(validateSchema(values, schema, { chart: 'web' })).toBe(
      'web:\nfailing loading "file:///x/y.json": open /x/y.json: no such file or directory',
    );
    const remote = new TextEncoder().encode('{"$ref":"http://example.com/a.json"}');
    expect(validateSchema(values, remote, { chart: 'web' })).toBe(
      'web:\nfailing loading "http://example.com/a.json": references to other servers are not fetched here; put the schema into the chart',
    );
  });
});
