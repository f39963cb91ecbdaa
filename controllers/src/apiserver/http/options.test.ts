import { describe, expect, test } from 'vitest';
import { booleanOption, checkDeleteOptions, checkWriteOptions, integerOption, listOptions } from './options.ts';

const query = (text: string): URLSearchParams => new URLSearchParams(text);

describe('options in the query', () => {
  test('are true unless they say no', () => {
    expect(
      ['watch=', 'watch=1', 'watch=x', 'watch=False', 'watch=0', ''].map((t) => booleanOption(query(t), 'watch')),
    ).toEqual([true, true, true, false, false, undefined]);
  });

  test('are numbers as Go reads them', () => {
    expect(integerOption(query('limit=-7'), 'limit')).toBe(-7);
    expect(() => integerOption(query('limit=abc'), 'limit')).toThrow('strconv.ParseInt: parsing "abc": invalid syntax');
  });

  test.each([
    ['resourceVersionMatch=Exact', false, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['resourceVersionMatch=Exact&resourceVersion=0', false, 'is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=Foo&resourceVersion=1', false, 'supported values: "Exact", "NotOlderThan", ""'],
    ['sendInitialEvents=true', false, 'sendInitialEvents is forbidden for list'],
    ['sendInitialEvents=true', true, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ['resourceVersionMatch=NotOlderThan', true, 'is forbidden for watch unless sendInitialEvents is provided'],
  ])('%s is refused (watch: %s)', (text, isWatch, problem) => {
    expect(() => listOptions(query(text), isWatch)).toThrow(problem);
  });

  test('of a watch list are taken', () => {
    const text = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    expect(listOptions(query(text), true)).toMatchObject({ sendInitialEvents: true, allowWatchBookmarks: true });
  });

  test.each([
    ['POST', 'dryRun=foo', false, 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["foo"]'],
    ['PUT', 'fieldValidation=x', false, 'UpdateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value'],
    ['POST', 'fieldManager=a%0Ab', false, 'invalid character U+000A (at position 1)'],
    ['POST', `fieldManager=${'x'.repeat(129)}`, false, 'Too long: may not be more than 128 bytes'],
    ['PATCH', 'force=true', false, 'force: Forbidden: may not be specified for non-apply patch'],
    ['PATCH', '', true, 'fieldManager: Required value: is required for apply patch'],
  ])('%s ?%s is refused (apply: %s)', (method, text, isApply, problem) => {
    expect(() => checkWriteOptions(method, query(text), isApply)).toThrow(problem);
  });

  test('of a deletion say one thing', () => {
    expect(() => checkDeleteOptions({ propagationPolicy: 'foo', orphanDependents: undefined, dryRun: [] })).toThrow(
      'supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    expect(() => checkDeleteOptions({ propagationPolicy: 'Orphan', orphanDependents: true, dryRun: ['All'] })).toThrow(
      'orphanDependents and deletionPropagation cannot be both set',
    );
  });
});
