import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chartPackage } from '../chart-sources/served-registry.testing.ts';
import { replaceCharts } from './dependency-replace.ts';

let root: string;
let charts: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-replace-'));
  charts = join(root, 'charts');
  mkdirSync(join(charts, 'unpacked', 'templates'), { recursive: true });
  writeFileSync(join(charts, 'unpacked', 'templates', 'a.yaml'), 'a\n');
  writeFileSync(join(charts, 'db-1.0.0.tgz'), chartPackage({ name: 'db', version: '1.0.0' }));
  writeFileSync(join(charts, 'own-1.0.0.tgz'), chartPackage({ name: 'own', version: '1.0.0' }));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const db2 = chartPackage({ name: 'db', version: '2.0.0' });

it('puts packages in, takes outdated ones out, and keeps all else', () => {
  replaceCharts(charts, { packages: new Map([['db-2.0.0.tgz', db2]]), local: new Set(['own']) });
  expect(readdirSync(charts)).toEqual(['db-2.0.0.tgz', 'own-1.0.0.tgz', 'unpacked']);
  expect(readFileSync(join(charts, 'unpacked', 'templates', 'a.yaml'), 'utf8')).toBe('a\n');
  expect(readdirSync(root)).toEqual(['charts']);
});

it('changes nothing when a package is no chart', () => {
  const packages = new Map([
    ['db-2.0.0.tgz', db2],
    ['bad-1.0.0.tgz', new TextEncoder().encode('junk')],
  ]);
  expect(() => replaceCharts(charts, { packages, local: new Set() })).toThrow(
    'bad-1.0.0.tgz that was brought is no chart',
  );
  expect(readdirSync(charts)).toEqual(['db-1.0.0.tgz', 'own-1.0.0.tgz', 'unpacked']);
  expect(readdirSync(root)).toEqual(['charts']);
});

it('makes the folder where there is none, and follows a link to it', () => {
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(root, 'linked'));
  for (const folder of [join(root, 'fresh'), join(root, 'linked')]) {
    replaceCharts(folder, { packages: new Map([['db-2.0.0.tgz', db2]]), local: new Set() });
    expect(readdirSync(folder)).toEqual(['db-2.0.0.tgz']);
  }
  expect(readdirSync(elsewhere)).toEqual(['db-2.0.0.tgz']);
});
