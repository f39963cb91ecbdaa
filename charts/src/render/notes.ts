/** The notes of a chart: Helm's NOTES.txt (pkg/action/action.go), and what stands for it among Handlebars templates. */
import { posix } from 'node:path';
import type { Renderable } from './template-tree.ts';

/** Takes all notes out of the files; gives the text of the chart's own, or of all. */
export function takeNotes(
  files: Map<string, string>,
  templates: readonly Renderable[],
  which: { readonly chart: string; readonly subNotes: boolean },
): string {
  const names = new Set(templates.filter(isNotes).map(({ name }) => name));
  let notes = '';
  for (const [name, text] of files) {
    if (!names.has(name)) continue;
    files.delete(name);
    const isOwn = posix.dirname(name) === `${which.chart}/templates`;
    if (which.subNotes || isOwn) notes = notes === '' ? text : `${notes}\n${text}`;
  }
  return notes;
}

/** The template that becomes the notes: NOTES.txt, of Handlebars also NOTES.txt.hbs and NOTES.hbs. */
export function isNotes({ name, engine }: Pick<Renderable, 'name' | 'engine'>): boolean {
  return name.endsWith('NOTES.txt') || (engine === 'handlebars' && /(?:^|\/)NOTES(?:\.txt)?\.hbs$/.test(name));
}
