import { describe, expect, test } from 'vitest';
import { namedSchema } from '../../apiserver/schema/types.ts';
import { fieldSetOf, mergeTyped, removeFields } from './apply.ts';
import { compareFields } from './compare.ts';
import { formatPath, intersectSets, membersOf, subtractSets, unionSets } from './field-set.ts';
import { applyJsonPatch } from './json.ts';
import { applyMergePatch } from './merge.ts';
import { applyStrategicPatch } from './strategic.ts';

const podSpec = namedSchema('core/v1.PodSpec');
const containers = (...names: string[]) => names.map((name) => ({ name, image: `${name}:1` }));

const NO_FIELDS = { fields: new Map(), element: undefined };

describe('a JSON patch', () => {
  test('adds, removes, replaces, moves, copies and tests', () => {
    const patch = [
      { op: 'test', path: '/a', value: 1 },
      { op: 'add', path: '/list/1', value: 'x' },
      { op: 'add', path: '/list/-', value: 'z' },
      { op: 'remove', path: '/a' },
      { op: 'replace', path: '/b~1c', value: 2 },
      { op: 'copy', from: '/list', path: '/copy' },
      { op: 'move', from: '/copy/0', path: '/first' },
    ];
    expect(applyJsonPatch({ a: 1, list: ['a', 'b'], 'b/c': 1 }, patch)).toEqual({
      list: ['a', 'x', 'b', 'z'],
      'b/c': 2,
      copy: ['x', 'b', 'z'],
      first: 'a',
    });
  });

  test('is all or nothing, and says why', () => {
    const document = { a: 1 };
    expect(() =>
      applyJsonPatch(document, [
        { op: 'add', path: '/b', value: 1 },
        { op: 'test', path: '/a', value: 2 },
      ]),
    ).toThrow('testing value /a failed: test failed');
    expect(() => applyJsonPatch(document, [{ op: 'remove', path: '/x' }])).toThrow('nonexistent key: x');
    expect(document).toEqual({ a: 1 });
  });

  test('that doubles its document again and again is refused', () => {
    const patch = Array.from({ length: 60 }, (_, index) => ({ op: 'copy', from: '', path: `/k${index}` }));
    expect(() => applyJsonPatch({ a: [1, 2, 3] }, patch)).toThrow(
      'Unable to complete the copy, the accumulated size increase of copy is',
    );
  });
});

test('a merge patch removes with null and replaces lists', () => {
  expect(applyMergePatch({ a: { b: 1, c: 2 }, l: [1] }, { a: { b: null, d: 3 }, l: [2] })).toEqual({
    a: { c: 2, d: 3 },
    l: [2],
  });
});

