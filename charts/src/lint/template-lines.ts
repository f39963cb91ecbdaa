/**
 * Which line of a template a line of its output came from. Text outside of actions is printed as it stands, so a
 * rendered line is looked for among the template's lines by their plain text: the pieces between `{{...}}`, in their
 * order, the first at the start and the last at the end. Of several such lines the longest plain text wins, and of
 * equals the one that is at the same place among its equals in both texts (the last, where a `range` made more). A line
 * that was made by actions alone (`toYaml`, `include`) is taken for the nearest one above it that is found.
 */

export interface TemplateLines {
  /** The template's line, from 1, of a line, from 1, of its output. */
  of(renderedLine: number): number;
}

interface Literal {
  readonly line: number;
  readonly pieces: readonly string[];
  readonly weight: number;
}

/** For one template and one output of it. */
export function mapTemplateLines(template: string, output: string): TemplateLines {
  const literals = literalsOf(template);
  const rendered = output.split('\n').map((line) => line.trim());
  const lineOf = (line: number): number | undefined => {
    const text = rendered[line - 1] ?? '';
    if (text === '' || text === '---') return undefined;
    const matching = literals.filter((literal) => fits(text, literal.pieces));
    const best = Math.max(...matching.map(({ weight }) => weight));
    const candidates = matching.filter(({ weight }) => weight === best);
    if (candidates.length < 2) return candidates[0]?.line;
    const pieces = candidates[0]?.pieces ?? [];
    const before = rendered.slice(0, line - 1).filter((other) => fits(other, pieces)).length;
    return candidates[Math.min(before, candidates.length - 1)]?.line;
  };
  return {
    of(renderedLine) {
      for (let line = renderedLine; line > 0; line -= 1) {
        const found = lineOf(line);
        if (found !== undefined) return found;
      }
      return 1;
    },
  };
}

/** Lines with plain text; what is inside an action or a comment, also over several lines, is none. */
function literalsOf(template: string): Literal[] {
  const plain = template.replace(/\{\{[\s\S]*?\}\}/g, (action) => `\0${action.replace(/[^\n]/g, '')}`);
  return plain.split('\n').flatMap((line, index) => {
    const pieces = line.trim().split('\0');
    const weight = pieces.join('').replace(/[\s"':-]/g, '').length;
    return weight === 0 ? [] : [{ line: index + 1, pieces, weight }];
  });
}

function fits(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return text === first;
  const last = rest.at(-1) ?? '';
  if (!text.startsWith(first.trimEnd()) || !text.endsWith(last.trimStart())) return false;
  let at = first.trimEnd().length;
  for (const piece of rest.slice(0, -1)) {
    const found = text.indexOf(piece.trim(), at);
    if (found < 0) return false;
    at = found + piece.trim().length;
  }
  return at <= text.length - last.trimStart().length;
}
