/** What a shell's script is made of, as far as simulated containers understand it. */

/** A part of a word; what is quoted is not split into words. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly operator: string; readonly isQuoted: boolean }
  | { readonly kind: 'command'; readonly script: string; readonly isQuoted: boolean }
  | { readonly kind: 'arithmetic'; readonly text: string; readonly isQuoted: boolean };

export type Word = readonly WordPart[];

export interface Redirect {
  /** 0, 1 or 2. */
  readonly from: number;
  readonly operator: '<' | '>' | '>>';
  /** A file, or `&1`, `&2`. */
  readonly target: Word;
}

export type ShellCommand =
  | { readonly kind: 'simple'; readonly words: readonly Word[]; readonly redirects: readonly Redirect[] }
  | { readonly kind: 'list'; readonly commands: readonly ShellCommand[] }
  | { readonly kind: 'and' | 'or'; readonly left: ShellCommand; readonly right: ShellCommand }
  | { readonly kind: 'pipe'; readonly commands: readonly ShellCommand[] }
  | { readonly kind: 'not' | 'background' | 'subshell'; readonly command: ShellCommand }
  | { readonly kind: 'if'; readonly test: ShellCommand; readonly then: ShellCommand; readonly otherwise?: ShellCommand }
  | { readonly kind: 'while'; readonly until: boolean; readonly test: ShellCommand; readonly body: ShellCommand }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: ShellCommand };

/** Thrown for what is not understood: such a container behaves as one whose command is unknown. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** An operator, or a word with whether it may be a keyword. */
export type Token = { readonly operator: string } | { readonly word: Word };
