/** The keywords of a schema as they stand in the text. */
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { numberOf } from './json-value.ts';

/** Keywords that only tell people, or programs that make forms, of values. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'examples', '$comment', 'form', 'render', 'readOnly', 'hidden', '$schema'],
]);

/** The keywords that most schemas have none of: new nodes are as if without them. */
export const APPLICATORS: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'oneOf', 'not', 'properties', 'patternProperties', 'additionalProperties', 'dependencies'],
  ...['items', 'prefixItems', 'additionalItems', 'dependentSchemas', 'unevaluatedProperties', 'unevaluatedItems'],
]);

/** Of numbers, texts, lists and objects. */
export const BOUNDS: ReadonlySet<string> = new Set([
  ...['multipleOf', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'minLength', 'maxLength', 'pattern'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

/** The values of keywords, of the kind that is asked for; any other kind counts as absent. */
export class Keywords {
  readonly map: ReadonlyMap<string, GoValue>;
  constructor(map: ReadonlyMap<string, GoValue>) {
    this.map = map;
  }

  /** Whether any of them may have a say about values. */
  constrain(): boolean {
    for (const name of this.map.keys()) if (!ANNOTATIONS.has(name)) return true;
    return false;
  }

  /** Whether any of some is there. */
  hasAny(names: ReadonlySet<string>): boolean {
    for (const name of this.map.keys()) if (names.has(name)) return true;
    return false;
  }

  text(name: string): string | undefined {
    const value = this.map.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.map.get(name) === true;
  }

  number(name: string): number | undefined {
    return numberOf(this.map.get(name));
  }

  integer(name: string): number | undefined {
    const value = this.number(name);
    return Number.isInteger(value) ? value : undefined;
  }

  texts(name: string): readonly string[] {
    return textsOf(this.map.get(name));
  }

  entries(name: string): readonly (readonly [string, GoValue])[] {
    const value = this.map.get(name);
    return value instanceof Map ? [...value] : [];
  }
}

/** The strings of a list. */
export function textsOf(value: GoValue): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
