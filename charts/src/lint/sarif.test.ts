import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { validateSchema } from '../values/schema.ts';
import { parseValues } from '../values/values.ts';
import { formatSarif, lintChart } from './lint.ts';

// The schema of OASIS (2.1.0-rtm.5, draft 4), as the JSON schema store has it.
const schema = readFileSync(join(import.meta.dirname, 'testdata', 'sarif-2.1.0.schema.json'));

const folder = mkdtempSync(join(tmpdir(), 'drydock-sarif-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': '',
  'templates/a b.yaml':
    'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n',
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, 'web', name)), { recursive: true });
  writeFileSync(join(folder, 'web', name), text);
}

function problemsOf(log: string): string {
  return validateSchema(parseValues(log, 'log.json'), schema, { chart: 'sarif' });
}

describe('SARIF of lint', () => {
  const results = ['web', 'nowhere'].map((name) => lintChart(join(folder, name)));
  const log = formatSarif(results, { version: '1.2.3' });

  it('meets the schema of SARIF 2.1.0', () => {
    expect(results[0]?.findings.length).toBeGreaterThan(2);
    expect(results[1]?.failure).toBeDefined();
    expect(problemsOf(log)).toBe('');
  });

  it('would not meet it with a level or a line that SARIF does not know', () => {
    expect(problemsOf(log.replace('"level": "note"', '"level": "info"'))).toContain('level');
    expect(problemsOf(log.replace(/"startLine": \d+/, '"startLine": 0'))).toContain('startLine');
  });

  it('has each finding with its file, line and rule', () => {
    const { results: found } = JSON.parse(log).runs[0];
    expect(found).toContainEqual(
      expect.objectContaining({
        ruleId: 'removed-api',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: expect.stringMatching(/web\/templates\/a%20b\.yaml$/) },
              region: { startLine: 1 },
            },
          },
        ],
      }),
    );
  });
});
