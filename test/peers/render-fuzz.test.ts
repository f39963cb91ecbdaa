/**
 * Random charts, rendered by Helm's own engine and by ours: the same bytes, or the same error text. The seed is new in
 * each run and printed; FUZZ_SEED sets it. Runs where FUZZ_SECONDS says for how long: a new seed may find a
 * difference that the change under test did not cause.
 */
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTemplateCase, type TemplateCase, type TemplateResult } from '../conformance/templates.ts';
import { type HelmRenderer, startHelmRenderer } from './support/helm-renderer.ts';
import { randomCase } from './support/random-templates.ts';
import { smallestCase } from './support/smallest-case.ts';

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
/** Cases that are in the peer's hands at once. */
const BATCH = 100;
/** Failures that are made small and shown. */
const SHOWN = Number(process.env.FUZZ_FAILURES ?? 5);

describe.skipIf(seconds === 0)(`random charts with FUZZ_SEED=${seed} (skipped without FUZZ_SECONDS)`, () => {
  let helm: HelmRenderer;

  beforeAll(() => {
    helm = startHelmRenderer();
  });

  afterAll(() => helm?.stop());

  /** The result for each case; undefined where Helm gives something else each time. */
  async function compare(cases: readonly TemplateCase[]): Promise<(TemplateResult | undefined)[]> {
    const answers = await helm.render(cases);
    return cases.map((item, index) => {
      const answer = answers[index];
      return answer === undefined ? undefined : checkTemplateCase({ ...item, ...answer });
    });
  }

  async function differ(cases: readonly TemplateCase[]): Promise<boolean[]> {
    return (await compare(cases)).map((result) => result?.isEqual === false);
  }

  /** Whether it still fails: a text with the time of day in it is another a second later. */
  async function fails(item: TemplateCase): Promise<boolean> {
    const again = await compare([item, item, item]);
    return again.every((result) => result?.isEqual === false);
  }

  it('render as Helm renders them', { timeout: (seconds + 600) * 1000 }, async () => {
    const failures: { readonly item: TemplateCase; readonly detail: string }[] = [];
    let [rendered, failed, unstable] = [0, 0, 0];
    const end = Date.now() + seconds * 1000;
    for (let next = seed; Date.now() < end && failures.length < SHOWN; next += BATCH) {
      const cases = Array.from({ length: BATCH }, (_, index) => randomCase((next + index) | 0));
      const answers = await helm.render(cases);
      for (const [index, item] of cases.entries()) {
        const answer = answers[index];
        rendered++;
        if (answer === undefined) unstable++;
        else {
          if (answer.error !== undefined) failed++;
          const result = checkTemplateCase({ ...item, ...answer });
          if (!result.isEqual && (await fails(item)) && failures.length < SHOWN) {
            failures.push({ item, detail: result.detail });
          }
        }
      }
    }
    console.log(`FUZZ_SEED=${seed}: ${rendered} charts, of which Helm refuses ${failed}; ${unstable} not repeatable`);
    const shown: string[] = [];
    const lines: string[] = [];
    for (const { item } of failures) {
      const small = await smallestCase(item, differ);
      const [answer] = await helm.render([small]);
      const [result] = await compare([small]);
      lines.push(`${JSON.stringify({ ...small, ...answer })}\n`);
      shown.push(
        `FUZZ_SEED=${item.id.replace('seed-', '')}\n${JSON.stringify(small, undefined, 1)}\n${result?.detail}`,
      );
    }
    if (process.env.FUZZ_OUT !== undefined) writeFileSync(process.env.FUZZ_OUT, lines.join(''));
    expect(rendered).toBeGreaterThan(0);
    expect(shown.join('\n\n')).toBe('');
  });
});
