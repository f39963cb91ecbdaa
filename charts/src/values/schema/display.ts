/** How findings show the values that a schema wants. */
import { GoNumber, type GoValue } from '../../engine/gotemplate/go-value.ts';
import { quote } from './findings.ts';

/** What `enum` says. */
export function enumText(values: readonly GoValue[]): string {
  if (!values.every(isPrimitive)) return "'enum' failed";
  const texts = values.map(display);
  return texts.length === 1 ? `value must be ${texts[0]}` : `value must be one of ${texts.join(', ')}`;
}

export function isPrimitive(value: GoValue): boolean {
  return !Array.isArray(value) && !(value instanceof Map);
}

/** As Go prints the values of a schema, where numbers keep their text: most likely the shortest. */
export function display(value: GoValue): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return '<nil>';
  return value instanceof GoNumber ? String(value.value) : String(value);
}
