/**
 * Renders the cases of a corpus (see the corpus' README: real charts with what Helm printed) in this process and
 * compares byte by byte. A program of its own, `npm run conformance:render -- CORPUS [--failures FILE] [--only TEXT]`,
 * and what charts.test.ts runs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  type Chart,
  ChartError,
  createTemplateCache,
  formatRendered,
  loadChart,
  mergeValueLayers,
  parseYamlDocuments,
  renderChart,
} from '@drydock/charts';

export interface CorpusCase {
  readonly chart: string;
  readonly case: string;
  readonly deterministic: boolean;
  readonly values?: string;
  readonly golden?: string;
  readonly error?: string;
  readonly maskLines?: readonly number[];
}

export interface CaseResult {
  readonly case: CorpusCase;
  /** `documents`: other bytes, the same objects. */
  readonly outcome: 'equal' | 'documents' | 'differs' | 'failed';
  /** Where it differs first, or the error. */
  readonly detail: string;
}

/** The cases of a corpus folder. */
export function readCases(corpus: string): CorpusCase[] {
  const lines = readFileSync(join(corpus, 'cases.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as CorpusCase);
}

/** Renders the cases one after the other; charts are loaded once each. */
export function renderCases(corpus: string, cases: readonly CorpusCase[]): CaseResult[] {
  const cache = createTemplateCache({ capacity: 4 });
  let last: { path: string; chart: Chart } | undefined;
  return cases.map((item) => {
    try {
      if (last?.path !== item.chart) last = { path: item.chart, chart: loadChart(join(corpus, item.chart)) };
      const files =
        item.values === undefined ? [] : [{ name: item.values, text: readFileSync(join(corpus, item.values), 'utf8') }];
      const rendered = renderChart(last.chart, {
        release: { name: 'rel', namespace: 'demo' },
        values: mergeValueLayers({ files }),
        cache,
      });
      return compareOutput(corpus, item, formatRendered(rendered, { includeCrds: true }));
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      return compareError(corpus, item, error);
    }
  });
}

function compareOutput(corpus: string, item: CorpusCase, text: string): CaseResult {
  if (item.golden === undefined) return { case: item, outcome: 'differs', detail: 'rendered, but Helm fails' };
  const golden = gunzipSync(readFileSync(join(corpus, item.golden))).toString();
  const want = golden.split('\n');
  const got = text.split('\n');
  const masked = new Set(item.maskLines);
  const at = want.findIndex((line, index) => line !== got[index] && !masked.has(index + 1));
  if (at < 0 && want.length === got.length) return { case: item, outcome: 'equal', detail: '' };
  const line = at < 0 ? Math.min(want.length, got.length) : at;
  const detail = `line ${line + 1}: want ${JSON.stringify(want[line])}, got ${JSON.stringify(got[line])}`;
  return { case: item, outcome: haveSameDocuments(golden, text) ? 'documents' : 'differs', detail };
}

function compareError(corpus: string, item: CorpusCase, error: ChartError): CaseResult {
  if (item.error === undefined) return { case: item, outcome: 'failed', detail: error.message };
  // Helm's own log lines and its hint at a flag are no part of the error.
  const want = readFileSync(join(corpus, item.error), 'utf8')
    .split('\n')
    .map((line) => line.trim().replace(/^Error: /, ''))
    .filter((line) => line !== '' && !line.startsWith('level=') && !line.includes('Use --debug'));
  const missing = want.find((line) => !error.message.includes(line));
  if (missing === undefined) return { case: item, outcome: 'equal', detail: '' };
  return {
    case: item,
    outcome: 'differs',
    detail: `want ${JSON.stringify(missing)} in ${JSON.stringify(error.message)}`,
  };
}

function haveSameDocuments(a: string, b: string): boolean {
  try {
    return JSON.stringify(parseYamlDocuments(a)) === JSON.stringify(parseYamlDocuments(b));
  } catch {
    return false;
  }
}

/** `N/M equal` for a list of results. */
export function countEqual(results: readonly CaseResult[]): string {
  return `${results.filter(({ outcome }) => outcome === 'equal').length}/${results.length} equal`;
}

function main(args: readonly string[]): number {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const [folder] = args;
  if (folder === undefined || folder.startsWith('--')) {
    console.error('usage: render-corpus CORPUS [--failures FILE] [--only TEXT]');
    return 2;
  }
  const corpus = isAbsolute(folder) ? folder : resolve(process.env.INIT_CWD ?? '.', folder);
  const only = option('--only') ?? '';
  const started = performance.now();
  const results = renderCases(
    corpus,
    readCases(corpus).filter((item) => `${item.chart} ${item.case}`.includes(only)),
  );
  const failures = results.filter(({ outcome }) => outcome !== 'equal');
  const lines = failures.map(
    ({ case: item, outcome, detail }) => `${item.chart}\t${item.case}\t${outcome}\t${detail}\n`,
  );
  const file = option('--failures');
  if (file === undefined) process.stdout.write(lines.map((line) => `${line.slice(0, 400).trimEnd()}\n`).join(''));
  else writeFileSync(file, lines.join(''));
  const deterministic = results.filter((result) => result.case.deterministic);
  const documents = failures.filter(({ outcome }) => outcome === 'documents').length;
  console.log(`${countEqual(deterministic)} of the deterministic ones; ${documents} more have equal documents`);
  console.log(`${Math.round(performance.now() - started)} ms`);
  console.log(countEqual(results));
  return failures.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
