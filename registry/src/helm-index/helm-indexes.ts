/**
 * The indexes of the spaces as Helm repositories, each made once and then kept up to date by the changes that the catalogue
 * tells since the revision last seen: a push costs one entry and one chunk, whichever server took it, and the next reader
 * sees it.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { parseVersion, versionSortKey } from '../versions.ts';
import { entryFormats, type HelmIndexFormat } from './formats.ts';
import { IndexText } from './index-text.ts';
import { joinGzip } from './joined-gzip.ts';

export type { HelmIndexFormat };

export interface HelmIndex {
  /** Weak, in quotes: the same for the text and its compressed form. */
  readonly etag: string;
  /** Milliseconds since the epoch; 0 for an index that never had an entry. */
  readonly generated: number;
  /** The text, in order. */
  readonly text: readonly Buffer[];
  /** The same text as one gzip stream, in order. */
  gzip(): Promise<readonly Buffer[]>;
}

export interface HelmIndexes {
  get(space: string, format: HelmIndexFormat): Promise<HelmIndex>;
}

interface Kept {
  readonly index: IndexText;
  revision: number;
  made: HelmIndex | undefined;
  /** The last request for it: requests for one index run one after the other. */
  tail: Promise<unknown>;
}

const maxKept = 256;
const changesAtOnce = 2000;

export function createHelmIndexes(catalog: Catalog): HelmIndexes {
  const kept = new Map<string, Kept>();

  function keep(space: string, format: HelmIndexFormat): Kept {
    const key = `${space}/${format}`;
    const found = kept.get(key) ?? newKept(format);
    kept.delete(key);
    kept.set(key, found);
    for (const [oldest] of kept) {
      if (kept.size > maxKept) {
        kept.delete(oldest);
      }
    }
    return found;
  }

  return {
    get(space, format) {
      const index = keep(space, format);
      const result = index.tail.then(() => bringUpToDate(catalog, index, { space, format }));
      index.tail = result.catch(() => undefined);
      return result;
    },
  };
}

function newKept(format: HelmIndexFormat): Kept {
  return { index: new IndexText(entryFormats[format]), revision: 0, made: undefined, tail: Promise.resolve() };
}

async function bringUpToDate(
  catalog: Catalog,
  kept: Kept,
  what: { readonly space: string; readonly format: HelmIndexFormat },
): Promise<HelmIndex> {
  const revision = await catalog.revision(what.space);
  if (kept.made !== undefined && revision === kept.revision) {
    return kept.made;
  }
  const format = entryFormats[what.format];
  for (let more = revision !== kept.revision; more; ) {
    const portion = await catalog.changes(what.space, { since: kept.revision, limit: changesAtOnce });
    for (const change of portion.changes) {
      if ('put' in change) {
        const { chart, version, created } = change.put;
        kept.index.set({ chart, version, order: orderOf(version), created }, format.entry(change.put));
      } else {
        kept.index.delete({ chart: change.deleted.chart, order: orderOf(change.deleted.version) });
      }
    }
    ({ revision: kept.revision, more } = portion);
  }
  kept.made = takeIndex(kept.index);
  return kept.made;
}

/** The index as it is now, whatever is changed in it later. */
function takeIndex(index: IndexText): HelmIndex {
  const pieces = index.pieces();
  let compressed: Promise<readonly Buffer[]> | undefined;
  return {
    etag: `W/"${index.digest}"`,
    generated: index.generated,
    text: pieces.map((piece) => piece.text),
    gzip() {
      compressed ??= joinGzip(pieces);
      return compressed;
    },
  };
}

function orderOf(version: string): string {
  const parsed = parseVersion(version);
  return parsed === undefined ? version : versionSortKey(parsed, version);
}
