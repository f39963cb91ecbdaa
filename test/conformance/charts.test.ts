/** Every chart of the shared corpus renders as Helm v4.3 rendered it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countEqual, readCases, renderCases } from './render-corpus.ts';

const shared = process.env.DRYDOCK_SHARED ?? resolve(fileURLToPath(import.meta.url), '../../../../shared');
const corpus = join(shared, 'charts');
const present = existsSync(join(corpus, 'cases.jsonl'));

describe.skipIf(!present)('the corpus of public charts (skipped where ../shared/charts is not there)', () => {
  it('renders byte for byte as Helm does, and fails where Helm fails with the same error', { timeout: 600_000 }, () => {
    const results = renderCases(corpus, readCases(corpus));
    const deterministic = results.filter((result) => result.case.deterministic);
    console.log(`charts: ${countEqual(results)}, deterministic: ${countEqual(deterministic)}`);
    const failed = results
      .filter(({ outcome }) => outcome !== 'equal')
      .map(({ case: item, detail }) => `${item.chart} ${item.case}: ${detail}`);
    expect(failed).toEqual([]);
  });
});
