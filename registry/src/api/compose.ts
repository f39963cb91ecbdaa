/** The JSON description of a composition, `{save, configs}`, read and checked at the border. */
import type { ChartSource, Composition, CompositionNode } from '../compose.ts';
import { RegistryError } from '../errors.ts';
import { isJsonObject, isOversized, type JsonObject } from '../json.ts';

const maxDepth = 20;
const maxConfigDepth = 500;

/** Throws InvalidComposition, naming the field. `space` is where charts are that name no other. */
export function parseComposition(body: unknown, space: string): Composition {
  if (!isJsonObject(body) || !isJsonObject(body.save) || !isJsonObject(body.configs)) {
    throw invalid('needs the objects save and configs');
  }
  const { save } = body;
  const description = optionalText(save, { field: 'description', path: 'save' });
  const layout = optionalText(save, { field: 'layout', path: 'save' }) ?? 'values';
  if (layout !== 'values' && layout !== '_config') {
    throw invalid('save.layout must be "values" or "_config"');
  }
  return {
    chart: text(save, { field: 'chart', path: 'save' }),
    version: text(save, { field: 'version', path: 'save' }),
    ...(description === undefined ? {} : { description }),
    layout,
    root: parseNode(body.configs, { name: undefined, path: 'configs', space, depth: 0 }),
  };
}

interface Place {
  /** The name under which the parent has it; undefined for the root. */
  readonly name: string | undefined;
  readonly path: string;
  readonly space: string;
  readonly depth: number;
}

function parseNode(fields: JsonObject, place: Place): CompositionNode {
  const { path, depth } = place;
  if (depth > maxDepth) {
    throw invalid(`${path} is nested deeper than ${maxDepth} charts`);
  }
  const config = fields._config ?? {};
  if (!isJsonObject(config)) {
    throw invalid(`${path}._config must be an object`);
  }
  if (isOversized(config, { length: Number.POSITIVE_INFINITY, depth: maxConfigDepth })) {
    throw invalid(`${path}._config is nested deeper than ${maxConfigDepth} levels`);
  }
  const children = new Map<string, CompositionNode>();
  for (const [name, child] of Object.entries(fields)) {
    if (name === 'package' || name === '_config') {
      continue;
    }
    if (!isJsonObject(child)) {
      throw invalid(`${path}.${name} must be an object that describes a subchart`);
    }
    children.set(name, parseNode(child, { name, path: `${path}.${name}`, space: place.space, depth: depth + 1 }));
  }
  return { source: parseSource(fields.package, place), config, children };
}

function parseSource(fields: unknown, { name, path, space }: Place): ChartSource {
  if (!isJsonObject(fields) || typeof fields.independent !== 'boolean') {
    throw invalid(`${path}.package must be an object with independent, true or false`);
  }
  const at = `${path}.package`;
  if (fields.independent) {
    return {
      version: {
        space: optionalText(fields, { field: 'space', path: at }) ?? space,
        chart: text(fields, { field: 'chart', path: at }),
        version: text(fields, { field: 'version', path: at }),
      },
    };
  }
  if (name === undefined) {
    throw invalid(`${at}: the root must be independent, since it has no parent`);
  }
  return { subchart: optionalText(fields, { field: 'chart', path: at }) ?? name };
}

function text(fields: JsonObject, where: { readonly field: string; readonly path: string }): string {
  const value = optionalText(fields, where);
  if (value === undefined || value === '') {
    throw invalid(`${where.path}.${where.field} is missing`);
  }
  return value;
}

function optionalText(
  fields: JsonObject,
  { field, path }: { readonly field: string; readonly path: string },
): string | undefined {
  const value = fields[field];
  if (value !== undefined && typeof value !== 'string') {
    throw invalid(`${path}.${field} must be text`);
  }
  return value;
}

function invalid(reason: string): RegistryError {
  return new RegistryError('InvalidComposition', `composition ${reason}`.slice(0, 500));
}
