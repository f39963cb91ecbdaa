/**
 * Templates by name, as text/template's associated templates: later definitions replace earlier ones, unless they are
 * empty. A tpl sees the templates around it and adds its own to a set of its own.
 */
import { isEmptyTree, type Tree } from '../node.ts';
import type { Program } from './program.ts';

/** A named template, compiled when it is first executed. */
export class Template {
  readonly tree: Tree;
  private readonly compile: (tree: Tree) => Program;
  private compiled: Program | undefined;

  constructor(tree: Tree, compile: (tree: Tree) => Program) {
    this.tree = tree;
    this.compile = compile;
  }

  get program(): Program {
    this.compiled ??= this.compile(this.tree);
    return this.compiled;
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
  add(name: string, template: Template): void {
    if (this.lookup(name) !== undefined && isEmptyTree(template.tree.root)) return;
    this.templates.set(name, template);
  }

  /** Adds a template whatever it holds: the text of a tpl, whose root starts without a tree each time. */
  addRoot(name: string, template: Template): void {
    this.templates.set(name, template);
  }

  get names(): readonly string[] {
    return [...this.templates.keys()];
  }
}
