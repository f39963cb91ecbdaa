/**
 * Writes what was rendered to files below a folder, one for each template, as `helm template --output-dir` does: CRDs
 * and manifests anew, hooks behind what is in their file already.
 */
import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Rendered } from '@drydock/charts';
import { isCliError } from './cli-error.ts';
import { verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';
import { writeOut } from './write-out.ts';

export interface OutputFolder {
  readonly folder: string;
  /** A folder below for all but CRDs; undefined where there is none. */
  readonly releaseName: string | undefined;
}

interface Document {
  readonly source: string;
  readonly text: string;
}

/** Writes CRDs (where asked for) and manifests, and says so on stdout. Throws CliError. */
export function writeManifests(rendered: Rendered, output: OutputFolder & { readonly includeCrds: boolean }): void {
  const written = new Set<string>();
  const write = (folder: string, document: Document): void => {
    writeDocument({ folder, document, append: written.has(document.source) });
    written.add(document.source);
  };
  if (output.includeCrds) for (const crd of rendered.crdFiles) write(output.folder, crd);
  for (const manifest of rendered.manifests) write(below(output), manifest);
}

/** Writes hooks, and says so on stdout. Throws CliError. */
export function writeHooks(hooks: readonly Document[], output: OutputFolder): void {
  for (const document of hooks) {
    const folder = below(output);
    writeDocument({ folder, document, append: existsSync(join(folder, document.source)) });
  }
}

function below({ folder, releaseName }: OutputFolder): string {
  return releaseName === undefined ? folder : join(folder, releaseName);
}

function writeDocument(file: { folder: string; document: Document; append: boolean }): void {
  const { source, text } = file.document;
  if (source.split('/').includes('..')) throw verbatim(`${JSON.stringify(source)} leads out of the output folder`);
  const path = `${file.folder}/${source}`;
  const content = `---\n# Source: ${source}\n${text}\n`;
  const parent = dirname(path);
  attempt(`stat ${parent}`, () => makeFolder(parent));
  attempt(`open ${path}`, () => (file.append ? appendFileSync : writeFileSync)(path, content));
  writeOut(`wrote ${path}\n`);
}

/** Step by step: where a folder can't be made as in /proc, Node's own `recursive` never ends. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  attempt(`mkdir ${path}`, () => mkdirSync(path));
}

function attempt(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (isCliError(error)) throw error;
    throw verbatim(`${what}: ${reasonOf(error)}`, 'Unwritable');
  }
}
