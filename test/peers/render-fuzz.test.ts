/**
 * Random charts, rendered by Helm's own engine and by ours: the same bytes, or the same error text. The seed is new in
 * each run and printed; FUZZ_SEED sets it. FUZZ_SECONDS says for how long, 0 turns it off.
 */
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemplateCase } from '../conformance/templates.ts';
import { type Comparison, type EngineComparison, startEngineComparison } from './support/engine-comparison.ts';
import { randomCase } from './support/random-templates.ts';
import { smallestCase } from './support/smallest-case.ts';

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const seconds = Number(process.env.FUZZ_SECONDS ?? 60);
/** Cases that are in the peers' hands at once. */
const BATCH = 100;
/** Failures that are made small and shown. */
const SHOWN = Number(process.env.FUZZ_FAILURES ?? 5);
/** Charts that may end at a limit of ours where Helm ends by itself: more of them would hide what is wrong. */
const LIMITED = 3;
/** Candidates between two looks at the clock. */
const FEW = 8;
/** For making all failures small, in milliseconds. */
const SHRINKING = 60_000;
/** What a batch of cases that do not end, and making failures small, may add: in milliseconds. */
const GRACE = 180_000;

describe.skipIf(seconds === 0)(`random charts with FUZZ_SEED=${seed} (skipped with FUZZ_SECONDS=0)`, () => {
  let engines: EngineComparison;

  beforeAll(() => {
    engines = startEngineComparison();
  });

  afterAll(() => engines?.stop());

  async function differ(cases: readonly TemplateCase[]): Promise<boolean[]> {
    return (await engines.compare(cases)).map(({ isEqual, isLimit }) => !isEqual && !isLimit);
  }

  /** The same with an end: a candidate at which Helm ends takes 5 seconds, and there are many. */
  function differUntil(end: number): (cases: readonly TemplateCase[]) => Promise<boolean[]> {
    return async (cases) => {
      const found: boolean[] = [];
      for (let i = 0; i < cases.length; i += FEW) {
        const few = cases.slice(i, i + FEW);
        found.push(...(Date.now() > end ? few.map(() => false) : await differ(few)));
      }
      return found;
    };
  }

  /**
   * Whether it still fails, and Helm still says the same: a text with the time of day in it is another a second later,
   * one with an address in memory is another in another process.
   */
  async function fails({ item, helm, detail }: Comparison): Promise<boolean> {
    if (helm === 'hung' || detail.startsWith('Drydock: ')) return true;
    engines.restartHelm();
    const again = await engines.compare([item, item, item]);
    return again.every((each) => !each.isEqual && isDeepStrictEqual(each.helm, helm));
  }

  /** The case made small, unless each try would take as long as it is waited for. */
  async function shown({ item, detail, helm }: Comparison, end: number): Promise<{ text: string; line: string }> {
    const doesEnd = helm !== 'hung' && !detail.startsWith('Drydock: ');
    const small = doesEnd ? await smallestCase(item, differUntil(end)) : item;
    const again = doesEnd ? (await engines.compare([small]))[0] : undefined;
    const answer = typeof again?.helm === 'object' ? again.helm : {};
    return {
      text: `FUZZ_SEED=${item.id.replace('seed-', '')}\n${JSON.stringify(small, undefined, 1)}\n${again?.detail ?? detail}`,
      line: `${JSON.stringify({ ...small, ...answer })}\n`,
    };
  }

  it('render as Helm renders them', { timeout: seconds * 1000 + GRACE }, async () => {
    const failures: Comparison[] = [];
    let [rendered, refused, unstable] = [0, 0, 0];
    const unanswered: string[] = [];
    const limited: string[] = [];
    const end = Date.now() + seconds * 1000;
    for (let next = seed; Date.now() < end && failures.length < SHOWN; next += BATCH) {
      const cases = Array.from({ length: BATCH }, (_, index) => randomCase((next + index) | 0));
      for (const result of await engines.compare(cases)) {
        rendered++;
        if (result.helm === 'unstable') unstable++;
        if (result.helm === 'none') unanswered.push(result.item.id);
        if (typeof result.helm === 'object' && result.helm.error !== undefined) refused++;
        if (result.isLimit) limited.push(`${result.item.id}: ${result.detail.slice(-200)}`);
        else if (!result.isEqual && failures.length < SHOWN) {
          if (await fails(result)) {
            console.log(`${result.item.id}: ${result.detail.slice(0, 500)}`);
            failures.push(result);
          } else unstable++;
        }
      }
    }
    console.log(
      `FUZZ_SEED=${seed}: ${rendered} charts, of which Helm refuses ${refused}; ${unstable} not repeatable; Helm ended at ${unanswered.length} ${unanswered.join(' ')}`,
    );
    console.log(`Ended at a limit where Helm ends by itself: ${limited.length}\n${limited.join('\n')}`);
    const shrinkEnd = Date.now() + SHRINKING;
    const texts: string[] = [];
    const lines: string[] = [];
    for (const failure of failures) {
      const { text, line } = await shown(failure, shrinkEnd);
      texts.push(text);
      lines.push(line);
    }
    if (process.env.FUZZ_OUT !== undefined) writeFileSync(process.env.FUZZ_OUT, lines.join(''));
    expect(rendered).toBeGreaterThan(0);
    expect(texts.join('\n\n')).toBe('');
    expect(limited.length, limited.join('\n')).toBeLessThanOrEqual(LIMITED);
  });
});
