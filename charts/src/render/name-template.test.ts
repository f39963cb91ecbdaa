import { expect, it } from 'vitest';
import { renderNameTemplate } from './name-template.ts';

const render = (text: string): string => renderNameTemplate(text, { HOME: '/home/me' });

it("renders a release's name with Sprig's functions and the environment", () => {
  expect(render('{{ "ABC" | lower | trunc 2 }}-{{ expandenv "$HOME" | base }}')).toBe('ab-me');
  expect(render('{{ env "HOME" }}{{ env "NO" }}')).toBe('/home/me');
  expect(render('x-{{ randAlphaNum 5 }}')).toMatch(/^x-\w{5}$/);
});

it("has neither the objects nor Helm's functions of charts", () => {
  expect(render('{{ .Release.Name }}')).toBe('<no value>');
  for (const name of ['toYaml', 'include', 'required', 'tpl', 'lookup', 'toToml']) {
    expect(() => render(`{{ ${name} "a" }}`)).toThrow(`template: name-template:1: function "${name}" not defined`);
  }
});

it("tells errors in the words of Go's text/template", () => {
  expect(() => render('{{ fail "boo" }}')).toThrow(
    'template: name-template:1:3: executing "name-template" at <fail "boo">: error calling fail: boo',
  );
  expect(() => render('{{ template "z" }}')).toThrow('template "z" not defined');
});
