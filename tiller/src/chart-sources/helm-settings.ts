/**
 * What Helm has configured on this machine, for those who use both programs: repositories by name, the logins of OCI
 * registries, and where indexes are cached. Paths are those of Helm v4 (pkg/helmpath): HELM_* variables, XDG, the
 * platform's own.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseYaml } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';
import type { ServerAccess } from './download.ts';

/** An entry of repositories.yaml. */
export interface ConfiguredRepository {
  readonly name: string;
  readonly url: string;
  readonly access: ServerAccess;
}

export interface HelmPaths {
  readonly repositoryConfig: string;
  readonly repositoryCache: string;
  readonly registryConfig: string;
}

/** `flags` are what the command line says of the same paths. */
export function helmPaths(env: NodeJS.ProcessEnv, flags: Partial<HelmPaths> = {}): HelmPaths {
  const config = env.HELM_CONFIG_HOME || platformFolder(env, 'config');
  const cache = env.HELM_CACHE_HOME || platformFolder(env, 'cache');
  return {
    repositoryConfig: flags.repositoryConfig || env.HELM_REPOSITORY_CONFIG || join(config, 'repositories.yaml'),
    repositoryCache: flags.repositoryCache || env.HELM_REPOSITORY_CACHE || join(cache, 'repository'),
    registryConfig: flags.registryConfig || env.HELM_REGISTRY_CONFIG || join(config, 'registry', 'config.json'),
  };
}

/** The repositories that `helm repo add` has written; none where the file is not there. Throws ReleaseError Invalid. */
export function configuredRepositories(paths: HelmPaths): readonly ConfiguredRepository[] {
  const path = paths.repositoryConfig;
  if (!existsSync(path)) return [];
  try {
    const document = parseYaml(readFileSync(path, 'utf8'));
    const entries: unknown = document instanceof Map ? document.get('repositories') : [];
    return (Array.isArray(entries) ? entries : []).filter((entry) => entry instanceof Map).map(toRepository);
  } catch (cause) {
    throw new ReleaseError('Invalid', `failed to load ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Where the index of a repository is kept. A repository without a name of its own is known by its URL's hash. */
export function indexCachePath(paths: HelmPaths, name: string): string {
  return join(paths.repositoryCache, `${name}-index.yaml`);
}

/** The name under which Helm caches a repository that is not configured. */
export function unmanagedName(url: string): string {
  return `helm-manager-${createHash('sha256').update(url).digest('hex')}`;
}

/** Name and password of an OCI registry's host, as `helm registry login` keeps them; empty where there are none. */
export function registryLogin(paths: HelmPaths, host: string): ServerAccess {
  if (!existsSync(paths.registryConfig)) return {};
  try {
    // A parsed border: read with care, since other programs write the file.
    const { auths } = JSON.parse(readFileSync(paths.registryConfig, 'utf8')) as {
      auths?: Record<string, { auth?: unknown } | undefined>;
    };
    const auth = auths !== undefined && Object.hasOwn(auths, host) ? auths[host]?.auth : undefined;
    const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(String(auth ?? ''), 'base64').toString()) ?? [];
    return username && password ? { username, password } : {};
  } catch (cause) {
    throw new ReleaseError('Invalid', `can't read ${paths.registryConfig}: ${(cause as Error).message}`, { cause });
  }
}

function toRepository(entry: ReadonlyMap<unknown, unknown>): ConfiguredRepository {
  const text = (name: string): string => {
    const value = entry.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    name: text('name'),
    url: text('url'),
    access: {
      username: text('username'),
      password: text('password'),
      caFile: text('caFile'),
      certFile: text('certFile'),
      keyFile: text('keyFile'),
      insecureSkipTlsVerify: entry.get('insecure_skip_tls_verify') === true,
      passCredentials: entry.get('pass_credentials_all') === true,
    },
  };
}

function platformFolder(env: NodeJS.ProcessEnv, kind: 'config' | 'cache'): string {
  const xdg = kind === 'config' ? env.XDG_CONFIG_HOME : env.XDG_CACHE_HOME;
  if (xdg) return join(xdg, 'helm');
  if (process.platform === 'darwin') {
    return join(homedir(), 'Library', kind === 'config' ? 'Preferences' : 'Caches', 'helm');
  }
  if (process.platform === 'win32') return join((kind === 'config' ? env.APPDATA : env.TEMP) || homedir(), 'helm');
  return join(homedir(), kind === 'config' ? '.config' : '.cache', 'helm');
}
