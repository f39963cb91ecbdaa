/** The engine as a whole: the suite of all engines, and Helm's rules around text/template. */
import { describe, expect, it } from 'vitest';
import { describeTemplateEngine, testEnvironment } from '../engine.contract.ts';
import { TemplateError } from '../engine.ts';
import { createGoTemplateEngine } from './go-template-engine.ts';
import type { GoValue } from './go-value.ts';
import { testFunctions } from './test-functions.ts';

const engine = createGoTemplateEngine(testFunctions);

describeTemplateEngine({
  create: () => createGoTemplateEngine(testFunctions),
  templates: {
    greeting: 'hello {{ .name }}',
    list: '{{ range .items }}{{ . }},{{ end }}',
    proto: '{{ .__proto__ }}',
    includes: '[{{ template "part" }}]',
    part: '{{ define "part" }}part{{ end }}',
    partName: 'part',
    unparsable: '{{ if true }}\n{{ nope }}\n{{ end }}',
    failing: '\n\n{{ fail "no" }}',
    recursive: '{{ template "c/templates/a" }}',
    endless: '{{ range 1000000000000 }}{{ end }}',
    large: '{{ range 100000 }}0123456789{{ end }}',
  },
});

function renderFiles(files: Record<string, string>, name: string, data: GoValue = new Map()): string {
  const sources = Object.entries(files).map(([file, text]) => ({ name: file, text }));
  return engine.compile(sources).render(name, data, testEnvironment());
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the order of sources', () => {
  const define = (text: string) => `{{ define "x" }}${text}{{ end }}`;

  it('lets charts above overrule those below, whatever order they come in', () => {
    const files = {
      'top/templates/_x.tpl': define('top'),
      'top/charts/sub/templates/_x.tpl': define('sub'),
      'top/templates/a.yaml': '{{ template "x" }}',
    };
    expect(renderFiles(files, 'top/templates/a.yaml')).toBe('top');
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(renderFiles(reversed, 'top/templates/a.yaml')).toBe('top');
  });

  it('lets the first file by name overrule the others beside it', () => {
    const files = { 'c/t/_a.tpl': define('a'), 'c/t/_b.tpl': define('b'), 'c/t/x.yaml': '{{ include "x" . }}' };
    expect(renderFiles(files, 'c/t/x.yaml')).toBe('a');
  });

  it('never replaces a template by an empty one', () => {
    const files = { 'c/t/_a.tpl': define(' \n '), 'c/t/_b.tpl': define('b'), 'c/t/x.yaml': '{{ include "x" . }}' };
    expect(renderFiles(files, 'c/t/x.yaml')).toBe('b');
  });
});

describe('no value', () => {
  it('is nothing in the output, even where the text itself says it', () => {
    expect(renderFiles({ a: '[{{ .missing }}] <no value>' }, 'a')).toBe('[] ');
  });

  it('is nothing in the output of tpl', () => {
    expect(renderFiles({ a: '{{ tpl "[{{ .x }}]" . | printf "%q" }}' }, 'a')).toBe('"[]"');
  });

  it('is written where a template is included, until the whole output is made', () => {
    const text = '{{ define "x" }}{{ .y }}{{ end }}{{ include "x" . | len }}{{ include "x" . | printf "%q" }}';
    expect(renderFiles({ a: text }, 'a')).toBe('10""');
  });
});

describe('include', () => {
  it('gives the output of a template as a string', () => {
    expect(renderFiles({ a: '{{ define "x" }}<{{ . }}>{{ end }}{{ include "x" "é" | upper }}' }, 'a')).toBe('<É>');
  });

  it('starts with variables of its own', () => {
    const text = '{{ define "x" }}{{ $y := 2 }}{{ $y }}{{ $ }}{{ end }}{{ $y := 1 }}{{ include "x" 3 }}{{ $y }}';
    expect(renderFiles({ a: text }, 'a')).toBe('231');
  });

  it('names the template that is not there', () => {
    expect(messageOf(() => renderFiles({ a: '{{ include "x" . }}' }, 'a'))).toBe(
      'a:1:3\n  executing "a" at <include "x" .>:\n    error calling include:\ntemplate: no template "x" associated with template "gotpl"',
    );
  });

  it('ends a recursion where Helm ends it', () => {
    const message = messageOf(() => renderFiles({ a: '{{ include "a" . }}' }, 'a'));
    expect(message.split('error calling include: ')).toHaveLength(1003);
    expect(message.endsWith('rendering template has a nested reference name: a: unable to execute template')).toBe(
      true,
    );
  });
});

