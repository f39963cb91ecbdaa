/**
 * What every TemplateEngine does, as a suite that each implementation's test runs with templates of its own language.
 */
import { describe, expect, it } from 'vitest';
import { type RenderEnvironment, type TemplateEngine, TemplateError } from './engine.ts';
import type { GoValue } from './gotemplate/go-value.ts';

/** Templates in the engine's language, by what they do. */
export interface EngineDialect {
  readonly create: () => TemplateEngine;
  readonly templates: {
    /** Prints the value under `name`, after `hello `. */
    readonly greeting: string;
    /** Prints each of the list under `items`, with a comma behind each. */
    readonly list: string;
    /** Prints the value under `__proto__`. */
    readonly proto: string;
    /** Calls the template `c/templates/_part` of `part`, between brackets. */
    readonly includes: string;
    /** The file that defines, or is, the template that `includes` calls: it prints `part`. */
    readonly part: string;
    /** The name under which `part` is listed. */
    readonly partName: string;
    /** Does not parse, for what is on its second line. */
    readonly unparsable: string;
    /** Fails while it runs, on its third line. */
    readonly failing: string;
    /** Includes itself without end; it is called `c/templates/a`. */
    readonly recursive: string;
    /** Runs through its body a million million times, or as often as the language can, without output. */
    readonly endless: string;
    /** Prints at least a million bytes. */
    readonly large: string;
  };
}

const NAME = 'c/templates/a';
const PART = 'c/templates/_part';

/** A render environment without a cluster, at the epoch, with small limits. */
export function testEnvironment(changes: Partial<RenderEnvironment> = {}): RenderEnvironment {
  return {
    lookup: () => new Map(),
    now: 0,
    random: { bytes: (count) => new Uint8Array(count) },
    limits: { outputBytes: 100_000, steps: 100_000, depth: 2000 },
    ...changes,
  };
}

function data(entries: Record<string, GoValue>): GoValue {
  return new Map(Object.entries(entries));
}

function errorOf(action: () => unknown): TemplateError {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Declares the suite for one engine. */
export function describeTemplateEngine(dialect: EngineDialect): void {
  const { templates } = dialect;
  const compile = (text: string) => dialect.create().compile([{ name: NAME, text }]);
  const render = (text: string, value: GoValue, env = testEnvironment()) => compile(text).render(NAME, value, env);

  describe('a template engine', () => {
    it('puts values into the text', () => {
      expect(render(templates.greeting, data({ name: 'World' }))).toBe('hello World');
    });

    it('repeats a part for each item of a list', () => {
      expect(render(templates.list, data({ items: ['a', 'b'] }))).toBe('a,b,');
    });

    it('renders one compiled set any number of times, each with its own data', () => {
      const compiled = compile(templates.greeting);
      const texts = ['a', 'b', 'a'].map((name) => compiled.render(NAME, data({ name }), testEnvironment()));
      expect(texts).toEqual(['hello a', 'hello b', 'hello a']);
    });

    it('takes keys that mean something to JavaScript as any other', () => {
      expect(render(templates.proto, new Map<string, GoValue>([['__proto__', 'mine']]))).toBe('mine');
      expect(render(templates.proto, new Map())).toBe('');
    });

    it('calls templates of other sources by name, and lists them', () => {
      const compiled = dialect.create().compile([
        { name: NAME, text: templates.includes },
        { name: PART, text: templates.part },
      ]);
      expect(compiled.render(NAME, new Map(), testEnvironment())).toBe('[part]');
      expect(compiled.names).toEqual(expect.arrayContaining([NAME, templates.partName]));
    });

    it('refuses a source that does not parse, with file and line', () => {
      expect(errorOf(() => compile(templates.unparsable))).toMatchObject({ file: NAME, line: 2 });
    });

    it('reports an error of execution with file, line and the names of the templates that ran', () => {
      const error = errorOf(() => render(templates.failing, new Map()));
      expect(error).toMatchObject({ file: NAME, line: 3, frame: [NAME] });
      expect(error.message).toContain(NAME);
    });

    it('works on after an error', () => {
      const compiled = compile(templates.failing);
      errorOf(() => compiled.render(NAME, new Map(), testEnvironment()));
      expect(errorOf(() => compiled.render(NAME, new Map(), testEnvironment())).line).toBe(3);
    });

    it('refuses to render a template that it does not know', () => {
      expect(errorOf(() => compile('').render('c/templates/none', new Map(), testEnvironment())).message).toContain(
        'c/templates/none',
      );
    });

    it('ends a recursion at the limit of depth', () => {
      const limits = { outputBytes: 1e9, steps: 1e9, depth: 20 };
      const error = errorOf(() => render(templates.recursive, new Map(), testEnvironment({ limits })));
      expect(error.message).toContain('20');
    });

    it('ends a recursion that no limit stops in an error, too', () => {
      const limits = { outputBytes: 1e9, steps: 1e9, depth: 1e9 };
      expect(errorOf(() => render(templates.recursive, new Map(), testEnvironment({ limits })))).toBeDefined();
    });

    it('ends a loop at the limit of steps', () => {
      const limits = { outputBytes: 1e9, steps: 5000, depth: 100 };
      const error = errorOf(() => render(templates.endless, new Map(), testEnvironment({ limits })));
      expect(error.message).toContain('5000');
    });

    it('ends an output at the limit of bytes', () => {
      const limits = { outputBytes: 10_000, steps: 1e9, depth: 100 };
      const error = errorOf(() => render(templates.large, new Map(), testEnvironment({ limits })));
      expect(error.message).toContain('10000');
    });
  });
}
