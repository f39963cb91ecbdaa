/**
 * /healthz, /livez and /readyz (apiserver's server/healthz, v1.34): a simulated server is well when it answers.
 */
const COMMON = ['ping', 'log', 'etcd'];
const READY = ['etcd-readiness', 'informer-sync'];
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);
const LAST = [
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

const CHECKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/healthz', [...COMMON, ...HOOKS, ...LAST]],
  ['/livez', [...COMMON, ...HOOKS, ...LAST]],
  ['/readyz', [...COMMON, ...READY, ...HOOKS, ...LAST, 'shutdown']],
]);

/** Every path that has a check. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(
  [...CHECKS].flatMap(([root, checks]) => [root, ...checks.map((check) => `${root}/${check}`)]),
);

/** What is answered to one of them. */
export function healthText(path: string, query: URLSearchParams): string {
  const checks = CHECKS.get(path);
  if (checks === undefined || !query.has('verbose')) return 'ok';
  const excluded = query.getAll('exclude');
  const lines = checks.map((check) => `[+]${check} ${excluded.includes(check) ? 'excluded: ok' : 'ok'}`);
  return `${lines.join('\n')}\n${path.slice(1)} check passed\n`;
}
