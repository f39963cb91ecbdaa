/**
 * Which templates a chart tree has, what each is rendered with, and in which order they run. Follows Helm v4's
 * pkg/engine/engine.go: maps are shared between templates, so that what one sets the next one sees.
 */
import { posix } from 'node:path';
import type { ChartMetadata } from '../chart/chart.ts';
import { ChartError } from '../chart/chart-error.ts';
import type { TemplateEngine } from '../engine/engine.ts';
import { compareStrings } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { type ChartNode, fullPath, isLibrary } from '../values/chart-tree.ts';
import { isTable, tableAt, type Values } from '../values/values.ts';
import { chartObject, filesObject, namedValues } from './builtins.ts';

export interface Renderable {
  /** E.g. `mychart/charts/db/templates/service.yaml`. */
  readonly name: string;
  readonly data: Uint8Array;
  /** What `.` holds; `.Template` is put in just before the template runs. */
  readonly context: Map<string, GoValue>;
  /** The chart's templates folder, `.Template.BasePath`. */
  readonly basePath: string;
  /** The language of its chart, which subcharts need not share. */
  readonly engine: TemplateEngine['name'];
}

export interface SharedObjects {
  readonly release: GoValue;
  readonly capabilities: GoValue;
}

/** All templates of a chart and its subcharts, in the order in which Helm parses and renders them. */
export function listTemplates(root: ChartNode, values: Values, shared: SharedObjects): Renderable[] {
  const found = new Map<string, Renderable>();
  collect({ node: root, values, found, shared });
  return [...found.values()].sort((a, b) => order(b.name, a.name));
}

/** Partials are only included by others: their own output does not count. */
export function isPartial(name: string): boolean {
  return posix.basename(name).startsWith('_');
}

interface Scope {
  readonly node: ChartNode;
  readonly values: Values;
  readonly found: Map<string, Renderable>;
  readonly shared: SharedObjects;
}

function collect(scope: Scope): Map<string, GoValue> {
  const { node, values, found, shared } = scope;
  const subcharts = new Map<string, GoValue>();
  const context = new Map<string, GoValue>([
    ['Chart', chartObject(node)],
    ['Files', filesObject(node.chart.files)],
    ['Release', shared.release],
    ['Capabilities', shared.capabilities],
    ['Values', namedValues(values)],
    ['Subcharts', subcharts],
  ]);
  for (const subchart of node.dependencies) {
    const own = tableAt(values, subchart.metadata.name);
    subcharts.set(
      subchart.metadata.name,
      collect({ ...scope, node: subchart, values: isTable(own) ? own : new Map() }),
    );
  }
  const path = fullPath(node);
  const library = isLibrary(node);
  const engine = engineOf(node.metadata);
  for (const template of node.chart.templates) {
    if (library && !isPartial(template.name)) continue;
    const name = posix.join(path, template.name);
    if (engine === 'handlebars') checkHandlebarsName(template.name, node.metadata.name);
    found.set(name, { name, data: template.data, context, basePath: posix.join(path, 'templates'), engine });
  }
  return context;
}

/** The engine that Chart.yaml asks for. All but ours is Go's to Helm, whatever it is called. */
function engineOf(metadata: ChartMetadata): TemplateEngine['name'] {
  return metadata.engine === 'handlebars' ? 'handlebars' : 'gotpl';
}

/** A Go template that stayed behind in a chart that went over to Handlebars would be taken for text. */
function checkHandlebarsName(name: string, chart: string): void {
  if (name.endsWith('.hbs') || posix.basename(name) === 'NOTES.txt') return;
  const message = `${name} is no Handlebars template: with "engine: handlebars" all files in templates/ are called *.hbs`;
  throw new ChartError('InvalidChart', message, { chart, file: name });
}

/** Fewer slashes first, then by name; the list is in reverse of this, so that charts above overrule those below. */
function order(a: string, b: string): number {
  return slashes(a) - slashes(b) || compareStrings(a, b);
}

function slashes(name: string): number {
  let count = 0;
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) count += 1;
  return count;
}