describe('tpl', () => {
  it('sees the templates around it', () => {
    const text = '{{ define "x" }}x{{ . }}{{ end }}{{ tpl "{{ include \\"x\\" 1 }}" . }}';
    expect(renderFiles({ a: text }, 'a')).toBe('x1');
  });

  it('keeps what it defines to itself', () => {
    const text = `{{ tpl "{{ define \\"x\\" }}x{{ end }}{{ include \\"x\\" . }}" . }}{{ include "x" . }}`;
    expect(messageOf(() => renderFiles({ a: text }, 'a'))).toContain('no template "x"');
  });

  it('lets what it defines call tpl in turn', () => {
    const text = '{{ tpl "{{ define \\"x\\" }}{{ tpl .t . }}{{ end }}{{ include \\"x\\" . }}" . }}';
    expect(renderFiles({ a: text }, 'a', new Map([['t', '{{ upper "deep" }}']]))).toBe('DEEP');
  });

  it('says what did not parse', () => {
    expect(messageOf(() => renderFiles({ a: '{{ tpl "{{" . }}' }, 'a'))).toBe(
      'template: a:1:3: executing "a" at <tpl "{{" .>: error calling tpl: cannot parse template "{{": template: gotpl:1: unclosed action',
    );
  });

  it('says what did not run', () => {
    expect(messageOf(() => renderFiles({ a: '{{ tpl "{{ .a.b.c }}" . }}' }, 'a', new Map([['a', 'x']])))).toBe(
      'template: a:1:3: executing "a" at <tpl "{{ .a.b.c }}" .>: error calling tpl: error during tpl function execution for "{{ .a.b.c }}": template: gotpl:1:5: executing "gotpl" at <.a.b.c>: can\'t evaluate field b in type interface {}',
    );
  });
});

describe('errors as Helm writes them', () => {
  it('cuts a parse error to place and reason', () => {
    expect(messageOf(() => renderFiles({ a: 'x\n{{ end }}' }, 'a'))).toBe('parse error at (a:2): unexpected {{end}}');
  });

  it('gives each template on the way lines of its own', () => {
    const text = '{{ define "x" }}\n{{ .a.b }}{{ end }}{{ include "x" . }}';
    expect(messageOf(() => renderFiles({ a: text }, 'a', new Map([['a', 1]])))).toBe(
      'a:2:22\n  executing "a" at <include "x" .>:\n    error calling include:\na:2:5\n  executing "x" at <.a.b>:\n    can\'t evaluate field b in type interface {}',
    );
  });

  it('leaves the error of a function as Go writes it', () => {
    expect(messageOf(() => renderFiles({ a: '{{ broken }}' }, 'a'))).toBe(
      'template: a:1:3: executing "a" at <broken>: error calling broken: it is broken',
    );
  });

  it('shows the message of fail without the way to it', () => {
    const text = '{{ define "x" }}{{ fail "stop: now" }}{{ end }}{{ include "x" . }}';
    expect(messageOf(() => renderFiles({ a: text }, 'a'))).toBe('execution error at (a:1:50): stop: now');
  });

  it('counts columns in bytes', () => {
    expect(messageOf(() => renderFiles({ a: 'é😀{{ upper 1 }}' }, 'a', new Map()))).toContain('a:1:15\n');
  });
});

describe('faults of our own', () => {
  const broken = createGoTemplateEngine(
    new Map(
      [
        () => {
          throw new TypeError('undefined is not a function');
        },
        () => 'x'.repeat(2 ** 30),
      ].map((call, i) => [`f${i}`, { name: `f${i}`, parameters: [], result: 'string', call }]),
    ),
  );
  const render = (text: string) => () =>
    broken.compile([{ name: 'a', text }]).render('a', new Map(), testEnvironment());

  it('are not taken for errors of the template', () => {
    expect(render('{{ f0 }}')).toThrow(TypeError);
  });

  it('but a result that JavaScript cannot hold is', () => {
    expect(render('{{ f1 }}')).toThrow(TemplateError);
    expect(render('{{ f1 }}')).toThrow('error calling f1: the result is too large');
  });
});

describe('strings of bytes', () => {
  it('join to characters in the output', () => {
    expect(renderFiles({ a: '{{ "\\xc3" }}{{ "\\xa9" }}' }, 'a')).toBe('é');
  });
});
