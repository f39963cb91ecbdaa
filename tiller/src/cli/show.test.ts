import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDirectory, packageChart } from '@drydock/charts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from './capture-output.ts';
import { run } from './show.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-show-'));
  const files: Record<string, string> = {
    'Chart.yaml': 'version: 1.0.0\nname: web\napiVersion: v1\nkeywords: []\nannotations: {b: x, a: "y"}\n',
    'requirements.yaml': 'dependencies: [{name: db, version: ~1, repository: ""}]\n',
    'values.yaml': '# kept\na: 1\n',
    'ReadMe.md': '# Web\n',
    'crds/a.yaml': '---\nkind: A\n',
    'crds/b.json': '{}',
    'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.2.3\n',
    'charts/db/crds/c.yml': 'kind: C\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'web', name)), { recursive: true });
    writeFileSync(join(folder, 'web', name), text);
  }
  writeFileSync(join(folder, 'web.tgz'), packageChart(loadDirectory(join(folder, 'web'))));
});
afterAll(() => rmSync(folder, { recursive: true }));

const definition = `annotations:
  a: "y"
  b: x
apiVersion: v1
dependencies:
- name: db
  repository: ""
  version: ~1
name: web
version: 1.0.0

`;
const crds = '---\nkind: A\n\n---\n{}\n---\nkind: C\n\n';

describe('drydock show', () => {
  it.each([
    ['chart', definition],
    ['values', '# kept\na: 1\n\n'],
    ['readme', '# Web\n\n'],
    ['crds', crds],
    ['all', `${definition}---\n# kept\na: 1\n\n---\n# Web\n\n${crds}`],
  ])('%s prints what helm show prints, of a folder and of an archive', async (part, text) => {
    expect(await captureOutput(() => run([part, join(folder, 'web')]))).toBe(text);
    expect(await captureOutput(() => run([part, join(folder, 'web.tgz')]))).toBe(text);
  });

  it('tells of its parts, and refuses charts that are nowhere', async () => {
    expect(await captureOutput(() => run(['notes', folder]))).toContain('drydock show PART CHART');
    await expect(run(['all', './nowhere'])).rejects.toThrow('path "./nowhere" not found');
  });
});
