/**
 * Post-rendering of a release, whose program runs where the command is: the first request is answered with the rendered
 * files, the second brings what the program made of them. Both render: chance comes from the seed of the request and the
 * time from the first answer, so that the second render is the first again (hooks, notes and CRDs belong to it), which a
 * digest of the files proves.
 */
import { createCipheriv, createHash } from 'node:crypto';
import type { RandomSource, RenderOptions } from '@drydock/charts';
import { ReleaseError } from './release.ts';

export interface RenderedFile {
  /** Of the template, e.g. `mychart/templates/a.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** What a first request is answered with. */
export interface RenderedFiles {
  /** The time that the render saw, in milliseconds since the epoch. */
  readonly now: number;
  readonly digest: string;
  readonly files: readonly RenderedFile[];
}

export interface PostRender {
  /** 32 bytes in hexadecimal: all chance of the render comes from it. */
  readonly seed: string;
  /** Of a second request: what the first was answered with, and the files in place of the rendered ones. */
  readonly replaced?: RenderedFiles;
}

/** The end of a first request: rendered, and nothing done. */
export class OnlyRendered extends Error {
  override readonly name = 'OnlyRendered';
  readonly rendered: RenderedFiles;
  constructor(rendered: RenderedFiles) {
    super('the chart was only rendered');
    this.rendered = rendered;
  }
}

/** Throws ReleaseError Invalid for a seed that is none. */
export function checkPostRender({ seed }: PostRender): void {
  if (!/^[0-9a-f]{64}$/.test(seed)) throw new ReleaseError('Invalid', '"seed" must be 64 hexadecimal digits');
}

/** The options of one render; `tell` is told what was rendered. */
export function postRenderOptions(
  { seed, replaced }: PostRender,
  about: { readonly now: number; readonly tell: (rendered: RenderedFiles) => void },
): Pick<RenderOptions, 'now' | 'random' | 'postRender'> {
  const now = replaced?.now ?? about.now;
  return {
    now,
    random: seededRandom(seed),
    postRender(files) {
      const rendered = { now, digest: digestOf(files), files: [...files].map(([name, text]) => ({ name, text })) };
      about.tell(rendered);
      if (replaced?.digest !== rendered.digest) return files;
      return new Map(replaced.files.map(({ name, text }) => [name, text]));
    },
  };
}

/** Throws OnlyRendered for a first request, and ReleaseError Conflict where a second render is not as the first. */
export function finishPostRender({ replaced }: PostRender, rendered: RenderedFiles): void {
  if (replaced === undefined) throw new OnlyRendered(rendered);
  if (replaced.digest === rendered.digest) return;
  throw new ReleaseError('Conflict', 'the chart renders otherwise than what was post-rendered: try again');
}

function digestOf(files: ReadonlyMap<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex');
}

/** The key stream of AES-256 in counter mode. */
function seededRandom(seed: string): RandomSource {
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(seed, 'hex'), Buffer.alloc(16));
  return { bytes: (count) => cipher.update(Buffer.alloc(count)) };
}
