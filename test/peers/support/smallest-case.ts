/**
 * Makes a failing template case small: parts of its templates and values are taken out as long as it still fails.
 */
import type { TemplateCase } from '../../conformance/templates.ts';

/** Which of the candidates still fail, in their order. */
export type Check = (candidates: readonly TemplateCase[]) => Promise<readonly boolean[]>;

/** Candidates that are asked about at once. */
const BATCH = 64;

/** Time for one case. */
const MILLISECONDS = 12_000;

/** The smallest case that was found. */
export async function smallestCase(failing: TemplateCase, checkAll: Check): Promise<TemplateCase> {
  const end = Date.now() + MILLISECONDS;
  const check: Check = async (candidates) => (Date.now() > end ? candidates.map(() => false) : checkAll(candidates));
  let best = failing;
  for (let round = 0; round < 12; round++) {
    const before = JSON.stringify(best).length;
    best = await firstFailing(best, withoutParts(best), check);
    for (const name of Object.keys(best.templates ?? {})) {
      best = await shrinkText(best, check, {
        pieces: tokens(best.templates?.[name] ?? ''),
        put: (item, text) => ({ ...item, templates: { ...item.templates, [name]: text } }),
      });
    }
    best = await shrinkText(best, check, {
      pieces: (best.values ?? '').split(/(?<=\n)(?=\S)/),
      put: (item, values) => ({ ...item, values }),
    });
    if (JSON.stringify(best).length >= before) break;
  }
  return best;
}

function withoutParts(item: TemplateCase): TemplateCase[] {
  const { overrides: _overrides, ...withoutOverrides } = item;
  const { strict: _strict, ...withoutStrict } = item;
  const { lint: _lint, ...withoutLint } = item;
  const { files: _files, ...withoutFiles } = item;
  const main = item.templates?.['templates/case.yaml'];
  return [
    { id: item.id, templates: main === undefined ? {} : { 'templates/case.yaml': main } },
    withoutOverrides,
    withoutStrict,
    withoutLint,
    withoutFiles,
  ].filter((each) => Object.keys(each).length < Object.keys(item).length);
}

/** Takes the first candidate that fails; the case itself if none does. */
async function firstFailing(
  item: TemplateCase,
  candidates: readonly TemplateCase[],
  check: Check,
): Promise<TemplateCase> {
  for (let i = 0; i < candidates.length; i += BATCH) {
    const batch = candidates.slice(i, i + BATCH);
    const found = (await check(batch)).indexOf(true);
    if (found >= 0) return batch[found] ?? item;
  }
  return item;
}

interface TextParts {
  readonly pieces: readonly string[];
  readonly put: (item: TemplateCase, text: string) => TemplateCase;
}

/** Takes runs of pieces out, long ones first, and pairs of brackets. */
async function shrinkText(item: TemplateCase, check: Check, { pieces, put }: TextParts): Promise<TemplateCase> {
  let best = item;
  let kept = pieces;
  for (let size = Math.max(1, kept.length >> 1); size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let found = true; found; ) {
      const cuts = Array.from({ length: Math.max(0, kept.length - size + 1) }, (_, at) => at)
        .filter((at) => !joinsWords(kept[at - 1], kept[at + size]))
        .map((at) => [...kept.slice(0, at), ...kept.slice(at + size)]);
      if (size === 1) cuts.push(...withoutPairs(kept));
      const candidates = cuts.map((cut) => put(best, cut.join('')));
      const next = await firstFailing(best, candidates, check);
      found = next !== best;
      if (found) kept = cuts[candidates.indexOf(next)] ?? kept;
      best = next;
    }
  }
  return best;
}

/** Two numbers that become one may ask for a list of billions. */
function joinsWords(before: string | undefined, after: string | undefined): boolean {
  return /\w$/.test(before ?? '') && /^\w/.test(after ?? '');
}

/** The pieces without a parenthesis and the one that closes it, and without an action and the `end` that closes it. */
function withoutPairs(pieces: readonly string[]): string[][] {
  const out: string[][] = [];
  const open: number[] = [];
  pieces.forEach((piece, at) => {
    if (piece === '(') open.push(at);
    if (piece !== ')') return;
    const start = open.pop();
    if (start !== undefined) out.push(pieces.filter((_, index) => index !== start && index !== at));
  });
  return out;
}

/** A template's text in pieces: whole actions would be too coarse, characters too fine. */
function tokens(text: string): string[] {
  return text.match(/\{\{-?|-?\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[()|]|[$.\w]+|\s+|[^\s\w]/g) ?? [];
}
