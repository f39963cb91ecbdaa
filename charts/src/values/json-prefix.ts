/** The first JSON value of a text that goes on after it, as encoding/json's Decoder takes it. */
import type { GoValue } from '../engine/gotemplate/go-value.ts';

const MAX_DEPTH = 1000;

/** The value and how many UTF-16 units it takes, leading space included. Undefined when there is no JSON value. */
export function takeJsonValue(text: string): { readonly value: GoValue; readonly length: number } | undefined {
  const start = text.search(/[^ \t\r\n]/);
  if (start < 0) return undefined;
  const end = endOfValue(text, start);
  if (end === undefined) return undefined;
  try {
    return { value: toGoValue(JSON.parse(text.slice(start, end)), 0), length: end };
  } catch {
    // The text between the ends is no JSON, too deep, or holds a number that no float64 does.
    return undefined;
  }
}

function endOfValue(text: string, start: number): number | undefined {
  const first = text.charAt(start);
  if (first === '{' || first === '[') return endOfCollection(text, start);
  if (first === '"') return endOfString(text, start);
  const scalar = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/.exec(text.slice(start));
  if (scalar === null) return undefined;
  const end = start + scalar[0].length;
  // A number that stops in the middle is none.
  const unfinished = /[0-9]$/.test(scalar[0]) && /^[.eE]/.test(text.slice(end, end + 1));
  return unfinished ? undefined : end;
}

function endOfString(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return undefined;
}

function endOfCollection(text: string, start: number): number | undefined {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      const end = endOfString(text, i);
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (char === '{' || char === '[') {
      depth++;
    } else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

/** Objects as Maps; half a surrogate pair is U+FFFD, as Go reads it. */
function toGoValue(json: unknown, depth: number): GoValue {
  if (depth > MAX_DEPTH) throw new RangeError('JSON is nested too deep');
  if (typeof json === 'string') return wellFormed(json);
  if (typeof json === 'number') {
    if (!Number.isFinite(json)) throw new RangeError('number out of range');
    return json;
  }
  if (typeof json === 'boolean') return json;
  if (typeof json !== 'object' || json === null) return null;
  if (Array.isArray(json)) return json.map((item) => toGoValue(item, depth + 1));
  return new Map(Object.entries(json).map(([key, item]) => [wellFormed(key), toGoValue(item, depth + 1)]));
}

function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}
