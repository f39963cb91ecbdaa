import { expect, it } from 'vitest';
import { defaultLimits, parseLimits } from './limits.ts';

it('reads limits with the units of thousands', () => {
  expect(parseLimits({})).toEqual(defaultLimits);
  expect(parseLimits({ output: '2Ki', steps: '5M', depth: '' })).toEqual({
    outputBytes: 2048,
    steps: 5_000_000,
    depth: defaultLimits.depth,
  });
});

it('refuses what is no count, and names the flag', () => {
  for (const steps of ['0', '-1', '1.5', 'many', '1T', '999999999999999G']) {
    expect(() => parseLimits({ steps })).toThrow(`the limit "${steps}" of --max-render-steps is not a whole number`);
  }
});
