/**
 * Functions on regular expressions: regexMatch, regexFindAll, regexReplaceAll, ... Follows Sprig 3.3.0 over Go 1.26's
 * regexp: RE2 by re2js, whose time is linear in the text; a template's pattern never meets JavaScript's own engine.
 */
import { GoSlice, type GoValue, nilSlice } from '../gotemplate/go-value.ts';
import { count, text } from './arguments.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { expandTemplate, findAll, isMatch, type Match, type Pattern, patternOf, quoteMeta } from './regex-pattern.ts';

const STRINGS = 'string';
/** What an item of a list costs beside its text. */
const ITEM_BYTES = 16;

/** regexMatch, regexFind, regexFindAll, regexReplaceAll, regexReplaceAllLiteral, regexSplit, their must forms, regexQuoteMeta. */
export const regexFunctions: readonly TemplateFunction[] = [
  {
    name: 'regexMatch',
    parameters: ['string', 'string'],
    result: 'bool',
    call: ([pattern, value], context) => {
      try {
        return isMatch(patternOf(text(pattern), 'must', context), text(value), context);
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        // A pattern that is none matches nothing.
        return false;
      }
    },
  },
  {
    name: 'mustRegexMatch',
    parameters: ['string', 'string'],
    result: 'bool',
    call: ([pattern, value], context) => isMatch(patternOf(text(pattern), 'must', context), text(value), context),
  },
  ...both('RegexFind', ['string', 'string'], 'string', (pattern, [value], context) => {
    const [match] = findAll(pattern, text(value), { limit: 1, context });
    return match === undefined ? '' : text(value).slice(match.start, match.end);
  }),
  ...both('RegexFindAll', ['string', 'string', 'int'], '[]string', (pattern, [value, limit], context) => {
    const found: string[] = [];
    for (const { start, end } of findAll(pattern, text(value), { limit: limitOf(limit), context })) {
      found.push(text(value).slice(start, end));
      context.spend(ITEM_BYTES);
    }
    return found.length === 0 ? nilSlice(STRINGS) : new GoSlice(STRINGS, found);
  }),
  ...both('RegexReplaceAll', ['string', 'string', 'string'], 'string', (pattern, [value, template], context) =>
    replace(pattern, text(value), { context, by: expansionOf(text(template), context) }),
  ),
  ...both('RegexReplaceAllLiteral', ['string', 'string', 'string'], 'string', (pattern, [value, literal], context) =>
    replace(pattern, text(value), { context, by: () => text(literal) }),
  ),
  ...both('RegexSplit', ['string', 'string', 'int'], '[]string', (pattern, [value, limit], context) => {
    const parts = split(pattern, text(value), { limit: count(limit), context });
    return parts === undefined ? nilSlice(STRINGS) : new GoSlice(STRINGS, parts);
  }),
  {
    name: 'regexQuoteMeta',
    parameters: ['string'],
    result: 'string',
    call: ([value], context) => {
      context.spend(2 * text(value).length);
      return quoteMeta(text(value));
    },
  },
];

/** The plain form, which panics with the pattern, and the must form, which returns the error. */
function both(
  name: string,
  parameters: readonly string[],
  result: string,
  call: (pattern: Pattern, rest: readonly GoValue[], context: CallContext) => GoValue,
): TemplateFunction[] {
  return (['plain', 'must'] as const).map((form) => ({
    name: form === 'must' ? `must${name}` : `r${name.slice(1)}`,
    parameters,
    result,
    call: ([pattern, ...rest], context) => call(patternOf(text(pattern), form, context), rest, context),
  }));
}

/** To find a reference in a template and what it stands for; its name is read besides. */
const STEPS_A_REFERENCE = 40;

/** What a match is replaced by: the template with what its references stand for. */
function expansionOf(template: string, context: CallContext): (match: Match) => string {
  const references = template.split('$').length - 1;
  const steps = references === 0 ? 1 : STEPS_A_REFERENCE * references + template.length;
  return (match) => {
    context.work?.(steps);
    return expandTemplate(template, match);
  };
}

function limitOf(limit: GoValue): number {
  return count(limit) < 0 ? Number.POSITIVE_INFINITY : count(limit);
}

function replace(
  pattern: Pattern,
  value: string,
  options: { readonly by: (match: Match) => string; readonly context: CallContext },
): string {
  let out = '';
  let last = 0;
  for (const match of findAll(pattern, value, { limit: Number.POSITIVE_INFINITY, context: options.context })) {
    const replacement = options.by(match);
    options.context.spend(match.start - last + replacement.length);
    out += value.slice(last, match.start) + replacement;
    last = match.end;
  }
  return last === 0 && out === '' ? value : out + value.slice(last);
}

/** Regexp.Split: an empty match at the start or the end splits nothing off. */
function split(
  pattern: Pattern,
  value: string,
  options: { readonly limit: number; readonly context: CallContext },
): string[] | undefined {
  const { limit, context } = options;
  if (limit === 0) return undefined;
  if (pattern.source !== '' && value === '') return [''];
  const parts: string[] = [];
  let start = 0;
  let end = 0;
  for (const match of findAll(pattern, value, { limit: limit < 0 ? Number.POSITIVE_INFINITY : limit, context })) {
    if (limit > 0 && parts.length === limit - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(value.slice(start, end));
    start = match.end;
    context.spend(ITEM_BYTES);
  }
  if (end !== value.length) parts.push(value.slice(start));
  return parts;
}
