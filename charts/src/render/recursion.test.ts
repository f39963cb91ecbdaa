/** A template that calls itself without end is refused with Go's words, where the innermost call is. */
import { expect, it } from 'vitest';
import { chartFromFiles } from '../chart/archive.ts';
import { renderFiles } from './render.ts';

const own = '{{ define "a" }}{{ template "a" . }}{{ end }}';
const innermost =
  'c/templates/a.yaml:1:28\n  executing "a" at <{{template "a" .}}>:\n    exceeded maximum template depth (100000)';

it.each([
  [`${own}{{ template "a" . }}`, innermost],
  [
    `${own}{{ include "a" . }}`,
    `c/templates/a.yaml:1:48\n  executing "c/templates/a.yaml" at <include "a" .>:\n    error calling include:\n${innermost}`,
  ],
])('%s', (template, expected) => {
  const chart = chartFromFiles([
    { name: 'Chart.yaml', data: Buffer.from('apiVersion: v2\nname: c\nversion: 1.0.0\n') },
    { name: 'templates/a.yaml', data: Buffer.from(template) },
  ]);
  expect(() => renderFiles(chart, { release: { name: 'r', namespace: 'n' } })).toThrow(expected);
});
