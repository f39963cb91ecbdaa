/**
 * The flags of `helm template` v4.3, all of them, and ours. Those that only an install could heed are taken and have no
 * effect, as in Helm. A cluster of a Drydock server is named by --cluster, any other by the flags of Helm's Kubernetes
 * client.
 */
import type { FlagSpec } from './go-flags.ts';
import { LIMIT_FLAGS } from './limit-flags.ts';

const NO_EFFECT = 'no effect here, as in Helm';
const NOTES = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/** Which chart, and how its server is talked to. Shared with `drydock dependency`. */
export const SERVER_FLAGS: readonly FlagSpec[] = [
  { name: 'ca-file', kind: 'string', help: 'CA bundle to check certificates of servers with' },
  { name: 'cert-file', kind: 'string', help: 'certificate to show to servers' },
  { name: 'insecure-skip-tls-verify', kind: 'bool', help: 'do not check certificates of servers' },
  { name: 'key-file', kind: 'string', help: 'key of --cert-file' },
  { name: 'keyring', kind: 'string', help: 'public keys for --verify' },
  { name: 'password', kind: 'string', help: 'password at the chart repository' },
  { name: 'plain-http', kind: 'bool', help: 'HTTP without TLS for OCI registries' },
  { name: 'username', kind: 'string', help: 'name at the chart repository' },
  { name: 'verify', kind: 'bool', help: 'check the signature of the package' },
];

