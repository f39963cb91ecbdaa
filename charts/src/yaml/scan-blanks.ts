/** What lies between tokens. */
import { isBreak, isBreakOrEnd, SPACE, TAB } from './characters.ts';
import type { Source } from './source.ts';

/** Where a tab counts as a blank: nowhere, up to the first line break, or (in flow collections) everywhere. */
export type TabRule = 'none' | 'first-line' | 'all';

/** Steps over blanks, comments and breaks. Returns whether a break was passed. */
export function skipToToken(source: Source, rule: TabRule): boolean {
  const { text } = source;
  let passed = false;
  let tabs = rule !== 'none';
  for (;;) {
    let { pos } = source;
    let code = text.charCodeAt(pos);
    while (code === SPACE || (tabs && code === TAB)) code = text.charCodeAt(++pos);
    if (code === 35) while (!isBreakOrEnd(code)) code = text.charCodeAt(++pos);
    source.pos = pos;
    if (!isBreak(code)) return passed;
    source.skipBreak();
    passed = true;
    tabs = rule === 'all';
  }
}
