/** The flags that install, upgrade, rollback and promote share, with Helm's names. */
import { type Command, Option } from 'commander';
import type { OperationOptions } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addLimits, collect, type Flags } from './command.ts';
import type { HttpClient } from './http-client.ts';

export function addOperationFlags(command: Command): Command {
  return command
    .option('--wait <strategy>', 'until all objects are ready (watcher, hookOnly; --wait alone: watcher)')
    .option('--wait-for-jobs', 'with --wait, until all Jobs are complete, too')
    .option('--timeout <duration>', "of each wait, in the cluster's time (default 5m0s)")
    .option('--rollback-on-failure', 'undo what failed; implies --wait')
    .addOption(new Option('--atomic', 'as --rollback-on-failure').hideHelp())
    .option('--no-hooks', 'run no hooks')
    .option('--force-conflicts', 'take over fields that other managers own')
    .option('--dry-run <mode>', 'only say what would change (none, server; alone: server), or only render (client)')
    .option('--description <text>', 'a description for the history');
}

/** Of install, upgrade and promote. */
export function addRenderFlags(command: Command): Command {
  return addLimits(command)
    .option('--create-namespace', 'make the namespace when it is not there')
    .option('--skip-crds', 'install no CRDs')
    .option('--take-ownership', 'take objects that are not of this release')
    .option('--skip-schema-validation', 'do not check values against values.schema.json')
    .option('-l, --labels <key=value>', 'labels of the release (several)', collect);
}

/** Of install and upgrade. */
export function addPostRenderer(command: Command): Command {
  return command
    .option('--post-renderer <program>', 'program or plugin that changes what was rendered, on stdin, to its stdout')
    .option('--post-renderer-args <argument>', 'an argument of the post-renderer (several)', collect);
}

interface PostRenderable {
  readonly method: string;
  readonly path: string;
  readonly body: object;
}

/** The request as it is, or with what --post-renderer makes of what the server renders. */
export async function withPostRenderer(
  client: HttpClient,
  call: PostRenderable,
  flags: Flags,
): Promise<PostRenderable> {
  const program = flags.text('postRenderer') ?? '';
  if (program === '') return call;
  const { postRenderOnServer } = await import('./post-render-release.ts');
  const postRender = await postRenderOnServer(client, call, { program, args: flags.list('postRendererArgs') });
  return { ...call, body: { ...call.body, postRender } };
}

export function addChartFlags(command: Command): Command {
  return command
    .option('--version <range>', 'version of the chart, exact or a range (default: the latest)')
    .option('--devel', 'pre-releases, too')
    .option('--repo <url>', 'URL of the repository that CHART is in')
    .option('--verify', 'check the signature of the package')
    .option('--keyring <file>', "public keys for --verify (default: GnuPG's)")
    .option('--username <name>', 'name at the chart repository')
    .option('--password <password>', 'password at the chart repository')
    .option('--pass-credentials', 'send name and password to all servers')
    .option('--ca-file <file>', 'CA bundle to check certificates of servers with')
    .option('--cert-file <file>', 'certificate to show to servers')
    .option('--key-file <file>', 'key of --cert-file')
    .option('--insecure-skip-tls-verify', 'do not check certificates of servers')
    .option('--plain-http', 'HTTP without TLS for OCI registries')
    .option('--registry-config <file>', "file of the logins of Helm's OCI registries")
    .option('--repository-config <file>', "file of Helm's repositories")
    .option('--repository-cache <folder>', 'folder of cached repository indexes');
}

export function readOperationFlags(flags: Flags): OperationOptions {
  const atomic = flags.is('rollbackOnFailure') || flags.is('atomic');
  const wait = waitFlag(flags.text('wait')) || atomic;
  const timeout = flags.text('timeout');
  const description = flags.text('description');
  const historyMax = flags.number('historyMax');
  const labels = readLabels(flags.list('labels'));
  return {
    wait,
    waitForJobs: flags.is('waitForJobs'),
    rollbackOnFailure: atomic,
    // Commander keeps `--no-hooks` as `hooks`, on by default.
    noHooks: !flags.is('hooks'),
    forceConflicts: flags.is('forceConflicts'),
    createNamespace: flags.is('createNamespace'),
    skipCrds: flags.is('skipCrds'),
    takeOwnership: flags.is('takeOwnership'),
    skipSchemaValidation: flags.is('skipSchemaValidation'),
    dryRun: dryRunFlag(flags),
    clientOnly: flags.text('dryRun') === 'client',
    ...(timeout === undefined ? {} : { timeout }),
    ...(description === undefined ? {} : { description }),
    ...(historyMax === undefined ? {} : { historyMax }),
    ...(labels === undefined ? {} : { labels }),
  };
}

export function dryRunFlag(flags: Flags): boolean {
  const mode = flags.text('dryRun');
  if (mode === undefined || mode === 'none' || mode === 'false') return false;
  if (mode === 'client' || mode === 'server' || mode === 'true') return true;
  throw new CliError(`invalid dry-run value (${mode}): must be none, client or server`);
}

export function waitFlag(strategy: string | undefined): boolean {
  if (strategy === undefined || strategy === 'hookOnly' || strategy === 'false') return false;
  if (strategy === 'watcher' || strategy === 'legacy' || strategy === 'true') return true;
  throw new CliError(`invalid wait strategy (${strategy}): must be watcher, hookOnly or legacy`);
}

function readLabels(pairs: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pairs.length === 0) return undefined;
  const entries = pairs
    .flatMap((text) => text.split(','))
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new CliError(`label "${pair}" is not KEY=VALUE`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    });
  return Object.fromEntries(entries);
}
