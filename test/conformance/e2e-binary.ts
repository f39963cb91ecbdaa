/**
 * Kubernetes' own end-to-end tests as a program: built by Go from the public module, with the version stamped in that a
 * release of it has. Building takes some minutes the first time, and nothing once it is there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/repository.ts';

/** The version in kubernetes-e2e/go.mod. */
const VERSION = 'v1.34.2';
const MODULE = join(REPOSITORY, 'test', 'conformance', 'kubernetes-e2e');

/** Answers the program's path. */
export function buildE2eBinary(): string {
  const cache = join(REPOSITORY, 'node_modules', '.cache', 'peers');
  const binary = join(cache, `kubernetes-e2e-${VERSION}`);
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const stamp = Object.entries({
    'k8s.io/component-base/version.gitVersion': VERSION,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '34',
    'k8s.io/component-base/version.gitTreeState': 'clean',
    'k8s.io/client-go/pkg/version.gitVersion': VERSION,
  }).map(([name, value]) => `-X ${name}=${value}`);
  const unfinished = `${binary}.${process.pid}`;
  // Neither symbols nor debugging information: they are half of the program and of the time to link it.
  const flags = ['-c', '-ldflags', ['-s', '-w', ...stamp].join(' '), '-o', unfinished, 'k8s.io/kubernetes/test/e2e'];
  execFileSync('go', ['test', ...flags], { cwd: MODULE, stdio: 'inherit' });
  renameSync(unfinished, binary);
  return binary;
}