/** Helm's global flags, and ours. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', kind: 'string', help: 'namespace of the release' },
  { name: 'debug', kind: 'bool', help: 'print what was rendered even when it is wrong' },
  { name: 'data', kind: 'string', help: 'folder of all state' },
  { name: 'server', kind: 'string', help: 'server to talk to' },
  { name: 'cluster', kind: 'string', help: 'cluster of the server for --dry-run=server' },
  { name: 'kube-context', kind: 'string', help: 'context of the kubeconfig; without one, as --cluster' },
  { name: 'registry-config', kind: 'string', help: "file of the logins of Helm's OCI registries" },
  { name: 'repository-cache', kind: 'string', help: 'folder of cached repository indexes' },
  { name: 'repository-config', kind: 'string', help: "file of Helm's repositories" },
  { name: 'content-cache', kind: 'string', help: `(${NO_EFFECT})` },
  { name: 'burst-limit', kind: 'int', help: '(no effect)' },
  { name: 'qps', kind: 'float32', help: '(no effect)' },
  { name: 'color', kind: 'string', help: '(no effect)' },
  { name: 'colour', kind: 'string', help: '(no effect)' },
  { name: 'kubeconfig', kind: 'string', help: 'file of the cluster for --dry-run=server' },
  { name: 'kube-apiserver', kind: 'string', help: 'URL of the cluster' },
  { name: 'kube-as-group', kind: 'stringArray', help: 'group of --kube-as-user (several)' },
  { name: 'kube-as-user', kind: 'string', help: 'user that the cluster is to take us for' },
  { name: 'kube-ca-file', kind: 'string', help: "CA bundle to check the cluster's certificate with" },
  { name: 'kube-insecure-skip-tls-verify', kind: 'bool', help: "do not check the cluster's certificate" },
  { name: 'kube-tls-server-name', kind: 'string', help: "name in the cluster's certificate" },
  { name: 'kube-token', kind: 'string', help: 'token for the cluster' },
];

export const TEMPLATE_FLAGS: readonly FlagSpec[] = [
  ...GLOBAL_FLAGS,
  ...SERVER_FLAGS,
  ...LIMIT_FLAGS,
  { name: 'api-versions', short: 'a', kind: 'strings', help: 'further API versions of .Capabilities (several)' },
  { name: 'dependency-update', kind: 'bool', help: 'bring dependencies that are missing' },
  { name: 'devel', kind: 'bool', help: "pre-releases, too: --version '>0.0.0-0'" },
  { name: 'disable-openapi-validation', kind: 'bool', help: 'with --dry-run=server, do not check objects' },
  { name: 'dry-run', kind: 'string', bare: 'unset', help: 'client (the default), or server: with a cluster' },
  { name: 'enable-dns', kind: 'bool', help: 'let getHostByName look hosts up' },
  { name: 'generate-name', short: 'g', kind: 'bool', help: 'NAME is left out' },
  { name: 'include-crds', kind: 'bool', help: 'print CRDs, too' },
  { name: 'is-upgrade', kind: 'bool', help: 'render as for an upgrade' },
  { name: 'kube-version', kind: 'string', help: 'Kubernetes version of .Capabilities' },
  { name: 'labels', short: 'l', kind: 'stringToString', help: `labels of the release (${NO_EFFECT})` },
  { name: 'name-template', kind: 'string', help: 'template of the name of the release' },
  { name: 'no-hooks', kind: 'bool', help: 'leave hooks out' },
  { name: 'output-dir', kind: 'string', help: 'write to files in a folder' },
  { name: 'pass-credentials', kind: 'bool', help: 'send name and password to all servers' },
  { name: 'post-renderer', kind: 'string', help: 'program that changes what was rendered, on stdin, to its stdout' },
  { name: 'post-renderer-args', kind: 'stringArray', help: 'an argument of the post-renderer (several)' },
  { name: 'release-name', kind: 'bool', help: 'have the name of the release in the folder of --output-dir' },
  { name: 'repo', kind: 'string', help: 'URL of the repository that CHART is in' },
  { name: 'set', kind: 'stringArray', help: 'a value (several, or separated by commas)' },
  { name: 'set-file', kind: 'stringArray', help: 'a value from a file' },
  { name: 'set-json', kind: 'stringArray', help: 'a value in JSON' },
  { name: 'set-literal', kind: 'stringArray', help: 'a value that is a string as it stands' },
  { name: 'set-string', kind: 'stringArray', help: 'a value that is a string' },
  { name: 'show-only', short: 's', kind: 'stringArray', help: 'print only what a template made (several)' },
  { name: 'skip-crds', kind: 'bool', help: 'with --dry-run=server, do not warn of CRDs' },
  { name: 'skip-schema-validation', kind: 'bool', help: 'do not check values against values.schema.json' },
  { name: 'skip-tests', kind: 'bool', help: 'leave tests out' },
  { name: 'take-ownership', kind: 'bool', help: 'with --dry-run=server, take objects of others' },
  { name: 'values', short: 'f', kind: 'strings', help: 'values in a YAML file, at a URL, or - for stdin (several)' },
  { name: 'version', kind: 'string', help: 'version of the chart, exact or a range (default: the latest)' },
  { name: 'create-namespace', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'description', kind: 'string', help: `(${NO_EFFECT})` },
  { name: 'force-conflicts', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'force-replace', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'replace', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'rollback-on-failure', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'server-side', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'timeout', kind: 'duration', help: `(${NO_EFFECT})` },
  { name: 'wait', kind: 'string', bare: 'watcher', check: checkWait, help: `(${NO_EFFECT})` },
  { name: 'wait-for-jobs', kind: 'bool', help: `(${NO_EFFECT})` },
  { name: 'atomic', kind: 'bool', help: '', deprecated: 'use --rollback-on-failure instead' },
  { name: 'force', kind: 'bool', help: '', deprecated: 'use --force-replace instead' },
  { name: 'hide-notes', kind: 'bool', help: '', deprecated: NOTES },
  { name: 'render-subchart-notes', kind: 'bool', help: '', deprecated: NOTES },
  { name: 'validate', kind: 'bool', help: '', deprecated: "use '--dry-run=server' instead" },
];

/** Flags that exclude each other. */
export const TEMPLATE_GROUPS: readonly (readonly string[])[] = [
  ['force', 'force-conflicts'],
  ['force-replace', 'force-conflicts'],
  ['validate', 'dry-run'],
];

function checkWait(value: string): string | undefined {
  if (/^(?:watcher|hookOnly|legacy|true|false)$/.test(value)) return undefined;
  return `invalid wait input ${JSON.stringify(value)}. Valid inputs are watcher, hookOnly, and legacy`;
}
