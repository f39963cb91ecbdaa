/**
 * Which cluster a command line means, and who asks it: --kubeconfig, --kube-context and the other flags of Helm's
 * Kubernetes client, $HELM_KUBE..., and the files that they lead to. Follows k8s.io/client-go/tools/clientcmd: the files
 * of $KUBECONFIG are merged, the first that names something wins, and paths in a file are relative to it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type JsonValue, parseYamlDocuments } from '@drydock/charts';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { inClusterAccess, isInCluster, SERVICE_ACCOUNT } from './in-cluster.ts';
import { proxyOf } from './proxy-url.ts';
import { reasonOf } from './value-files.ts';

/** A server, and what proves to it who we are. */
export interface KubeAccess {
  /** e.g. `https://10.0.0.1:6443` */
  readonly server: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  /** A program that answers with a token or a certificate. */
  readonly exec?: ExecPlugin;
  readonly insecure: boolean;
  /** The proxy that leads to the server. */
  readonly proxy?: URL;
  /** The name that the server's certificate must have; absent, that of its URL. */
  readonly tlsServerName?: string;
  readonly impersonate: { readonly user?: string; readonly uid?: string; readonly groups: readonly string[] };
  /** Of the context; empty where it has none. */
  readonly namespace: string;
}

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
  readonly interactive: boolean;
  /** What the program is told of the cluster, if it is to be told. */
  readonly cluster?: Readonly<Record<string, JsonValue>>;
}

type Fields = Readonly<Record<string, JsonValue>>;
type Env = Readonly<Record<string, string | undefined>>;

/** An entry, its name, and the folder of its file. */
interface Entry {
  readonly name: string;
  readonly fields: Fields;
  readonly folder: string;
}

interface Config {
  readonly clusters: Map<string, Entry>;
  readonly users: Map<string, Entry>;
  readonly contexts: Map<string, Entry>;
  currentContext: string;
}

/** Whether the command line means a cluster by its kubeconfig, not one of a Drydock server. */
export function meansKubeconfig(flags: Flags, env: Env, data: string): boolean {
  if (['cluster', 'server', 'data'].some((name) => (flags.text(name) ?? '') !== '')) return false;
  if (KUBE_FLAGS.some((name) => (flags.text(name) ?? '') !== '')) return true;
  if (['DRYDOCK_CLUSTER', 'DRYDOCK_SERVER', 'DRYDOCK_DATA'].some((name) => (env[name] ?? '') !== '')) return false;
  if (['KUBECONFIG', 'HELM_KUBEAPISERVER', 'HELM_KUBECONTEXT'].some((name) => (env[name] ?? '') !== '')) return true;
  return !existsSync(data) && (existsSync(homeFile()) || isInCluster(env));
}

const KUBE_FLAGS = ['kubeconfig', 'kubeApiserver', 'kubeToken', 'kubeAsUser', 'kubeCaFile', 'kubeTlsServerName'];

/** The file that is read where none is named. */
export function homeFile(): string {
  return join(homedir(), '.kube/config');
}

/** The namespace of the context; empty where there is none, or the files can't be read. */
export function contextNamespace(flags: Flags, env: Env): string {
  try {
    return readKubeAccess(flags, env).namespace;
  } catch {
    return '';
  }
}

/**
 * Where nothing says which cluster, that of the pod's service account, if this is a pod. Throws CliError for a file that
 * can't be read and a context that is not there.
 */
export function readKubeAccess(
  flags: Flags,
  env: Env,
  { serviceAccount }: { readonly serviceAccount: string } = { serviceAccount: SERVICE_ACCOUNT },
): KubeAccess {
  const access = configuredAccess(flags, env);
  if (!isInCluster(env, serviceAccount)) return access;
  const own = inClusterAccess(env, serviceAccount);
  const { server, insecure, impersonate, namespace, ...more } = access;
  const isDefault =
    server === DEFAULT_SERVER && !insecure && !impersonate.user && !impersonate.uid && Object.keys(more).length === 0;
  return { ...(isDefault ? own : access), namespace: namespace || own.namespace };
}

