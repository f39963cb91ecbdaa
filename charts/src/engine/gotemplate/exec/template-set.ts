/**
 * Templates by name, as text/template's associated templates: later definitions replace earlier ones, unless they are
 * empty. A tpl sees the templates around it and adds its own to a set of its own.
 */
import type { Program } from './program.ts';
import type { TemplateFile } from './template-file.ts';

/** A named template: a whole text, or a definition in it. */
export class Template {
  readonly name: string;
  /** The name of the text for errors; texts themselves are shared between names. */
  readonly file: string;
  readonly isEmpty: boolean;
  private readonly source: TemplateFile;
  private readonly definition: string | undefined;

  constructor(source: TemplateFile, names: { readonly file: string; readonly definition?: string }) {
    this.source = source;
    this.file = names.file;
    this.definition = names.definition;
    this.name = names.definition ?? names.file;
    this.isEmpty = source.isEmpty(names.definition);
  }

  get text(): string {
    return this.source.text;
  }

  get program(): Program {
    return this.source.program(this.definition);
  }
}

export class TemplateSet {
  private readonly templates = new Map<string, Template>();
  private readonly parent: TemplateSet | undefined;

  constructor(parent?: TemplateSet) {
    this.parent = parent;
  }

  lookup(name: string): Template | undefined {
    return this.templates.get(name) ?? this.parent?.lookup(name);
  }

  /** Adds a template, replacing one of the same name unless the new one is empty. */
  add(template: Template): void {
    if (template.isEmpty && this.lookup(template.name) !== undefined) return;
    this.templates.set(template.name, template);
  }

  /** Adds a template whatever there is: the text of a tpl, whose name has no text before it. */
  replace(template: Template): void {
    this.templates.set(template.name, template);
  }

  get names(): readonly string[] {
    return [...this.templates.keys()];
  }
}
