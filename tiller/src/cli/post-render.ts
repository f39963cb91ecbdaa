/**
 * The post-renderer: a program that gets all rendered documents, hooks too, on stdin and gives others on stdout. As in
 * Helm v4 (pkg/action), an annotation tells from which template a document came, and is taken off again. A name is that
 * of a plugin, as in Helm 4, or else a program, as in Helm 3, so that no plugin has to be installed.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { emitYaml, type GoValue, parseYaml, splitManifests } from '@drydock/charts';
import { verbatim } from './go-flags.ts';
import { findPostRendererPlugin } from './post-render-plugin.ts';

const ANNOTATION = 'postrenderer.helm.sh/postrender-filename';
const MAX_OUTPUT = 256 * 1024 * 1024;

export type PostRender = (files: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;

/** Throws CliError where there is no such program. */
export function createPostRenderer(program: string, args: readonly string[]): PostRender {
  const plugin = program.includes('/') ? undefined : findPostRendererPlugin(program);
  if (plugin !== undefined) {
    const { command, env } = plugin;
    return (files) =>
      split(runProgram({ path: command[0] ?? '', args: [...command.slice(1), ...args], env, input: merge(files) }));
  }
  const path = findProgram(program);
  if (path === undefined) {
    const name = JSON.stringify(program);
    throw verbatim(
      `invalid argument ${name} for "--post-renderer" flag: unable to find binary at ${program}`,
      'NotFound',
    );
  }
  return (files) => split(runProgram({ path, args, input: merge(files) }));
}

function findProgram(program: string): string | undefined {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => (folder === '' ? program : join(folder, program))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

interface ProgramCall {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input: string;
}

function runProgram(call: ProgramCall): string {
  const { path, args, input } = call;
  const env = { ...process.env, ...call.env };
  const ran = spawnSync(path, [...args], { input, env, encoding: 'utf8', maxBuffer: MAX_OUTPUT });
  // A program that ends without reading all of its input is judged by its exit status.
  const failed = ran.status === 0 ? undefined : `exit status ${ran.status ?? ran.signal}`;
  const failure = ran.status === null ? (ran.error?.message ?? failed) : failed;
  if (failure !== undefined) {
    throw verbatim(
      `error while running post render on files: error while running command ${path}. error output:\n${ran.stderr ?? ''}: ${failure}`,
    );
  }
  if (ran.stdout.trim() === '') {
    throw verbatim(
      `error while running post render on files: post-renderer ${JSON.stringify(path)} produced empty output`,
    );
  }
  return ran.stdout;
}

/** All documents in one stream, each with the name of its template. Documents of comments alone stay behind. */
export function merge(files: ReadonlyMap<string, string>): string {
  const documents: string[] = [];
  for (const name of [...files.keys()].sort()) {
    if (basename(name).startsWith('_')) continue;
    for (const text of splitManifests(files.get(name) ?? '')) {
      const object = read(text, `parsing ${name}`);
      if (object === null) continue;
      if (!(object instanceof Map)) throw verbatim(`error merging manifests: parsing ${name}: not an object`);
      documents.push(annotate({ text, object }, name));
    }
  }
  return documents.join('---\n');
}

/** The stream back in files; a document without the annotation gets a name of its own. */
export function split(stream: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let index = 0;
  for (const text of splitManifests(stream)) {
    const object = read(text, 'parsing YAML');
    if (object === null) continue;
    if (!(object instanceof Map))
      throw verbatim('error while parsing post rendered output: a document is not an object');
    const name = annotationsOf(object)?.get(ANNOTATION);
    const file = typeof name === 'string' && name !== '' ? name : `generated-by-postrender-${index}.yaml`;
    const before = files.get(file);
    files.set(file, `${before === undefined ? '' : `${before}---\n`}${unannotate({ text, object })}`);
    index += 1;
  }
  return files;
}

interface Document {
  readonly text: string;
  readonly object: ReadonlyMap<GoValue, GoValue>;
}

/** Puts the line into the text where that is plainly possible, to keep the rest as it is; else writes anew. */
function annotate({ text, object }: Document, name: string): string {
  const wanted = withAnnotations(object, (annotations) => annotations.set(ANNOTATION, name));
  const lines = text.split('\n');
  const metadata = lines.findIndex((line) => /^metadata:\s*$/.test(line));
  const indent = /^ +(?=[^\s#-])/.exec(lines[metadata + 1] ?? '')?.[0] ?? '';
  if (metadata >= 0 && indent !== '') {
    const end = lines.findIndex((line, at) => at > metadata && /^[^\s#]/.test(line));
    const block = lines.slice(0, end < 0 ? lines.length : end);
    const at = block.findIndex((line, index) => index > metadata && line === `${indent}annotations:`);
    const deeper = /^ +(?=[^\s#-])/.exec(lines[at + 1] ?? '')?.[0] ?? '';
    const line = `${ANNOTATION}: ${JSON.stringify(name)}`;
    if (at < 0) lines.splice(metadata + 1, 0, `${indent}annotations:`, `${indent}  ${line}`);
    else if (deeper.length > indent.length) lines.splice(at + 1, 0, `${deeper}${line}`);
  }
  return keepIfEqual(lines.join('\n'), wanted);
}

function unannotate({ text, object }: Document): string {
  const wanted = withAnnotations(object, (annotations) => annotations.delete(ANNOTATION));
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trimStart().startsWith(`${ANNOTATION}:`));
  const kept = lines.filter((_, index) => index !== at).join('\n');
  const bare = lines.filter((_, index) => index !== at && index !== at - 1).join('\n');
  return keepIfEqual(kept, wanted, bare);
}

/** The first text that reads as what is wanted, or what is wanted, written. */
function keepIfEqual(text: string, wanted: GoValue, other = text): string {
  const written = emitYaml(wanted);
  for (const candidate of [text, other]) {
    try {
      if (emitYaml(parseYaml(candidate)) === written) return candidate.endsWith('\n') ? candidate : `${candidate}\n`;
    } catch {
      // Not that one.
    }
  }
  return written;
}

function withAnnotations(object: ReadonlyMap<GoValue, GoValue>, change: (annotations: Map<GoValue, GoValue>) => void) {
  const annotations = new Map(annotationsOf(object));
  change(annotations);
  const before = object.get('metadata');
  const metadata = new Map<GoValue, GoValue>(before instanceof Map ? before : []);
  if (annotations.size > 0) metadata.set('annotations', annotations as GoValue);
  else metadata.delete('annotations');
  return new Map(object).set('metadata', metadata as GoValue) as GoValue;
}

function annotationsOf(object: ReadonlyMap<GoValue, GoValue>): ReadonlyMap<GoValue, GoValue> | undefined {
  const metadata = object.get('metadata');
  const annotations = metadata instanceof Map ? metadata.get('annotations') : undefined;
  return annotations instanceof Map ? annotations : undefined;
}

function read(text: string, about: string): GoValue {
  try {
    return parseYaml(text);
  } catch (error) {
    throw verbatim(`error merging manifests: ${about}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
