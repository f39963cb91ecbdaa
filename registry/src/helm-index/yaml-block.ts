/**
 * YAML in block style for plain JSON, written for the index: quick, and careful to quote whatever any YAML 1.1 or 1.2 parser
 * could take for something else than the text it is. Quoted text is JSON's, with the characters escaped that YAML forbids.
 */
import { isJsonObject } from '../json.ts';

const plainWord = /^[A-Za-z](?:[A-Za-z0-9 ._+/@()-]|:(?=[^\s:]))*$/;
const plainVersion = /^v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$/;
const plainDigest = /^(?=[0-9a-f]*[a-df])[0-9a-f]{64}$/;
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
const notPrintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Lines with `indent` spaces before each, and a line break after the last. */
export function formatYamlBlock(value: readonly unknown[] | Readonly<Record<string, unknown>>, indent: number): string {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value.map((item: unknown) => `${pad}- ${formatNested(item, { indent: indent + 2, inline: true })}`).join('');
  }
  return Object.entries(value)
    .map(([key, item]) => `${pad}${formatKey(key, pad)}:${formatNested(item, { indent, inline: false })}`)
    .join('');
}

/** Text plain where nothing can mistake it, else quoted; numbers, booleans and null as they are. */
export function formatYamlScalar(value: unknown): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value) ?? 'null';
  }
  const isPlain =
    (plainWord.test(value) && !value.endsWith(' ') && !reserved.test(value)) ||
    plainVersion.test(value) ||
    plainDigest.test(value);
  return isPlain ? value : quoteYaml(value);
}

export function quoteYaml(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    notPrintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A key of more than 1024 characters is only read where a `?` announces it. */
function formatKey(key: string, pad: string): string {
  const scalar = formatYamlScalar(key);
  return scalar.length > 1000 ? `? ${scalar}\n${pad}` : scalar;
}

/** What follows `key:` or `- `, where the first line of a nested map may stand on the line of its dash. */
function formatNested(value: unknown, place: { readonly indent: number; readonly inline: boolean }): string {
  const space = place.inline ? '' : ' ';
  if (Array.isArray(value)) {
    if (value.length === 0) {
      return `${space}[]\n`;
    }
    // In a map, Helm writes a list's dashes at the depth of its key; within a list it must stand deeper.
    return `\n${formatYamlBlock(value, place.indent)}`;
  }
  if (isJsonObject(value)) {
    if (Object.keys(value).length === 0) {
      return `${space}{}\n`;
    }
    const block = formatYamlBlock(value, place.inline ? place.indent : place.indent + 2);
    return place.inline ? block.slice(place.indent) : `\n${block}`;
  }
  return `${space}${formatYamlScalar(value)}\n`;
}
