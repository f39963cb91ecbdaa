/**
 * Expressions against what Kubernetes v1.34's own environment (cel-go v0.26) says of them: errors to the letter, types,
 * estimated costs, values and what they cost. `testdata/expressions.jsonl` is one expression a line; `thing.json` is the
 * schema and the objects that they are about.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { estimateCost } from './cost-estimate.ts';
import { declaredFunctions } from './declarations.ts';
import { hasFunction } from './functions/library.ts';
import { createProgram } from './interpreter.ts';
import { parse } from './parser.ts';
import { ProgramProblem } from './plans.ts';
import { declaredSize, declareType, scopeOf, withTypeAndMetadata } from './schema-types.ts';
import { schemaValue } from './schema-values.ts';
import { type CelType, formatType } from './types.ts';
import { showValue } from './values.testing.ts';
import { CelError, isError } from './values.ts';

interface Case {
  readonly expression: string;
  readonly errors?: string;
  readonly type?: string;
  readonly cost?: readonly [number, number];
  readonly error?: string;
  readonly value?: string;
  readonly spent?: number;
}

const read = (name: string): string => readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8');
const cases = read('expressions.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);
const thing = JSON.parse(read('thing.json')) as Record<'schema' | 'object' | 'oldObject', Record<string, unknown>>;
const declared = declareType(thing.schema, true, 'selfType');
const variables = new Map<string, CelType>(
  declared === undefined ? [] : [['self', declared.type] as const, ['oldSelf', declared.type] as const],
);
const scope = scopeOf(variables, declared === undefined ? [] : [declared]);
const CALL_LIMIT = 1_000_000;

function run(expression: string, limit = CALL_LIMIT): Case {
  const result = compile(expression, scope);
  if ('errors' in result) return { expression, errors: result.errors };
  const { compiled } = result;
  const { min, max } = estimateCost(compiled, (path) => declaredSize(declared, path));
  const known = { expression, type: formatType(compiled.type), cost: [min, max] as const };
  try {
    const full = withTypeAndMetadata(thing.schema);
    const program = createProgram(compiled);
    const { value, cost } = program.evaluate(
      (name) => (name === 'self' ? schemaValue(thing.object, full) : schemaValue(thing.oldObject, full)),
      limit,
    );
    if (isError(value)) return { ...known, error: value.message };
    return { ...known, value: showValue(value), spent: cost };
  } catch (problem) {
    if (problem instanceof ProgramProblem) return { ...known, error: `PROGRAM ${problem.message}` };
    throw problem;
  }
}

describe('an expression', () => {
  it.each(cases)('is taken as Kubernetes takes it: $expression', (expected) => {
    expect(run(expected.expression)).toEqual(expected);
  });

  it('ends when it costs more than it may', () => {
    const nested = '[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, a + b + c > 0)))';
    expect(run(nested).value).toBe('true');
    expect(run(nested, 1000).error).toBe('operation cancelled: actual cost limit exceeded');
  });

  it('makes long lists in time that grows with them', () => {
    const ten = '[0,1,2,3,4,5,6,7,8,9]';
    const pairs = `${ten}.map(a, ${ten}.map(b, ${ten}.map(c, ${ten}.map(d, a + b + c + d))))`;
    expect(run(`size(${pairs})`).value).toBe('int(10)');
  });

  it('may not nest too deeply', () => {
    const deep = `${'('.repeat(300)}1${')'.repeat(300)}`;
    expect(parse(deep).issues).toEqual([{ offset: undefined, message: 'expression recursion limit exceeded: 250' }]);
    expect(parse(`a${'.b'.repeat(300)}`).issues.map(({ message }) => message)).toEqual([
      'expression recursion limit exceeded: 250',
    ]);
  });

  it('may not be too long', () => {
    expect(parse(' '.repeat(100_001)).issues.map(({ message }) => message)).toEqual([
      'expression code point size exceeds limit: size: 100001, limit 100000',
    ]);
  });

  it('takes no part of an object that is not its own', () => {
    const value = schemaValue({ a: 'x' }, { type: 'object', additionalProperties: { type: 'string' } });
    const program = compile("m.toString + m['__proto__']", scopeOf(new Map([['m', declaredMap()]]), []));
    if ('errors' in program) throw new Error(program.errors);
    expect(createProgram(program.compiled).evaluate(() => value, CALL_LIMIT).value).toEqual(
      new CelError('no such key: toString'),
    );
  });
});

function declaredMap(): CelType {
  const type = declareType({ type: 'object', additionalProperties: { type: 'string' } }, false, 'm');
  if (type === undefined) throw new Error('no type');
  return type.type;
}

describe('the environment', () => {
  it('has every function that it declares', () => {
    const operators = new Set('_&&_ _||_ _?_:_ _==_ _!=_ _[_] _[?_] _?._ or orValue'.split(' '));
    expect(declaredFunctions().filter((name) => !operators.has(name) && !hasFunction(name))).toEqual([]);
  });
});
