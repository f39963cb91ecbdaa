/**
 * What Go 1.26's regular expressions have beyond re2js's: groups that share a name, and Unicode properties by their
 * long names and in any case (`\p{letter}`, `\pl`), but scripts of several words not at all.
 */

/** A pattern as re2js takes it. */
export interface Re2Pattern {
  readonly text: string;
  /** Names of groups that stand for others. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Properties as they were written: one of them is at fault if only the rewritten pattern is none. */
  readonly properties: readonly string[];
}

/** Quoted text, properties, other escapes, named groups, and where classes begin and end. */
const tokens = /\\Q[\s\S]*?(?:\\E|$)|\\[pP](?:\{([^}]*)\}|([A-Za-z]))|\\[\s\S]|\(\?P?<([A-Za-z0-9_]+)>|\[\^?\]?|\]/g;

/** Rewrites a pattern where re2js needs it; what is no pattern stays none. */
export function toRe2(source: string): Re2Pattern {
  const aliases = new Map<string, string>();
  const properties: string[] = [];
  // Neither is common: most patterns are left as they are.
  if (!/\\[pP]|\(\?P?</.test(source)) return { text: source, aliases, properties };
  const seen = new Set<string>();
  let isInClass = false;
  const text = source.replace(tokens, (token, long?: string, short?: string, name?: string) => {
    const property = long ?? short;
    if (property !== undefined) {
      properties.push(token);
      return propertyText(token.startsWith('\\P'), property, isInClass);
    }
    if (token.startsWith('[') || token === ']') isInClass = token !== ']';
    if (name === undefined || isInClass) return token;
    if (!seen.has(name)) {
      seen.add(name);
      return token;
    }
    const alias = `${name}_again${aliases.size}`;
    aliases.set(alias, name);
    return token.replace(`<${name}>`, `<${alias}>`);
  });
  return { text, aliases, properties };
}

function propertyText(isCapital: boolean, written: string, isInClass: boolean): string {
  const isNegated = isCapital !== written.startsWith('^');
  const letters = written.replace(/^\^/, '').replace(/[_\- ]/g, '');
  const canonical = letters.charAt(0).toUpperCase() + letters.slice(1).toLowerCase();
  if (canonical === 'Ascii') {
    const range = isNegated ? '\\x{80}-\\x{10FFFF}' : '\\x00-\\x7F';
    return isInClass ? range : `[${range}]`;
  }
  const name = unknownToGo.has(canonical) ? '!' : (categoryAliases.get(canonical) ?? canonical);
  return `\\${isNegated ? 'P' : 'p'}{${name}}`;
}

/** Binary properties that re2js knows and Go does not. */
const unknownToGo: ReadonlySet<string> = new Set(['Alphabetic', 'Lowercase', 'Uppercase', 'Math']);

/** Long names of categories, in the case in which Go looks them up. */
const categoryAliases: ReadonlyMap<string, string> = new Map([
  ['Lc', 'LC'],
  ['Casedletter', 'LC'],
  ['Closepunctuation', 'Pe'],
  ['Combiningmark', 'M'],
  ['Connectorpunctuation', 'Pc'],
  ['Control', 'Cc'],
  ['Currencysymbol', 'Sc'],
  ['Dashpunctuation', 'Pd'],
  ['Decimalnumber', 'Nd'],
  ['Enclosingmark', 'Me'],
  ['Finalpunctuation', 'Pf'],
  ['Format', 'Cf'],
  ['Initialpunctuation', 'Pi'],
  ['Letter', 'L'],
  ['Letternumber', 'Nl'],
  ['Lineseparator', 'Zl'],
  ['Lowercaseletter', 'Ll'],
  ['Mark', 'M'],
  ['Mathsymbol', 'Sm'],
  ['Modifierletter', 'Lm'],
  ['Modifiersymbol', 'Sk'],
  ['Nonspacingmark', 'Mn'],
  ['Number', 'N'],
  ['Openpunctuation', 'Ps'],
  ['Other', 'C'],
  ['Otherletter', 'Lo'],
  ['Othernumber', 'No'],
  ['Otherpunctuation', 'Po'],
  ['Othersymbol', 'So'],
  ['Paragraphseparator', 'Zp'],
  ['Privateuse', 'Co'],
  ['Punctuation', 'P'],
  ['Separator', 'Z'],
  ['Spaceseparator', 'Zs'],
  ['Spacingmark', 'Mc'],
  ['Surrogate', 'Cs'],
  ['Symbol', 'S'],
  ['Titlecaseletter', 'Lt'],
  ['Unassigned', 'Cn'],
  ['Uppercaseletter', 'Lu'],
  ['Cntrl', 'Cc'],
  ['Digit', 'Nd'],
  ['Punct', 'P'],
]);
