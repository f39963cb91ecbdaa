/**
 * What well-known images run where a pod names no command of its own: servers, and the programs of Kubernetes' own test
 * images (test/images/agnhost v1.34). They run until they are stopped, also in a pod that is not restarted.
 */
import type { Container } from '../apimachinery/kinds.ts';

const SERVERS = new Set(['pause', 'nginx', 'httpd', 'redis', 'memcached', 'caddy', 'traefik', 'haproxy', 'etcd']);

/** The programs of agnhost that serve or wait; without an argument it pauses. */
const AGNHOST = new Set([
  'audit-proxy',
  'crd-conversion-webhook',
  'fake-gitserver',
  'grpc-health-checking',
  'guestbook',
  'inclusterclient',
  'liveness',
  'net',
  'netexec',
  'no-snat-test-proxy',
  'pause',
  'port-forward-tester',
  'porter',
  'resource-consumer-controller',
  'serve-hostname',
  'tcp-reset',
  'test-webserver',
  'webhook',
]);

/** Whether a container's image is known to run on by itself. */
export function runsOnByItself({ image = '', command = [], args = [] }: Container): boolean {
  const name = imageName(image);
  const [program = 'pause'] = args;
  if (name === 'agnhost') return isAgnhost(command) && AGNHOST.has(command[1] ?? program);
  return command.length === 0 && SERVERS.has(name);
}

/** The last part of an image's path, without tag and digest. */
export function imageName(image: string): string {
  const path = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
}

function isAgnhost(command: readonly string[]): boolean {
  return command.length === 0 || command[0] === '/agnhost';
}
