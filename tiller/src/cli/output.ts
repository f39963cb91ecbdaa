/** Text for people and for programs: tables as Helm's, JSON in one line, YAML. */

/** Columns as wide as their widest cell, with a tab between, as Helm's tables. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = header.length === 0 ? rows : [header, ...rows];
  const widths: number[] = [];
  for (const row of all) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return all
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('\t')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Prints a structure in the format of `-o`; `table` is made only when it is asked for. */
export async function printAs(format: string, value: unknown, table: () => string | Promise<string>): Promise<void> {
  if (format === 'json') process.stdout.write(`${JSON.stringify(value)}\n`);
  else if (format === 'yaml') process.stdout.write(await formatYaml(value));
  else process.stdout.write(await table());
}

export async function formatYaml(value: unknown): Promise<string> {
  const { emitYaml, valuesFromJson } = await import('@drydock/charts');
  // A parsed border: what is printed is plain JSON; a map with one key lets any of it pass.
  const wrapped = valuesFromJson({ value: JSON.parse(JSON.stringify(value)) });
  return emitYaml(wrapped.get('value'));
}

/** Go's time.ANSIC, in UTC: `Sat Nov 21 13:52:01 2026`. */
export function formatAnsic(iso: string): string {
  const date = new Date(iso);
  const [, day = '', month = ''] = /^(\w{3}), \d{2} (\w{3})/.exec(date.toUTCString()) ?? [];
  return `${day} ${month} ${String(date.getUTCDate()).padStart(2)} ${iso.slice(11, 19)} ${date.getUTCFullYear()}`;
}

/** As Go prints a time: `2026-11-21 13:52:01 +0000 UTC`. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`;
}

export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
