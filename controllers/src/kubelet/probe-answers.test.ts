import { describe, expect, test } from 'vitest';
import type { Container, Probe } from '../apimachinery/kinds.ts';
import { ALWAYS, NEVER, probeAnswer } from './probe-answers.ts';
import { EMPTY_WORLD } from './world/world.ts';

function answer(script: string | undefined, probe: Probe, container: Partial<Container> = {}) {
  const command = script === undefined ? {} : { command: ['sh', '-c', script] };
  return probeAnswer({ name: 'main', image: 'app:1', ...command, ...container }, probe, () => EMPTY_WORLD);
}

const exec = (...command: string[]): Probe => ({ exec: { command } });
const FOREVER = Number.POSITIVE_INFINITY;

describe('what a probe finds', () => {
  test.each([
    [
      'touch /tmp/health; sleep 10; rm -rf /tmp/health; sleep 600',
      exec('cat', '/tmp/health'),
      { from: 0, until: 10_000 },
    ],
    ['sleep 5; echo up > /tmp/up; sleep 600', exec('test', '-f', '/tmp/up'), { from: 5000, until: FOREVER }],
    ['sleep 600', exec('cat', '/tmp/health'), NEVER],
    ['sleep 600', exec('sh', '-c', 'exit 1'), NEVER],
    ['sleep 600', exec('/bin/true'), ALWAYS],
    [undefined, exec('/bin/false'), NEVER],
    ['sleep 600', { ...exec('sleep', '10'), timeoutSeconds: 5 }, NEVER],
    ['sleep 600', { ...exec('sleep', '1'), timeoutSeconds: 5 }, ALWAYS],
  ])('is seen from the files of the container: %s', (script, probe, expected) => {
    expect(answer(script, probe)).toEqual(expected);
  });

  test('is yes where nothing is known of the container or of the probe', () => {
    expect(answer(undefined, exec('cat', '/tmp/health'))).toEqual(ALWAYS);
    expect(answer('java -jar app.jar', exec('cat', '/tmp/health'))).toEqual(ALWAYS);
    expect(answer('sleep 600', exec('curl', 'localhost'))).toEqual(ALWAYS);
    expect(answer('sleep 600', { httpGet: { port: 80, path: '/healthz' } })).toEqual(ALWAYS);
  });

  test("turns with the servers of Kubernetes' own test image", () => {
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
    const http: Probe = { httpGet: { port: 8080, path: '/healthz' } };
    expect(answer(undefined, http, { image, args: ['liveness'] })).toEqual({ from: 0, until: 10_000 });
    expect(answer(undefined, http, { image, args: ['netexec'] })).toEqual(ALWAYS);
    const args = ['grpc-health-checking', '--delay-unhealthy-sec=5'];
    expect(answer(undefined, { grpc: { port: 5000 } }, { image, args })).toEqual({ from: 0, until: 5000 });
  });
});
