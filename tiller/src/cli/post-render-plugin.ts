/**
 * Helm 4's plugins of type postrenderer/v1 that run as subprocesses: a folder in HELM_PLUGINS with a plugin.yaml that says
 * which command to run on which system. Follows Helm v4's internal/plugin.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type GoValue, parseYaml } from '@drydock/charts';
import { verbatim } from './go-flags.ts';

export interface PluginCommand {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** What the program is told besides the environment that there is. */
  readonly env: Readonly<Record<string, string>>;
}

/** The plugin of a name; undefined where there is none. Throws CliError for one that cannot run here. */
export function findPostRendererPlugin(name: string): PluginCommand | undefined {
  for (const folder of pluginFolders()) {
    const manifest = readManifest(folder);
    if (text(manifest, 'name') !== name || text(manifest, 'type') !== 'postrenderer/v1') continue;
    if (text(manifest, 'runtime') !== 'subprocess') {
      throw verbatim(`plugin ${JSON.stringify(name)}: only plugins with the runtime "subprocess" can be run`);
    }
    const env = { HELM_PLUGIN_NAME: name, HELM_PLUGIN_DIR: folder };
    return { command: commandOf(field(manifest, 'runtimeConfig'), { name, env }), env };
  }
  return undefined;
}

function pluginFolders(): readonly string[] {
  const { HELM_PLUGINS, HELM_DATA_HOME, XDG_DATA_HOME } = process.env;
  const data = HELM_DATA_HOME || join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'helm');
  return (HELM_PLUGINS || join(data, 'plugins')).split(delimiter).flatMap((folder) => {
    try {
      return readdirSync(folder)
        .sort()
        .map((name) => join(folder, name));
    } catch {
      // No plugins there.
      return [];
    }
  });
}

function readManifest(folder: string): GoValue {
  try {
    return parseYaml(readFileSync(join(folder, 'plugin.yaml'), 'utf8'));
  } catch {
    // A folder without one, or a broken one, which Helm passes over.
    return null;
  }
}

/** The command of the system and processor, else of the system, else of all. */
function commandOf(config: GoValue, plugin: { readonly name: string; readonly env: Record<string, string> }): string[] {
  const all = field(config, 'platformCommand');
  const commands = Array.isArray(all) ? all : [];
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch === 'ia32' ? '386' : process.arch;
  const fits = (command: GoValue, wanted: readonly [string, string]): boolean =>
    text(command, 'os').toLowerCase() === wanted[0] && text(command, 'arch').toLowerCase() === wanted[1];
  const found =
    commands.find((command) => fits(command, [os, arch])) ??
    commands.find((command) => fits(command, [os, ''])) ??
    commands.find((command) => fits(command, ['', '']));
  const program = text(found ?? null, 'command');
  if (program === '') throw verbatim(`plugin ${JSON.stringify(plugin.name)} has no command for this system`);
  const args = field(found ?? null, 'args');
  const words = [
    ...program.split(/\s+/).filter((word) => word !== ''),
    ...(Array.isArray(args) ? args.map(String) : []),
  ];
  return words.map((word) => expand(word, { ...process.env, ...plugin.env }));
}

/** $NAME and ${NAME}. */
function expand(word: string, env: Readonly<Record<string, string | undefined>>): string {
  return word.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced?: string, plain?: string) => env[braced ?? plain ?? ''] ?? '',
  );
}

function field(value: GoValue, key: string): GoValue {
  return value instanceof Map ? (value.get(key) ?? null) : null;
}

function text(value: GoValue, key: string): string {
  const found = field(value, key);
  return typeof found === 'string' ? found : '';
}
