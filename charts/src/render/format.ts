/** What `helm template` prints. Follows Helm v4.3's pkg/cmd/template.go. */

import { ChartError } from '../chart/chart-error.ts';
import { matchPath, PatternError } from '../chart/path-match.ts';
import { trimSpace } from '../chart/text.ts';
import { splitManifests } from './manifest.ts';
import type { Rendered } from './render.ts';

export interface FormatOptions {
  readonly includeCrds?: boolean;
  readonly skipTests?: boolean;
  readonly noHooks?: boolean;
  /** Patterns of template paths within the chart, e.g. `templates/service.yaml`; only what matches is printed. */
  readonly showOnly?: readonly string[];
}

/** The text of a render, as `helm template` prints it. Throws ChartError NotFound where showOnly matches nothing. */
export function formatRendered(rendered: Rendered, options: FormatOptions = {}): string {
  const { showOnly = [] } = options;
  const text = formatAll(rendered, options);
  return showOnly.length === 0 ? text : selectTemplates(text, showOnly);
}

/** The manifests alone (CRDs first where asked for), as a release stores them: without hooks. */
export function formatManifests(rendered: Rendered, options: { readonly includeCrds?: boolean } = {}): string {
  const parts: string[] = [];
  if (options.includeCrds === true) parts.push(...rendered.crdFiles.map(formatDocument));
  parts.push(...rendered.manifests.map(formatDocument));
  return parts.join('');
}

function formatAll(rendered: Rendered, options: FormatOptions): string {
  const manifests = `${trimSpace(formatManifests(rendered, { includeCrds: options.includeCrds ?? false }))}\n`;
  if (options.noHooks === true) return manifests;
  const hooks = rendered.hooks.filter((hook) => !(options.skipTests === true && hook.events.includes('test')));
  return manifests + hooks.map(formatDocument).join('');
}

function formatDocument(document: { readonly source: string; readonly text: string }): string {
  return `---\n# Source: ${document.source}\n${document.text}\n`;
}

function selectTemplates(text: string, patterns: readonly string[]): string {
  const documents = splitManifests(text).map((document) => ({
    document,
    path: /# Source: [^/\n]+\/(.+)/.exec(document)?.[1],
  }));
  const selected: string[] = [];
  for (const pattern of patterns) {
    const matching = documents.filter(({ path }) => path !== undefined && matches(pattern, path));
    if (matching.length === 0)
      throw new ChartError('NotFound', `could not find template ${pattern} in chart`, { file: pattern });
    selected.push(...matching.map(({ document }) => `---\n${document}\n`));
  }
  return selected.join('');
}

function matches(pattern: string, path: string): boolean {
  try {
    return matchPath(pattern, path);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
