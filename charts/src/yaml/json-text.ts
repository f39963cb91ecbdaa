/** Text of JSON as encoding/json (Go 1.26) writes it: keys in byte order, `<`, `>`, `&`, LS and PS escaped. */
import { compareStrings } from '../engine/gotemplate/bytes.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { quoteJson } from './json-string.ts';
import { encodingShape } from './shape.ts';

/** A value as JSON. Throws YamlError for what JSON cannot hold. */
export function encodeJson(value: GoValue): string {
  const shape = encodingShape(value);
  switch (shape.kind) {
    case 'list':
      return `[${shape.items.map(encodeJson).join(',')}]`;
    case 'map': {
      const entries = [...shape.entries].sort((a, b) => compareStrings(a[0], b[0]));
      return `{${entries.map(([key, item]) => `${quoteJson(key)}:${encodeJson(item)}`).join(',')}}`;
    }
    case 'literal':
      return shape.text;
    default:
      return quoteJson(shape.text);
  }
}
