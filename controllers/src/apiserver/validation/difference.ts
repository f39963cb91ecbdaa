/**
 * A unified difference of two values, as field errors carry it (cmp-like text of two indented JSON documents).
 */
const CONTEXT = 3;

/** Lines with `-` and `+` and a little around them; ends with a line break. */
export function describeDifference(before: unknown, after: unknown): string {
  const a = goJson(before).split('\n');
  const b = goJson(after).split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const start = Math.max(0, head - CONTEXT);
  const endA = Math.min(a.length, a.length - tail + CONTEXT);
  const endB = Math.min(b.length, b.length - tail + CONTEXT);
  const lines = [
    `@@ -${start + 1},${endA - start} +${start + 1},${endB - start} @@`,
    ...a.slice(start, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, endA).map((line) => ` ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** JSON with one space of indentation and Go's names of fields. */
function goJson(value: unknown): string {
  return JSON.stringify(renamed(value), undefined, 1);
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      /^[a-z]+([A-Z]|$)/.test(key) ? key.charAt(0).toUpperCase() + key.slice(1) : key,
      renamed(item),
    ]),
  );
}
