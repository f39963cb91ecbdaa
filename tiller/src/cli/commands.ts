/** All commands: what help says of them, and where their code is. Light on purpose: it is all that `--help` loads. */

export interface CommandModule {
  /** `args` are those of the command line without the command's own word. */
  run(args: readonly string[]): Promise<void>;
}

export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    summary: 'run the server: registry, releases, clusters, web page',
    load: () => import('./serve.ts'),
  },
  { name: 'cluster', summary: 'create, list, delete or reach simulated clusters', load: () => import('./cluster.ts') },
  { name: 'clock', summary: "move a cluster's time on", load: () => import('./clock.ts') },
  { name: 'create', summary: 'make a new chart to begin with', load: () => import('./create.ts') },
  { name: 'lint', summary: 'look for what is wrong with charts', load: () => import('./lint.ts') },
  {
    name: 'show',
    aliases: ['inspect'],
    summary: "show a chart's definition, values, readme, crds or all",
    load: () => import('./show.ts'),
  },
  { name: 'package', summary: 'pack a chart folder into an archive', load: () => import('./package.ts') },
  {
    name: 'verify',
    summary: 'check that a package is signed and unchanged',
    load: () => import('./verify.ts'),
  },
  { name: 'push', summary: 'push a chart to a space of the registry', load: () => import('./push.ts') },
  { name: 'pull', summary: 'pull a chart from the registry', load: () => import('./pull.ts') },
  { name: 'template', summary: 'render a chart locally, as helm template does', load: () => import('./template.ts') },
  {
    name: 'dependency',
    aliases: ['dep', 'dependencies'],
    summary: "list, build or update a chart's dependencies",
    load: () => import('./dependency.ts'),
  },
  { name: 'install', summary: 'install a chart as a release', load: () => import('./install.ts') },
  { name: 'upgrade', summary: 'upgrade a release', load: () => import('./upgrade.ts') },
  { name: 'rollback', summary: 'roll a release back to a former revision', load: () => import('./rollback.ts') },
  {
    name: 'uninstall',
    aliases: ['del', 'delete', 'un'],
    summary: 'uninstall a release',
    load: () => import('./uninstall.ts'),
  },
  { name: 'promote', summary: 'carry a release from one cluster to another', load: () => import('./promote.ts') },
  { name: 'list', aliases: ['ls'], summary: 'list releases', load: () => import('./list.ts') },
  { name: 'status', summary: 'show the state of a release and its objects', load: () => import('./status.ts') },
  {
    name: 'history',
    aliases: ['hist'],
    summary: 'show the revisions of a release',
    load: () => import('./history.ts'),
  },
  { name: 'get', summary: "show a release's values, manifest, notes, hooks or all", load: () => import('./get.ts') },
  { name: 'version', summary: 'print the version', load: () => import('./version.ts') },
];

/** What `drydock --help` prints. */
export function formatHelp(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `A chart registry, a release manager and simulated Kubernetes clusters, joined.

Usage:
  drydock COMMAND [flags]

Commands:
${lines.join('\n')}

Flags of most commands:
  -n, --namespace NAME   namespace of the release (default "default", or DRYDOCK_NAMESPACE)
      --cluster NAME     cluster to work on (default: the only one, or "default"; DRYDOCK_CLUSTER)
      --data DIR         folder of all state (default "./.drydock", or DRYDOCK_DATA)
      --server URL       server to talk to (default: the one that runs on the data folder; DRYDOCK_SERVER)
      --debug            also tell of each object that changes

Without a running server, commands work on the data folder themselves.
Use "drydock COMMAND --help" for a command's own flags.
`;
}
