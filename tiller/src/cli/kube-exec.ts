/**
 * Programs that log in for a kubeconfig (`users[].user.exec`), as those of cloud providers do. Follows
 * k8s.io/client-go/plugin/pkg/client/auth/exec: the request in KUBERNETES_EXEC_INFO, the answer as JSON on stdout.
 */
import { spawnSync } from 'node:child_process';
import { CliError } from './cli-error.ts';
import type { ExecPlugin, KubeAccess } from './kubeconfig.ts';

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

interface ExecCredential {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
  };
}

/** Throws CliError where the program fails, or answers with neither a token nor a certificate. */
export function runExecPlugin(plugin: ExecPlugin): Pick<KubeAccess, 'token' | 'cert' | 'key'> {
  if (!VERSIONS.includes(plugin.apiVersion)) {
    throw new CliError(`exec plugin: invalid apiVersion ${JSON.stringify(plugin.apiVersion)}`);
  }
  const interactive = plugin.interactive && process.stdin.isTTY === true;
  const info = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive, ...(plugin.cluster === undefined ? {} : { cluster: plugin.cluster }) },
  };
  const ran = spawnSync(plugin.command, [...plugin.args], {
    env: { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (ran.error !== undefined || ran.status !== 0) throw failure(plugin, ran);
  return read(plugin, ran.stdout);
}

function read(plugin: ExecPlugin, stdout: string): Pick<KubeAccess, 'token' | 'cert' | 'key'> {
  let answer: ExecCredential;
  try {
    answer = JSON.parse(stdout) as ExecCredential;
  } catch (error) {
    throw new CliError(`getting credentials: decoding stdout: ${(error as Error).message}`);
  }
  if (answer.apiVersion !== plugin.apiVersion) {
    throw new CliError(
      `getting credentials: exec plugin is configured to use API version ${plugin.apiVersion}, plugin returned version ${answer.apiVersion ?? ''}`,
    );
  }
  const { status } = answer;
  if (status === undefined) throw new CliError("getting credentials: exec plugin didn't return a status field");
  const { token, clientCertificateData: cert, clientKeyData: key } = status;
  if (!token && !cert && !key) {
    throw new CliError("getting credentials: exec plugin didn't return a token or cert/key pair");
  }
  if (Boolean(cert) !== Boolean(key)) {
    throw new CliError('getting credentials: exec plugin returned only certificate or key, not both');
  }
  return {
    ...(token ? { token } : {}),
    ...(cert && key ? { cert: Buffer.from(cert), key: Buffer.from(key) } : {}),
  };
}

function failure(
  { command, installHint }: ExecPlugin,
  ran: { readonly error?: Error | undefined; readonly status: number | null },
): CliError {
  const hint = installHint === '' ? [] : installHint.split('\n');
  const isMissing = (ran.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  const text = isMissing
    ? `exec: executable ${command} not found`
    : (ran.error?.message ?? `exec: executable ${command} failed with exit code ${ran.status}`);
  return new CliError(`getting credentials: ${text}`, { code: 'Unavailable', lines: hint });
}
