/**
 * Which partial a name means. A file `_labels.hbs` of the chart `web` is `labels` within that chart and, where they
 * have none of that name, within its subcharts; every chart can call it `web.labels`. A partial in a folder has the
 * folder in its name (`pods/_spec.hbs` is `pods/spec`). `{{#*inline "x"}}` at the top of such a file is a partial `x`
 * of all charts, like `define` in Go templates; where several files have one, that of the chart nearest to the root
 * counts, and of one chart's the first by file name.
 */
import { compareStrings } from '../gotemplate/bytes.ts';
import type { ProgramNode, Statement } from './node.ts';

/** A parsed file, or a partial in it. */
export interface Template {
  /** The name it is called by, or the file's for a file. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly program: ProgramNode;
}

export interface PartialTable {
  readonly names: readonly string[];
  /** A file by its full name. */
  file(name: string): Template | undefined;
  /** A partial as a template of the given file calls it. */
  find(name: string, from: string): Template | undefined;
}

/** The names of all these files. */
export function partialTable(files: readonly Template[]): PartialTable {
  const byFile = new Map<string, Template>();
  /** By chart folder and name in it. */
  const ofChart = new Map<string, Map<string, Template>>();
  const everywhere = new Map<string, Template>();
  for (const template of [...files].sort(nearestFirst)) {
    byFile.set(template.file, template);
    const place = partialPlace(template.file);
    if (place === undefined) continue;
    const { chart, name } = place;
    const own = ofChart.get(chart) ?? new Map<string, Template>();
    ofChart.set(chart, own);
    addFirst(own, name, template);
    addFirst(everywhere, `${lastPart(chart)}.${name}`, template);
    for (const inline of inlinePartials(template)) addFirst(everywhere, inline.name, inline);
  }
  const names = [...byFile.keys(), ...everywhere.keys()];
  return {
    names,
    file: (name) => byFile.get(name),
    find(name, from) {
      for (let chart = chartFolder(from); chart !== undefined; chart = parentChart(chart)) {
        const found = ofChart.get(chart)?.get(name);
        if (found !== undefined) return found;
      }
      return everywhere.get(name) ?? byFile.get(name);
    },
  };
}

/** Partials that a file defines outside of any block. */
function inlinePartials(template: Template): Template[] {
  return template.program.body.flatMap((statement) => {
    const name = inlineName(statement);
    if (name === undefined || statement.type !== 'DecoratorBlock' || statement.program === undefined) return [];
    return [{ ...template, name, program: statement.program }];
  });
}

/** The name in `{{#*inline "name"}}`. */
function inlineName(statement: Statement): string | undefined {
  if (statement.type !== 'DecoratorBlock' || statement.path.original !== 'inline') return undefined;
  const [name] = statement.params;
  return name?.type === 'StringLiteral' && typeof name.value === 'string' ? name.value : undefined;
}

function addFirst(table: Map<string, Template>, name: string, template: Template): void {
  if (!table.has(name)) table.set(name, { ...template, name });
}

function nearestFirst(a: Template, b: Template): number {
  return a.file.split('/').length - b.file.split('/').length || compareStrings(a.file, b.file);
}

const FOLDER = '/templates/';

function partialPlace(file: string): { readonly chart: string; readonly name: string } | undefined {
  const chart = chartFolder(file);
  if (chart === undefined) return undefined;
  const path = file.slice(chart.length + FOLDER.length).split('/');
  const base = path.pop() ?? '';
  if (!base.startsWith('_')) return undefined;
  return { chart, name: [...path, base.slice(1).replace(/\.hbs$/, '')].join('/') };
}

/** The folder of the chart that a file is of: of the innermost, since charts lie in `charts/` of others. */
function chartFolder(file: string): string | undefined {
  const charts = /^[^/]+(?:\/charts\/[^/]+)*(?=\/templates\/)/.exec(file);
  return charts?.[0];
}

function parentChart(chart: string): string | undefined {
  const at = chart.lastIndexOf('/charts/');
  return at < 0 ? undefined : chart.slice(0, at);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
