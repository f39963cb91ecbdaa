/**
 * Compiled templates by digest of their sources: a chart that is rendered again is not parsed again. Bounded; the
 * least recently used set goes first. One cache belongs to whoever renders often (a server), and is passed in.
 */
import type { CompiledTemplates, TemplateEngine } from '../engine/engine.ts';
import { nodeCrypto } from '../engine/functions/lazy-modules.ts';
import { goString } from '../engine/gotemplate/bytes.ts';

/** A template under the name it is known by in this render. */
export interface NamedTemplate {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface TemplateCache {
  /** The compiled set of these templates, in this order. Throws TemplateError. */
  compile(engine: TemplateEngine, templates: readonly NamedTemplate[]): CompiledTemplates;
}

/** A cache that keeps up to `capacity` sets of templates; a set is all the templates of a chart and its subcharts. */
export function createTemplateCache(options: { readonly capacity?: number } = {}): TemplateCache {
  const capacity = options.capacity ?? 64;
  const sets = new Map<string, CompiledTemplates>();
  const digests = new WeakMap<Uint8Array, string>();
  const digestOf = (data: Uint8Array): string => {
    const known = digests.get(data);
    if (known !== undefined) return known;
    const digest = nodeCrypto().createHash('sha256').update(data).digest('base64');
    digests.set(data, digest);
    return digest;
  };
  return {
    compile(engine, templates) {
      const hash = nodeCrypto().createHash('sha256').update(engine.name);
      for (const { name, data } of templates) hash.update(`\n${name}\0${digestOf(data)}`);
      const key = hash.digest('base64');
      const compiled = sets.get(key) ?? compileTemplates(engine, templates);
      sets.delete(key);
      sets.set(key, compiled);
      for (const oldest of sets.keys()) {
        if (sets.size <= capacity) break;
        sets.delete(oldest);
      }
      return compiled;
    },
  };
}

/** Compiles without a cache. Throws TemplateError. */
export function compileTemplates(engine: TemplateEngine, templates: readonly NamedTemplate[]): CompiledTemplates {
  return engine.compile(templates.map(({ name, data }) => ({ name, text: goString(data) })));
}
