/** How a stream of YAML is cut into documents before each is read by itself, as k8s.io/apimachinery 0.37 does it. */
import { YamlError } from './error.ts';

/** A document and the line in the whole text that it begins after. */
export interface YamlDocument {
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts where a line begins with `---`, as kubectl does (the rest of that line is dropped). Blank documents are kept:
 * they read as null.
 */
export function splitYamlDocuments(text: string): YamlDocument[] {
  const documents: YamlDocument[] = [];
  let start = 0;
  let line = 0;
  for (;;) {
    const cut = text.indexOf('\n---', start);
    const end = cut < 0 ? text.length : cut;
    if (end > start || cut >= 0) documents.push({ text: text.slice(start, end), line });
    if (cut < 0) return documents;
    for (let i = start; i <= cut; i++) if (text.charCodeAt(i) === 10) line++;
    const next = text.indexOf('\n', cut + 4);
    if (next < 0) return documents;
    start = next + 1;
    line++;
  }
}

/**
 * Cuts as Helm cuts values.yaml (apimachinery's YAMLReader): lines that begin with `---` separate, and may carry
 * nothing but a comment. Each document ends in a line break. Throws YamlError.
 */
export function splitValuesDocuments(text: string): string[] {
  const documents: string[] = [];
  let current = '';
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  for (const raw of lines) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.startsWith('---')) {
      const rest = line.slice(3).trim();
      if (rest !== '' && !rest.startsWith('#')) throw new YamlError(`invalid Yaml document separator: ${rest}`);
      if (current !== '') {
        documents.push(current);
        current = '';
        continue;
      }
    }
    current += `${line}\n`;
  }
  if (current !== '') documents.push(current);
  return documents;
}
