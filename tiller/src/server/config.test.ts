import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { parseDuration } from './duration.ts';

test('flags win over the environment, and that over defaults', () => {
  expect(readConfig({}, {})).toMatchObject({ host: '127.0.0.1', port: 8080, clockRate: 1 });
  expect(readConfig({}, { DRYDOCK_LISTEN: ':9000', DRYDOCK_CLOCK_RATE: '60' })).toMatchObject({
    port: 9000,
    clockRate: 60,
  });
  expect(readConfig({ listen: '[::1]:0' }, { DRYDOCK_LISTEN: ':9000' })).toMatchObject({ host: '::1', port: 0 });
});

test('what is no address or rate is refused', () => {
  for (const listen of ['nonsense', 'host:99999', ':', 'a:b:1']) {
    expect(() => readConfig({ listen }, {})).toThrow('is not HOST:PORT');
  }
  for (const clockRate of ['fast', '-1', '']) expect(() => readConfig({ clockRate }, {})).toThrow('clock rate');
});

test('renders on threads where that is asked for, for as long as is said', () => {
  expect(readConfig({}, { DRYDOCK_MAX_RENDER_SECONDS: '5' }).renderThreads).toBeUndefined();
  const secondsOf = (seconds: string | undefined, env = {}) =>
    readConfig({ renderThreads: { seconds } }, env).renderThreads?.seconds;
  expect(secondsOf(undefined)).toBe(30);
  expect(secondsOf(undefined, { DRYDOCK_MAX_RENDER_SECONDS: '5' })).toBe(5);
  expect(secondsOf('2.5', { DRYDOCK_MAX_RENDER_SECONDS: '5' })).toBe(2.5);
  for (const seconds of ['0', '-1', 'x', '1e3', '86401', '30s']) {
    expect(() => secondsOf(seconds)).toThrow(`the limit "${seconds}" of --max-render-seconds is not a number`);
  }
});

test('reads durations as Go writes them, and days', () => {
  expect(parseDuration('5m0s')).toBe(300_000);
  expect(parseDuration('1h30m')).toBe(5_400_000);
  expect(parseDuration('1.5s')).toBe(1500);
  expect(parseDuration('250ms')).toBe(250);
  expect(parseDuration('30d')).toBe(2_592_000_000);
  expect(parseDuration(1000)).toBe(1000);
  for (const wrong of ['', '5', 'm', '-5m', '5 m', 'five', -1, Number.NaN, null]) {
    expect(() => parseDuration(wrong)).toThrow('is not a duration');
  }
});
