import { expect, it } from 'vitest';
import { renderedObject } from './rendered-object.ts';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

it('takes objects and lists of objects as they are', () => {
  expect(renderedObject('web/a.yaml', configMap)).toBe(configMap);
  const list = { apiVersion: 'v1', kind: 'List', items: [configMap] };
  expect(renderedObject('web/a.yaml', list)).toBe(list);
});

it.each([
  [{ foo: 'bar' }, `Object 'Kind' is missing in '{"foo":"bar"}'`],
  [{ apiVersion: 'v1', kind: '' }, `Object 'Kind' is missing in '{"apiVersion":"v1","kind":""}'`],
  [{ kind: 'Pod' }, `Object 'apiVersion' is missing in '{"kind":"Pod"}'`],
  [{ kind: 3, apiVersion: 'v1' }, `kind must be text in '{"kind":3,"apiVersion":"v1"}'`],
  [{ kind: 'Pod', apiVersion: 1 }, `apiVersion must be text in '{"kind":"Pod","apiVersion":1}'`],
  [{ ...configMap, metadata: 'x' }, `metadata must be a mapping in`],
  [{ apiVersion: 'v1', kind: 'List', items: [configMap, null] }, 'expected an object, got null'],
  [{ apiVersion: 'v1', kind: 'List', items: [{ kind: 'Pod' }] }, `Object 'apiVersion' is missing in '{"kind":"Pod"}'`],
])('refuses %j, naming the template', (document, message) => {
  expect(() => renderedObject('web/a.yaml', document)).toThrow(`web/a.yaml: ${message}`);
});

it('shows the beginning of a large document only', () => {
  const refused = (): unknown => renderedObject('web/a.yaml', { text: 'x'.repeat(1000) });
  expect(refused).toThrow(/^.{0,260}\.\.\.'$/);
});
