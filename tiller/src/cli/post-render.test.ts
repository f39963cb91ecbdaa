/** The post-renderer with real programs, as far as every system has them. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createPostRenderer, merge, split } from './post-render.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-post-render-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const files = new Map([
  [
    'c/templates/b.yaml',
    '# about b\nkind: B\nmetadata:\n  name: b # kept\n  annotations:\n    x: "1"\n---\nkind: B2\n',
  ],
  ['c/templates/a.yaml', 'kind: A\nmetadata: {name: a}\n'],
  ['c/templates/_part.yaml', 'kind: Part\n'],
  ['c/templates/empty.yaml', '# nothing\n'],
]);

describe('the stream of documents', () => {
  it('names the template of each, by file, and keeps comments', () => {
    const stream = merge(files);
    expect(stream.match(/^kind: .*$/gm)).toEqual(['kind: A', 'kind: B', 'kind: B2']);
    expect(stream).toContain('    postrenderer.helm.sh/postrender-filename: "c/templates/b.yaml"\n    x: "1"');
    expect(stream).toContain('name: b # kept');
  });

  it('comes back as it was where the program changes nothing', () => {
    const back = split(merge(files));
    expect([...back.keys()].sort()).toEqual(['c/templates/a.yaml', 'c/templates/b.yaml']);
    expect(back.get('c/templates/b.yaml')).toContain(
      '# about b\nkind: B\nmetadata:\n  name: b # kept\n  annotations:\n    x: "1"\n',
    );
    expect([...back.values()].join('')).not.toContain('postrenderer.helm.sh');
    expect(back.get('c/templates/a.yaml')).not.toContain('annotations');
  });

  it('gives documents of the program names of their own', () => {
    expect([...split('kind: New\nmetadata: {name: n}\n').keys()]).toEqual(['generated-by-postrender-0.yaml']);
  });
});

describe('the program', () => {
  it('gets its arguments, and changes what was rendered', () => {
    const render = createPostRenderer('sed', ['-e', 's/name: b/name: changed/']);
    expect(render(files).get('c/templates/b.yaml')).toContain('name: changed # kept');
  });

  it('must be there, succeed, and give something', () => {
    expect(() => createPostRenderer('no-such-program', [])).toThrow('unable to find binary at no-such-program');
    expect(() => createPostRenderer(script('fails', 'echo oh no >&2; exit 3'), [])(files)).toThrow(
      /error while running command .*fails\. error output:\noh no\n: exit status 3/,
    );
    expect(() => createPostRenderer(script('silent', 'cat > /dev/null'), [])(files)).toThrow('produced empty output');
    expect(() => createPostRenderer(script('junk', 'cat > /dev/null; echo "a: b: c"'), [])(files)).toThrow(
      'mapping values are not allowed',
    );
  });
});
