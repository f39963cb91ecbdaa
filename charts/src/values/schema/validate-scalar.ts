/** The keywords of strings and numbers. */
import { runeCount } from '../../engine/gotemplate/bytes.ts';
import { count, localNumber, quote } from './findings.ts';
import { isMultiple } from './json-value.ts';
import type { SchemaCheck } from './schema-check.ts';

export function checkText(check: SchemaCheck, text: string): void {
  const { node } = check;
  const length = node.minLength === undefined && node.maxLength === undefined ? 0 : runeCount(text);
  if (node.minLength !== undefined && length < node.minLength) {
    check.report(`minLength: got ${count(length)}, want ${count(node.minLength)}`);
  }
  if (node.maxLength !== undefined && length > node.maxLength) {
    check.report(`maxLength: got ${count(length)}, want ${count(node.maxLength)}`);
  }
  if (node.pattern !== undefined && !node.pattern.isIn(text)) {
    check.report(`${quote(text)} does not match pattern ${quote(node.pattern.source)}`);
  }
}

export function checkNumber(check: SchemaCheck, value: number): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = check.node;
  const refuse = (name: string, want: number): void => {
    check.report(`${name}: got ${localNumber(value)}, want ${localNumber(want)}`);
  };
  if (minimum !== undefined && value < minimum) refuse('minimum', minimum);
  if (maximum !== undefined && value > maximum) refuse('maximum', maximum);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) refuse('exclusiveMinimum', exclusiveMinimum);
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) refuse('exclusiveMaximum', exclusiveMaximum);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) refuse('multipleOf', multipleOf);
}
