/** What stands before a node or a document: anchors, tags, and the directives that give tags their handles. */
import { YamlError } from './error.ts';
import { TAG_PREFIX } from './resolve.ts';
import type { Scanner } from './scanner.ts';
import * as T from './token.ts';

/** The anchor and tag before a node; empty for none. `line` is where the node begins, from 0. */
export interface Properties {
  readonly anchor: string;
  readonly tag: string;
  readonly line: number;
}

/** The handles of a document: `!` and `!!`, and those of its %TAG directives. */
export class TagHandles {
  private readonly prefixes: Map<string, string> = new Map();

  /** Takes the directives before a document from the queue. */
  readDirectives(scanner: Scanner): void {
    let versions = 0;
    for (let token = scanner.peek(); ; token = scanner.peek()) {
      if (token.type === T.VERSION_DIRECTIVE) {
        if (versions++ > 0) throw parserError('found duplicate %YAML directive', token);
        if (token.value !== '1.1') throw parserError('found incompatible YAML document', token);
      } else if (token.type === T.TAG_DIRECTIVE) {
        if (this.prefixes.has(token.value)) throw parserError('found duplicate %TAG directive', token);
        this.prefixes.set(token.value, token.suffix);
      } else {
        break;
      }
      scanner.skip();
    }
    if (!this.prefixes.has('!')) this.prefixes.set('!', '!');
    if (!this.prefixes.has('!!')) this.prefixes.set('!!', TAG_PREFIX);
  }

  /** Takes an anchor and a tag, in either order, from the queue. */
  readProperties(scanner: Scanner): Properties {
    let anchor = '';
    let tag: T.Token | undefined;
    const { line } = scanner.peek();
    for (let i = 0; i < 2; i++) {
      const token = scanner.peek();
      if (token.type === T.ANCHOR && anchor === '') anchor = token.value;
      else if (token.type === T.TAG && tag === undefined) tag = token;
      else break;
      scanner.skip();
    }
    scanner.peek();
    if (tag === undefined) return { anchor, tag: '', line };
    if (tag.value === '') return { anchor, tag: tag.suffix, line };
    const prefix = this.prefixes.get(tag.value);
    if (prefix === undefined) throw parserError('found undefined tag handle', tag);
    return { anchor, tag: prefix + tag.suffix, line };
  }
}

/** An error of libyaml's parser: the line it names is one less than the scanner's would be. */
export function parserError(problem: string, token: T.Token): YamlError {
  const where = token.line === 0 ? '' : `line ${token.line}: `;
  return new YamlError(`yaml: ${where}${problem}`, token.line + 1, token.column + 1);
}
