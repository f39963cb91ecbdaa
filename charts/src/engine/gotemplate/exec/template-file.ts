/**
 * Texts of templates, parsed and compiled once whatever charts they are in and whatever they are called there: charts
 * share libraries. A cache keeps the trees and programs of the texts used last; those of others are made again.
 */
import { isEmptyTree, type ListNode, type ParsedText } from '../node.ts';
import type { Program } from './program.ts';

/** Parses and compiles texts. */
export interface TemplateLanguage {
  /** The name is for errors. Throws ParseError. */
  parse(name: string, text: string): ParsedText;
  compile(tree: ListNode): Program;
}

/** A text that is known to parse. */
export class TemplateFile {
  readonly text: string;
  /** The names that it defines, and whether with nothing but space. */
  readonly definitions: ReadonlyMap<string, boolean>;
  /** What its trees weigh, in tokens. */
  readonly tokens: number;
  private readonly isMainEmpty: boolean;
  private readonly cache: TemplateFileCache;
  private parsed: ParsedText | undefined;
  private programs = new Map<string | undefined, Program>();

  constructor(text: string, parsed: ParsedText, cache: TemplateFileCache) {
    this.text = text;
    this.parsed = parsed;
    this.cache = cache;
    this.tokens = parsed.tokens;
    this.isMainEmpty = isEmptyTree(parsed.main);
    this.definitions = new Map([...parsed.definitions].map(([name, tree]) => [name, isEmptyTree(tree)]));
  }

  /** True if a definition, or what is outside of them, is nothing but space. */
  isEmpty(definition: string | undefined): boolean {
    return definition === undefined ? this.isMainEmpty : (this.definitions.get(definition) ?? true);
  }

  /** The program of a definition, or of what is outside of them. */
  program(definition: string | undefined): Program {
    const known = this.programs.get(definition);
    if (known !== undefined) return known;
    this.parsed ??= this.cache.parseAgain(this);
    const tree = definition === undefined ? this.parsed.main : this.parsed.definitions.get(definition);
    const program = this.cache.language.compile(tree ?? this.parsed.main);
    this.programs.set(definition, program);
    return program;
  }

  /** Lets go of everything but the text. */
  forget(): void {
    this.parsed = undefined;
    this.programs = new Map();
  }
}

/** The texts used last, up to a number of tokens in all. */
export class TemplateFileCache {
  readonly language: TemplateLanguage;
  private readonly capacity: number;
  private readonly files = new Map<string, TemplateFile>();
  private tokens = 0;

  constructor(language: TemplateLanguage, capacity: number) {
    this.language = language;
    this.capacity = capacity;
  }

  /** The file of a text. Throws ParseError, with the name. */
  get(name: string, text: string): TemplateFile {
    const known = this.files.get(text);
    if (known !== undefined) {
      this.files.delete(text);
      this.files.set(text, known);
      return known;
    }
    const file = new TemplateFile(text, this.language.parse(name, text), this);
    this.keep(file);
    return file;
  }

  /** Parses a file that was forgotten, and keeps it again. */
  parseAgain(file: TemplateFile): ParsedText {
    if (this.files.get(file.text) !== file) this.keep(file);
    return this.language.parse('', file.text);
  }

  private keep(file: TemplateFile): void {
    this.drop(file.text);
    this.files.set(file.text, file);
    this.tokens += file.tokens;
    for (const [text, oldest] of this.files) {
      if (this.tokens <= this.capacity || oldest === file) break;
      this.drop(text);
    }
  }

  private drop(text: string): void {
    const file = this.files.get(text);
    if (file === undefined) return;
    this.files.delete(text);
    this.tokens -= file.tokens;
    file.forget();
  }
}
