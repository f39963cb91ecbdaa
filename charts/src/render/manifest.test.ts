import { describe, expect, it } from 'vitest';
import { sortManifests, splitManifests } from './manifest.ts';

describe('splitting a stream', () => {
  it('cuts at lines that begin with three dashes, whatever follows them, and drops empty documents', () => {
    expect(splitManifests('\n\n---\na: 1\n---  \n\n---\n  b: 2\n---c: 3')).toEqual(['a: 1\n', 'b: 2\n', 'c: 3']);
    expect(splitManifests('a: "x\n  ---\n  y"')).toEqual(['a: "x\n  ---\n  y"']);
    expect(splitManifests('------\na')).toEqual(['---\na']);
    expect(splitManifests(' \n\t')).toEqual([]);
  });
});

function sort(files: Record<string, string>): ReturnType<typeof sortManifests> {
  return sortManifests(new Map(Object.entries(files)));
}

describe('sorting manifests', () => {
  it('orders by kind, then by file and place in it; unknown kinds come last, by name', () => {
    const { manifests } = sort({
      'c/templates/b.yaml': 'kind: Zebra\n---\nkind: Service\nmetadata: {name: b}\n',
      'c/templates/a.yaml': 'kind: Deployment\n---\nkind: Service\nmetadata: {name: a}\n---\nkind: Apple\n',
      'c/templates/_partial.yaml': 'kind: Service\n',
    });
    expect(manifests.map(({ kind, name }) => `${kind} ${name}`.trim())).toEqual([
      'Service a',
      'Service b',
      'Deployment',
      'Apple',
      'Zebra',
    ]);
    expect(manifests[0]?.source).toBe('c/templates/a.yaml');
  });

  it('leaves out hooks of an unknown event, and says so', () => {
    const warnings: unknown[] = [];
    const text = 'kind: Pod\nmetadata: {annotations: {helm.sh/hook: "pre-install, nope"}}\n';
    const { manifests, hooks } = sortManifests(new Map([['a', text]]), (warning) => warnings.push(warning));
    expect([manifests, hooks]).toEqual([[], []]);
    expect(warnings).toEqual([
      { level: 'INFO', message: 'skipping unknown hooks', attributes: { hookTypes: 'pre-install, nope' } },
    ]);
  });

  it('keeps a document of comments, which has no object', () => {
    const { manifests } = sort({ a: '# nothing here\n' });
    expect(manifests.map(({ text, object }) => ({ text, object }))).toEqual([
      { text: '# nothing here\n', object: null },
    ]);
  });

  it('takes hooks out, with weight and policies', () => {
    const { manifests, hooks } = sort({
      a: 'kind: Job\nmetadata:\n  name: j\n  annotations:\n    helm.sh/hook: Pre-Install, post-upgrade\n    helm.sh/hook-weight: "-5"\n    helm.sh/hook-delete-policy: hook-succeeded,before-hook-creation\n    helm.sh/hook-output-log-policy: hook-failed\n',
    });
    expect(manifests).toEqual([]);
    expect(hooks[0]).toMatchObject({
      name: 'j',
      events: ['pre-install', 'post-upgrade'],
      weight: -5,
      deletePolicies: ['hook-succeeded', 'before-hook-creation'],
      outputLogPolicies: ['hook-failed'],
    });
  });

  it('drops a hook with an event that is not known, and reads test-success as test', () => {
    const hook = (events: string): string => `kind: Pod\nmetadata: {annotations: {helm.sh/hook: "${events}"}}\n`;
    const { manifests, hooks } = sort({ a: hook('crd-install'), b: hook('test-success'), c: hook('test,nonsense') });
    expect(manifests).toEqual([]);
    expect(hooks.map(({ source, events, weight }) => ({ source, events, weight }))).toEqual([
      { source: 'b', events: ['test'], weight: 0 },
    ]);
  });

  it.each([
    ['foo', 'json: cannot unmarshal string into Go value of type util.SimpleHead'],
    ['kind: [A]\n', 'json: cannot unmarshal array into Go struct field SimpleHead.kind of type string'],
    [
      'metadata: {annotations: [x]}\n',
      'json: cannot unmarshal array into Go struct field .metadata.annotations of type map[string]string',
    ],
    ['a: b: c\n', 'error converting YAML to JSON: yaml: mapping values are not allowed in this context'],
  ])('names the template that made %j', (text, message) => {
    expect(() => sort({ 'c/templates/a.yaml': text })).toThrow(`YAML parse error on c/templates/a.yaml: `);
    expect(() => sort({ 'c/templates/a.yaml': text })).toThrow(message);
  });
});
