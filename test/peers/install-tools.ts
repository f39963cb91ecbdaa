/**
 * Brings the real tools that the peers tests compare with: looks on the PATH, and installs what is missing into a
 * cache folder by the means that the platform has (`go install` for helm, the system's packages for Chromium). Helm 4 is
 * `helm`, Helm 3 is `helm3`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const HELM = 'helm.sh/helm/v4/cmd/helm@v4.3.1';
const HELM_3 = 'helm.sh/helm/v3/cmd/helm@v3.19.4';

export function setup(): void {
  const bin = join(import.meta.dirname, '..', 'node_modules', '.cache', 'peers');
  mkdirSync(bin, { recursive: true });
  process.env.PATH = `${bin}:${process.env.PATH}`;
  if (!hasHelm()) {
    execFileSync('go', ['install', HELM], { env: { ...process.env, GOBIN: bin }, stdio: 'inherit' });
  }
  if (!isOnPath('helm3')) {
    // Both programs are named helm where they are built.
    const folder = join(bin, 'v3');
    execFileSync('go', ['install', HELM_3], { env: { ...process.env, GOBIN: folder }, stdio: 'inherit' });
    renameSync(join(folder, 'helm'), join(bin, 'helm3'));
  }
  if (!isOnPath('kubectl')) {
    throw new Error('kubectl is not on the PATH: install it (https://kubernetes.io/docs/tasks/tools/) and run again');
  }
  if (!isOnPath('chromium')) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  }
}

/** The recorded answers are those of Helm 4; another major would compare with something else. */
function hasHelm(): boolean {
  try {
    return execFileSync('helm', ['version', '--short'], { encoding: 'utf8' }).startsWith('v4.');
  } catch {
    return false;
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}