function configuredAccess(flags: Flags, env: Env): KubeAccess {
  const given = (flag: string, variable: string): string => flags.text(flag) || env[variable] || '';
  const config = readConfigs(flags.text('kubeconfig') ?? '', env);
  const wanted = given('kubeContext', 'HELM_KUBECONTEXT');
  if (wanted !== '' && !config.contexts.has(wanted)) {
    throw new CliError(`context ${JSON.stringify(wanted)} does not exist`, { code: 'NotFound' });
  }
  const context = config.contexts.get(wanted || config.currentContext)?.fields ?? {};
  const cluster = config.clusters.get(text(context.cluster)) ?? EMPTY;
  const user = config.users.get(text(context.user)) ?? EMPTY;
  const caFile = given('kubeCaFile', 'HELM_KUBECAFILE');
  const insecureFlag = flags.is('kubeInsecureSkipTlsVerify') || isTrue(env.HELM_KUBEINSECURE_SKIP_TLS_VERIFY);
  const insecure = insecureFlag || cluster.fields['insecure-skip-tls-verify'] === true;
  const ca =
    caFile === '' ? bytesOf(cluster, 'certificate-authority') : pemAt(caFile, cluster, 'certificate-authority');
  const tlsServerName =
    given('kubeTlsServerName', 'HELM_KUBETLS_SERVER_NAME') || text(cluster.fields['tls-server-name']);
  const address = given('kubeApiserver', 'HELM_KUBEAPISERVER') || text(cluster.fields.server);
  const proxy = proxyOf(text(cluster.fields['proxy-url']), cluster.name);
  const credentials = credentialsOf(user, { token: given('kubeToken', 'HELM_KUBETOKEN'), cluster: cluster.fields, ca });
  return {
    server: serverUrl(address, insecure || ca !== undefined || credentials.cert !== undefined),
    insecure,
    ...(ca === undefined || insecure ? {} : { ca }),
    ...(tlsServerName === '' ? {} : { tlsServerName }),
    ...(proxy === undefined ? {} : { proxy }),
    ...credentials,
    impersonate: impersonation(user.fields, flags, env),
    namespace: text(context.namespace),
  };
}

function credentialsOf(
  user: Entry,
  about: { readonly token: string; readonly cluster: Fields; readonly ca: Buffer | undefined },
): Partial<KubeAccess> {
  const { fields } = user;
  const cert = bytesOf(user, 'client-certificate');
  const key = bytesOf(user, 'client-key');
  const file = text(fields.tokenFile);
  const token =
    about.token || (file === '' ? text(fields.token) : readBytes(resolve(user.folder, file)).toString('utf8').trim());
  const exec = isFields(fields.exec) ? readExec({ ...user, fields: fields.exec }, about) : undefined;
  const [username, password] = [text(fields.username), text(fields.password)];
  return {
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(token === '' ? {} : { token }),
    ...(username === '' || token !== '' ? {} : { basic: { username, password } }),
    ...(exec === undefined || token !== '' ? {} : { exec }),
  };
}

