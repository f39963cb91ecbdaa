/**
 * What kubectl printed on a real control plane of v1.34.2, by command: `kubectl/answers.txt`. `$ COMMAND` is followed by
 * `exit N`, if not 0, and what is printed; `? COMMAND` is run, but its output is not compared. Times, names that were made
 * up, addresses and widths of columns are masked.
 */
import { readFileSync } from 'node:fs';

export interface RecordedCommand {
  readonly command: string;
  /** Undefined: not compared. */
  readonly answer: { readonly exitCode: number; readonly text: string } | undefined;
}

/** In the order in which they were run. */
export function readAnswers(file: string): readonly RecordedCommand[] {
  return readFileSync(file, 'utf8')
    .split(/^(?=[$?] )/m)
    .map((block) => {
      const [first = '', ...lines] = block.replace(/\n+$/, '').split('\n');
      const exit = /^exit (\d+)$/.exec(lines[0] ?? '')?.[1];
      const text = (exit === undefined ? lines : lines.slice(1)).join('\n');
      const answer = { exitCode: Number(exit ?? 0), text };
      return { command: first.slice(2), answer: first.startsWith('$') ? answer : undefined };
    });
}

const HASH = '[bcdfghjklmnpqrstvwxz2456789]';
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/resourceVersion: "\d+"|"resourceVersion": "\d+"/g, '<rv>'],
  [/\b10\.\d+\.\d+\.\d+\b|\b172\.\d+\.\d+\.\d+\b/g, '<ip>'],
  [new RegExp(`\\b(web|d1|db|agent|once|tick|j1|j2)-${HASH}{8,10}-${HASH}{5}\\b`, 'g'), '$1-<hash>-<r>'],
  [new RegExp(`\\b(web|d1|db|agent|once|tick|j1|j2|svc|web-svc)-${HASH}{8,10}\\b`, 'g'), '$1-<hash>'],
  [new RegExp(`\\b(agent|once|tick|j1|j2|svc|web-svc)-${HASH}{5}\\b`, 'g'), '$1-<r>'],
  [/(pod-template-hash|controller-revision-hash)([=:"\s]+)"?[a-z0-9]+"?/g, '$1$2<h>'],
  [/\b(\d+d)?(\d+h)?(\d+m)?\d+s\b|<invalid>|\b\d+m\b/g, '<age>'],
  [/\bnode-\d+\b/g, '<node>'],
  [/:3\d{4}\b|nodePort: 3\d{4}/g, ':<np>'],
  [/https:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/ {2,}/g, ' '],
  [/-{3,}/g, '---'],
  [/[ \t]+$/gm, ''],
  [/\n+$/, ''],
];

/** What is printed, without what is another each time. */
export function maskOutput(text: string): string {
  return MASKS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
}