describe('a strategic patch', () => {
  test('merges long lists in little time', () => {
    const names = (from: number): string[] => Array.from({ length: 50_000 }, (_, index) => `n${from + index}`);
    const schema = {
      element: undefined,
      fields: new Map([
        ['set', { schema: NO_FIELDS, patchStrategies: ['merge'], patchMergeKey: undefined }],
        ['map', { schema: NO_FIELDS, patchStrategies: ['merge'], patchMergeKey: 'name' }],
      ]),
    };
    const named = (from: number) => names(from).map((name) => ({ name }));
    const document = { set: names(0), map: named(0) };
    const removed = names(0).map((name) => ({ name, $patch: 'delete' }));
    const patch = { set: names(25_000), map: [...removed, ...named(50_000)] };
    const patched = applyStrategicPatch(document, patch, schema);
    expect(new Set(patched.set as string[])).toEqual(new Set([...names(0), ...names(25_000)]));
    expect(patched.map).toEqual(named(50_000));
  });

  test('merges lists by key and keeps what it does not name', () => {
    const patched = applyStrategicPatch(
      { containers: containers('a', 'b') },
      { containers: [{ name: 'b', image: 'b:2' }, { name: 'c' }] },
      podSpec,
    );
    expect(patched.containers).toEqual([{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:2' }, { name: 'c' }]);
  });

  test('deletes and replaces by directive', () => {
    expect(
      applyStrategicPatch(
        { containers: containers('a', 'b') },
        { containers: [{ name: 'a', $patch: 'delete' }] },
        podSpec,
      ).containers,
    ).toEqual(containers('b'));
    expect(
      applyStrategicPatch(
        { containers: containers('a', 'b') },
        { containers: [{ $patch: 'replace' }, { name: 'z' }] },
        podSpec,
      ).containers,
    ).toEqual([{ name: 'z' }]);
    expect(
      applyStrategicPatch(
        { securityContext: { runAsUser: 1 } },
        { securityContext: { $patch: 'replace', fsGroup: 2 } },
        podSpec,
      ),
    ).toEqual({ securityContext: { fsGroup: 2 } });
  });

  test('retains only the keys that it names', () => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    const patch = { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] };
    expect(applyStrategicPatch({ volumes }, patch, podSpec).volumes).toEqual([
      { name: 'v', secret: { secretName: 's' } },
    ]);
  });

  test('orders lists and removes from lists of plain values', () => {
    const ordered = applyStrategicPatch(
      { containers: containers('a', 'b') },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }], containers: [{ name: 'c' }] },
      podSpec,
    );
    expect((ordered.containers as { name: string }[]).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    const meta = namedSchema('meta/v1.ObjectMeta');
    expect(
      applyStrategicPatch({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, meta),
    ).toEqual({ finalizers: ['b'] });
  });

  // Each is what k8s.io/apimachinery's StrategicMergePatch makes of it.
  const inOrder = (...names: string[]) => names.map((name) => ({ name }));
  test.each([
    [{ containers: inOrder('d') }, 'dabc'],
    [{ containers: inOrder('c', 'a') }, 'bca'],
    [{ '$setElementOrder/containers': inOrder('c', 'd', 'a'), containers: inOrder('d') }, 'bcda'],
    [{ containers: [{ name: 'b', $patch: 'delete' }, { name: 'd' }] }, 'dac'],
    [{ containers: inOrder('d', 'b', 'e') }, 'dabec'],
  ])('puts what is new before what it does not name: %j', (patch, expected) => {
    const patched = applyStrategicPatch({ containers: inOrder('a', 'b', 'c') }, patch, podSpec);
    expect((patched.containers as { name: string }[]).map(({ name }) => name).join('')).toBe(expected);
  });

  test.each([
    [{ finalizers: ['d', 'a'] }, 'dabc'],
    [{ finalizers: ['d'], '$deleteFromPrimitiveList/finalizers': ['b'] }, 'dac'],
    [{ '$setElementOrder/finalizers': ['c', 'a'], '$deleteFromPrimitiveList/finalizers': ['b'] }, 'ca'],
  ])('and so with plain values: %j', (patch, expected) => {
    const patched = applyStrategicPatch({ finalizers: ['a', 'b', 'c'] }, patch, namedSchema('meta/v1.ObjectMeta'));
    expect((patched.finalizers as string[]).join('')).toBe(expected);
  });

  test('atomic lists are replaced', () => {
    expect(applyStrategicPatch({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, podSpec)).toEqual({
      tolerations: [{ key: 'b' }],
    });
  });
});

describe('typed values', () => {
  const ports = (...numbers: number[]) => ({
    containers: [{ name: 'a', ports: numbers.map((containerPort) => ({ containerPort })) }],
  });

  test('a configuration owns its list items by their keys, with defaults', () => {
    const set = fieldSetOf(podSpec, ports(80));
    const paths = [...membersOf(set)].map(formatPath);
    expect(paths).toContain('.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort');
  });

  test('merging keeps what the configuration does not say, in an order that respects both', () => {
    const merged = mergeTyped(
      podSpec,
      { containers: containers('x', 'a', 'y'), dnsPolicy: 'Default' },
      { containers: [{ name: 'y' }, { name: 'a', image: 'a:2' }] },
    ) as { containers: { name: string; image: string }[] };
    expect(merged.containers.map(({ name }) => name)).toEqual(['x', 'y', 'a']);
    expect(merged.containers[2]?.image).toBe('a:2');
  });

  test('a comparison finds what changed and what went', () => {
    const { changed, removed } = compareFields(
      podSpec,
      { containers: containers('a', 'b'), hostNetwork: true },
      { containers: [{ name: 'a', image: 'a:2' }] },
    );
    expect([...membersOf(changed)].map(formatPath)).toEqual(['.containers[name="a"].image']);
    expect([...membersOf(removed)].map(formatPath)).toEqual([
      '.hostNetwork',
      '.containers[name="b"]',
      '.containers[name="b"].image',
      '.containers[name="b"].name',
    ]);
    expect(removeFields(podSpec, { containers: containers('a', 'b') }, removed)).toEqual({
      containers: containers('a'),
    });
  });

  test('sets unite, subtract and intersect by member', () => {
    const a = fieldSetOf(podSpec, { containers: containers('a'), hostNetwork: true });
    const b = fieldSetOf(podSpec, { containers: containers('b'), hostNetwork: true });
    expect(subtractSets(unionSets(a, b), b)).toEqual(subtractSets(a, b));
    expect([...membersOf(intersectSets(a, b))].map(formatPath)).toEqual(['.hostNetwork']);
  });
});
