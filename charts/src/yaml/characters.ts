/**
 * Character classes of YAML 1.1 as libyaml has them: breaks are LF, CR, NEL, LS and PS; blanks are space and tab.
 * NUL stands for the end of the text (it cannot occur inside: the reader refuses control characters).
 */

export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const TAB = 9;
export const NEL = 0x85;
export const LS = 0x2028;
export const PS = 0x2029;

/** What an ASCII character means inside a plain scalar. */
export const ORDINARY = 0;
export const BLANK_OR_END = 1;
export const COLON = 2;
export const FLOW_INDICATOR = 3;

/** Indexed by ASCII code. */
export const plainClass: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (const code of [0, TAB, LF, CR, SPACE]) table[code] = BLANK_OR_END;
  table[58] = COLON;
  for (const indicator of ',?[]{}') table[indicator.charCodeAt(0)] = FLOW_INDICATOR;
  return table;
})();

export function isBreak(code: number): boolean {
  return code === LF || code === CR || code === NEL || code === LS || code === PS;
}

export function isBreakOrEnd(code: number): boolean {
  return code === 0 || isBreak(code);
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isBlankOrEnd(code: number): boolean {
  return code === SPACE || code === TAB || code === 0 || isBreak(code);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters, digits, `_` and `-`: what anchors and tag handles are made of. */
export function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}
