/** The comparison of recorded answers, and the recorded answers themselves where they are at hand. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AdmissionCase, readAdmissionCases, runAdmissionCases } from './admission.ts';
import { explainDifference } from './admission-compare.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(resolve(root, process.env.DRYDOCK_SHARED ?? '../shared'), 'kubernetes');

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
const STATUS = {
  kind: 'Status',
  reason: 'Invalid',
  message: 'no',
  details: {
    causes: [
      { field: 'a', message: 'x', reason: 'R' },
      { field: 'b', message: 'y', reason: 'R' },
    ],
  },
};

describe('the comparison of answers', () => {
  it('leaves masked values and managers out', () => {
    const wanted = { metadata: { uid: '<masked>', name: 'a-<masked>', labels: { a: 'b' } } };
    const got = { metadata: { uid: '1', name: 'a-xyz', labels: { a: 'b' }, managedFields: [] } };
    expect(explainDifference({ status: 201, response: wanted }, { status: 201, body: got })).toBeUndefined();
  });

  it('tells of what is missing, extra or other, and of another status', () => {
    const compare = (response: unknown, body: unknown) =>
      explainDifference({ status: 201, response }, { status: 201, body });
    expect(compare({ a: { b: 1 } }, { a: {} })).toBe('.a.b is missing');
    expect(compare({ a: {} }, { a: { b: 1 } })).toBe('.a.b is extra');
    expect(compare({ a: [1, 2] }, { a: [1] })).toBe('.a: 1 items, not 2');
    expect(compare({ a: '1' }, { a: 1 })).toBe('.a: 1, not "1"');
    expect(explainDifference({ status: 201, response: {} }, { status: 409, body: { message: 'there' } })).toBe(
      'status 409, not 201: "there"',
    );
  });

  it('compares the message and the causes of an error, in any order', () => {
    const turned = { ...STATUS, details: { causes: [...STATUS.details.causes].reverse() } };
    expect(explainDifference({ status: 422, response: STATUS }, { status: 422, body: turned })).toBeUndefined();
    const other = { ...STATUS, message: 'yes' };
    expect(explainDifference({ status: 422, response: STATUS }, { status: 422, body: other })).toBe(
      '.message: "yes", not "no"',
    );
  });
});

describe('the run of cases', () => {
  it('stores what is there before, and finds a wrong answer', async () => {
    const path = '/api/v1/namespaces/demo/configmaps/a';
    const patch: Omit<AdmissionCase, 'status' | 'response'> = {
      id: 'patch',
      gvk: 'v1/ConfigMap',
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      request: { data: { k: 'v' } },
      existing: { ...MAP, metadata: { name: 'a' } },
    };
    const meta = { name: 'a', namespace: 'demo', uid: '<masked>', creationTimestamp: '<masked>' };
    const response = { ...MAP, metadata: { ...meta, resourceVersion: '<masked>' }, data: { k: 'v' } };
    const results = await runAdmissionCases([
      { ...patch, status: 200, response },
      { ...patch, status: 200, response: { ...response, data: { k: 'w' } } },
    ]);
    expect(results.map(({ difference }) => difference)).toEqual([undefined, '.data.k: "v", not "w"']);
  });
});

describe('answers of a real API server to objects with mistakes', () => {
  it('are given here, too', async () => {
    const results = await runAdmissionCases(readAdmissionCases(join(root, 'test/conformance/answers.jsonl')));
    const failures = results.filter(({ difference }) => difference !== undefined);
    const told = failures.map(({ item, difference }) => `${item.id} ${item.gvk} ${item.case ?? ''}: ${difference}`);
    expect(told).toEqual([]);
    expect(results.length).toBeGreaterThan(400);
  });
});

const files = ['admission', 'invalid', 'crds'].map((name) => join(folder, `${name}.jsonl`));
const isPresent = files.every((file) => existsSync(file));

describe.skipIf(!isPresent)(
  `recorded answers of a real API server${isPresent ? '' : ' (no records beside the repository)'}`,
  () => {
    it('are given here, too: at least 99.5 %', async () => {
      const results = await runAdmissionCases(files.flatMap(readAdmissionCases));
      const failures = results.filter(({ difference }) => difference !== undefined);
      const told = failures.map(({ item, difference }) => `${item.id} ${item.gvk} ${item.case ?? ''}: ${difference}`);
      expect(failures.length / results.length, told.join('\n')).toBeLessThanOrEqual(0.005);
    });
  },
);
