/**
 * Names of fields as CEL can write them: `a-b` is `a__dash__b` (the apiserver's pkg/cel/escaping.go).
 */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};
const PLAIN: ReadonlyMap<string, string> = new Map([
  ['underscores', '__'],
  ['dot', '.'],
  ['dash', '-'],
  ['slash', '/'],
]);

/** Undefined for a name that no expression can write. */
export function escapeName(name: string): string | undefined {
  if (name === '' || /^\d/.test(name) || /[^a-zA-Z0-9\-./_]/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (part) => ESCAPES[part] ?? part);
}

/** Undefined for what escapeName never answers. */
export function unescapeName(escaped: string): string | undefined {
  if (!escaped.includes('__')) return escaped;
  let good = true;
  const name = escaped.replace(/__[^_]+__/g, (part) => {
    const inner = part.slice(2, -2);
    const plain = PLAIN.get(inner) ?? (RESERVED.has(inner) && part.length === escaped.length ? inner : undefined);
    good &&= plain !== undefined;
    return plain ?? '';
  });
  return good ? name : undefined;
}