function readExec(
  { fields, folder }: Entry,
  { cluster, ca }: { readonly cluster: Fields; readonly ca: Buffer | undefined },
): ExecPlugin {
  const command = text(fields.command);
  const variables = itemsOf(fields.env).map((each): [string, string] => [text(each.name), text(each.value)]);
  const told = {
    server: text(cluster.server),
    ...(ca === undefined ? {} : { 'certificate-authority-data': ca.toString('base64') }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(text(cluster['tls-server-name']) === '' ? {} : { 'tls-server-name': text(cluster['tls-server-name']) }),
    config: execConfigOf(cluster),
  };
  return {
    apiVersion: text(fields.apiVersion),
    // As paths: what has a separator is relative to the file, all else is looked up in PATH.
    command: command.includes('/') ? resolve(folder, command) : command,
    args: Array.isArray(fields.args) ? fields.args.map(text) : [],
    env: Object.fromEntries(variables),
    installHint: text(fields.installHint),
    interactive: text(fields.interactiveMode) !== 'Never',
    ...(fields.provideClusterInfo === true ? { cluster: told } : {}),
  };
}

/** What the cluster's extension has for the program. */
function execConfigOf(cluster: Fields): JsonValue {
  const extension = itemsOf(cluster.extensions).find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return extension?.extension ?? null;
}

function impersonation(user: Fields, flags: Flags, env: Env): KubeAccess['impersonate'] {
  const name = flags.text('kubeAsUser') || env.HELM_KUBEASUSER || text(user.as);
  const uid = text(user['as-uid']);
  const fromEnv = (env.HELM_KUBEASGROUPS ?? '').split(',').filter((group) => group.trim() !== '');
  const flagged = flags.list('kubeAsGroup');
  const own = Array.isArray(user['as-groups']) ? user['as-groups'].map(text) : [];
  const groups = [flagged, fromEnv, own].find((list) => list.length > 0) ?? [];
  return { ...(name === '' ? {} : { user: name }), ...(uid === '' ? {} : { uid }), groups };
}

/** One file, which must be there; or those of $KUBECONFIG or the home folder, which need not. */
function readConfigs(path: string, env: Env): Config {
  const config: Config = { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '' };
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((each) => each !== '');
  if (path !== '' && statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new CliError(`stat ${path}: no such file or directory`, { code: 'NotFound' });
  }
  const paths = path === '' ? (listed.length === 0 ? [homeFile()] : listed) : [path];
  for (const each of paths)
    if (existsSync(each)) merge(config, { name: '', fields: readConfig(each), folder: dirname(resolve(each)) });
  return config;
}

function readConfig(path: string): Fields {
  const content = readBytes(path).toString('utf8');
  try {
    const [first = {}] = parseYamlDocuments(content);
    if (isFields(first)) return first;
  } catch (error) {
    const reason = (error as Error).message.replace(/^error converting YAML to JSON: /, '');
    throw new CliError(`error loading config file ${JSON.stringify(path)}: ${reason}`);
  }
  throw new CliError(`error loading config file ${JSON.stringify(path)}: it holds no object`);
}

function merge(config: Config, { fields, folder }: Entry): void {
  const add = (to: Map<string, Entry>, list: JsonValue | undefined, field: string): void => {
    for (const item of itemsOf(list)) {
      const value = item[field];
      const name = text(item.name);
      if (!to.has(name)) to.set(name, { name, fields: isFields(value) ? value : {}, folder });
    }
  };
  add(config.clusters, fields.clusters, 'cluster');
  add(config.users, fields.users, 'user');
  add(config.contexts, fields.contexts, 'context');
  config.currentContext ||= text(fields['current-context']);
}

/** The bytes of `NAME-data`, or of the file NAME. */
function bytesOf(entry: Entry, name: string): Buffer | undefined {
  const { fields, folder } = entry;
  const data = text(fields[`${name}-data`]);
  if (data !== '') return Buffer.from(data, 'base64');
  const path = text(fields[name]);
  return path === '' ? undefined : pemAt(resolve(folder, path), entry, name);
}

function pemAt(path: string, { name }: Entry, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(
      `invalid configuration: unable to read ${what} ${path} for ${name} due to open ${path}: ${reasonOf(error)}`,
      { code: 'NotFound' },
    );
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(`unable to read ${path}: open ${path}: ${reasonOf(error)}`, { code: 'NotFound' });
  }
}

const DEFAULT_SERVER = 'http://localhost:8080';

/** Without a scheme: https where something of TLS is configured, as client-go has it. */
function serverUrl(server: string, isTls: boolean): string {
  const url =
    server === '' ? DEFAULT_SERVER : server.includes('://') ? server : `${isTls ? 'https' : 'http'}://${server}`;
  if (!URL.canParse(url)) throw new CliError(`parse ${JSON.stringify(url)}: invalid URL`);
  return url.replace(/\/+$/, '');
}

const EMPTY: Entry = { name: '', fields: {}, folder: '.' };

function itemsOf(value: JsonValue | undefined): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function isFields(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: string | undefined): boolean {
  return /^(?:1|t|T|TRUE|true|True)$/.test(value ?? '');
}
