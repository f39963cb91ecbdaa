/**
 * The two spellings of a Helm repository's index (helm.sh/helm/v4/pkg/repo/v1 IndexFile, apiVersion v1): YAML as Helm writes
 * it, and JSON, which Helm and every YAML parser read too, and many times faster.
 */
import type { VersionEntry } from '../catalog/catalog.ts';
import type { JsonObject } from '../json.ts';
import { packageFileName } from '../names.ts';
import type { IndexFormat } from './index-text.ts';
import { formatYamlBlock, formatYamlScalar, quoteYaml } from './yaml-block.ts';

export type HelmIndexFormat = 'yaml' | 'json';

export interface EntryFormat extends IndexFormat {
  entry(entry: VersionEntry): string;
}

const yaml: EntryFormat = {
  head: (empty) => `apiVersion: v1\nentries:${empty ? ' {}' : ''}\n`,
  chart: (name) => `  ${formatYamlScalar(name)}:\n`,
  between: () => '',
  entry: (entry) => formatYamlBlock([indexFields(entry)], 2),
  tail: (generated) => `generated: ${quoteYaml(formatTime(generated))}\n`,
};

const json: EntryFormat = {
  head: () => '{"apiVersion":"v1","entries":{',
  chart: (name) => `\n${JSON.stringify(name)}:[`,
  between(before, after) {
    if (after === 'version') {
      return before === 'version' ? ',\n' : '\n';
    }
    if (before === 'start') {
      return '';
    }
    return after === 'chart' ? '],' : ']';
  },
  entry: (entry) => JSON.stringify(indexFields(entry)),
  tail: (generated) => `},"generated":${JSON.stringify(formatTime(generated))}}\n`,
};

export const entryFormats: Readonly<Record<HelmIndexFormat, EntryFormat>> = { yaml, json };

/** Chart.yaml and what the index says beside it. URLs are relative to the index, so that any host name and path will do. */
export function indexFields(entry: VersionEntry): JsonObject {
  return {
    ...entry.metadata,
    created: formatTime(entry.created),
    digest: entry.digest.slice('sha256:'.length),
    urls: [packageFileName(entry)],
  };
}

function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
