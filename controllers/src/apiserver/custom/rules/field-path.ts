/**
 * JSON paths of fields within a schema: `.spec.replicas`, `.labels['app']` (apiextensions-apiserver's ValidFieldPath,
 * pkg/apiserver/schema/cel/validation.go, v1.34).
 */
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';

export interface FieldPath {
  /** As field errors write it: `spec.labels[app]`. */
  readonly text: string;
  /** The first name. */
  readonly root: string;
  /** The schema of what it leads to. */
  readonly schema: JsonObject;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

/** Where a path leads, or what is wrong with it. */
export function readFieldPath(path: string, schema: JsonObject, allowBrackets: boolean): FieldPath | string {
  const tokens = tokensOf(path);
  let current: JsonObject = schema;
  let text = '';
  let root = '';
  const go = (name: string): string | undefined => {
    const properties = current.properties;
    if (isObject(properties)) {
      const next = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (!isObject(next)) return 'does not refer to a valid field';
      text += text === '' ? name : `.${name}`;
      current = next;
    } else if (isObject(current.additionalProperties)) {
      text += `[${name}]`;
      current = current.additionalProperties;
    } else return 'does not refer to a valid field';
    root ||= name;
    return undefined;
  };
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? '';
    if (token !== '.' && token !== '[') return `expected [ or . but got: ${token}`;
    if (token === '[' && !allowBrackets) return 'array notation is not allowed';
    index += 1;
    let name = tokens[index];
    if (name === undefined) return 'unexpected end of JSON path';
    if (token === '[') {
      if (name.length < 2 || !name.startsWith("'") || !name.endsWith("'"))
        return `expected single quoted string but got ${name}`;
      const bad = /\\[^abfnrtv'\\]/.exec(name);
      if (bad !== null) return `invalid string literal: invalid escape char ${bad[0]}`;
      name = name.slice(1, -1).replace(/\\(.)/g, (_all, char: string) => ESCAPES[char] ?? '');
    }
    const problem = go(name);
    if (problem !== undefined) return problem;
    if (token === '.') continue;
    index += 1;
    if (tokens[index] === undefined) return 'unexpected end of JSON path';
    if (tokens[index] !== ']') return `expected ] but got ${tokens[index]}`;
  }
  return { text, root, schema: current };
}

/** Dots and brackets by themselves; texts in quotes whole; anything else up to the next of them. */
function tokensOf(path: string): readonly string[] {
  return path.match(/'(?:[^'\\]|\\[\s\S])*'|[.[\]]|[^.[\]]+/g) ?? [];
}
