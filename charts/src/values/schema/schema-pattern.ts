/**
 * Patterns of schemas. They are RE2's, which no text makes run away; the plainest, which most schemas have, mean the same
 * to JavaScript's expressions and cannot run away there, either: those cost next to nothing to compile.
 */
import { type Pattern, patternOf } from '../../engine/functions/regex-pattern.ts';
import { isSmallText } from '../../engine/functions/regex-small.ts';

export interface SchemaPattern {
  readonly source: string;
  /** True if it is somewhere in a text. */
  isIn(text: string): boolean;
}

/** Characters and positive classes of ASCII in a row, from a start or to an end. */
const plain =
  /^\^?(?:(?:[\w/:@ ,=-]|\\[dw./-]|\[(?:\w-\w|[\w/:@ ,=.]|\\[dw./-])+-?\])(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})?)*\$?$/;
const LONGEST_PLAIN = 200;
/** Longer texts are RE2's: a repetition may begin at each character and go on to the end. */
const LONGEST_TEXT = 1000;

/** Throws FunctionError with Go's text for what is no pattern. */
export function schemaPattern(source: string): SchemaPattern {
  const native = nativePattern(source);
  let pattern: Pattern | undefined = native === undefined ? patternOf(source, 'must') : undefined;
  return {
    source,
    isIn: (text) => {
      if (native !== undefined && text.length <= LONGEST_TEXT) return native.test(text);
      pattern ??= patternOf(source, 'must');
      const { small } = pattern;
      if (small !== undefined && isSmallText(text)) return small.find(text, 0) !== undefined;
      return pattern.expression().matcher(text).find();
    },
  };
}

function nativePattern(source: string): RegExp | undefined {
  if (source.length > LONGEST_PLAIN || !plain.test(source)) return undefined;
  // More than one repetition might be tried in too many ways.
  if ((source.match(/[*+?}]/g)?.length ?? 0) > 1) return undefined;
  try {
    return new RegExp(source);
  } catch {
    // Ranges and counts in the wrong order.
    return undefined;
  }
}
