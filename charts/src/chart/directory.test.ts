import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageChart } from './archive.ts';
import { loadChart, loadDirectory } from './directory.ts';

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-charts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

describe('loading a folder', () => {
  it('reads files in name order and leaves out what .helmignore says', () => {
    write({
      'Chart.yaml': chartYaml,
      '.helmignore': '\ufeff*.swp\nci/\n',
      'templates/b.yaml': 'b',
      'templates/a.yaml': 'a',
      'templates/a.swp': 'x',
      'templates/.hidden': 'x',
      'ci/values.yaml': 'x',
      'README.md': 'x',
    });
    const chart = loadDirectory(folder);
    expect(chart.templates.map(({ name }) => name)).toEqual(['templates/a.yaml', 'templates/b.yaml']);
    expect(chart.files.map(({ name }) => name)).toEqual(['.helmignore', 'README.md']);
  });

  it('follows links to files and folders, but not back into a folder that it is in', () => {
    write({ 'web/Chart.yaml': chartYaml, 'shared/a.yaml': 'a' });
    mkdirSync(join(folder, 'web/templates'));
    symlinkSync('../../shared/a.yaml', join(folder, 'web/templates/a.yaml'));
    symlinkSync('../shared', join(folder, 'web/more'));
    expect(loadDirectory(join(folder, 'web')).raw.map(({ name }) => name)).toEqual([
      'Chart.yaml',
      'more/a.yaml',
      'templates/a.yaml',
    ]);
    symlinkSync('..', join(folder, 'web/up'));
    expect(() => loadDirectory(join(folder, 'web'))).toThrow('leads back to a folder that it is in');
  });

  it('says so where a link leads nowhere', () => {
    write({ 'Chart.yaml': chartYaml });
    symlinkSync('absent', join(folder, 'x'));
    expect(() => loadDirectory(folder)).toThrow('error evaluating symlink x');
  });

  it('reads subcharts that are packages', () => {
    write({ 'db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n' });
    write({ 'web/Chart.yaml': chartYaml, 'web/charts/db-1.0.0.tgz': packageChart(loadDirectory(join(folder, 'db'))) });
    expect(loadDirectory(join(folder, 'web')).dependencies[0]?.metadata.name).toBe('db');
  });

  it('gives the same package wherever and whenever it is packed', () => {
    write({
      'a/Chart.yaml': chartYaml,
      'a/templates/x.yaml': 'x',
      'b/Chart.yaml': chartYaml,
      'b/templates/x.yaml': 'x',
    });
    expect(packageChart(loadDirectory(join(folder, 'a')))).toEqual(packageChart(loadDirectory(join(folder, 'b'))));
  });
});

describe('loading by path', () => {
  it('takes a folder or a package', () => {
    write({ 'web/Chart.yaml': chartYaml });
    writeFileSync(join(folder, 'web.tgz'), packageChart(loadChart(join(folder, 'web'))));
    expect(loadChart(join(folder, 'web.tgz')).metadata).toEqual(loadChart(join(folder, 'web')).metadata);
  });

  it('names the path in every error', () => {
    write({ 'values.yaml': 'a: 1\n', 'broken.tgz': new Uint8Array([0x1f, 0x8b, 0x08, 0, 0]), 'text.tgz': 'hello' });
    const path = (name: string): string => join(folder, name);
    expect(() => loadChart(path('absent'))).toThrow(path('absent'));
    expect(() => loadChart(folder)).toThrow(`unable to detect chart at ${path('Chart.yaml')}`);
    expect(() => loadChart(path('values.yaml'))).toThrow(
      `file '${path('values.yaml')}' seems to be a YAML file, but expected a gzipped archive`,
    );
    expect(() => loadChart(path('text.tgz'))).toThrow('does not appear to be a gzipped archive');
    expect(() => loadChart(path('broken.tgz'))).toThrow(
      `unable to load chart archive ${path('broken.tgz')}: unexpected EOF`,
    );
  });
});
