/**
 * install and upgrade with --post-renderer: the server renders, the program runs here, and the server goes on with what
 * the program made of it.
 */
import { randomBytes } from 'node:crypto';
import type { PostRenderInput, RenderedAnswer } from '../server/api.ts';
import { verbatim } from './go-flags.ts';
import type { HttpClient } from './http-client.ts';
import { createPostRenderer } from './post-render.ts';

/** What the second request carries. Throws CliError for a program that can't be run, or fails. */
export async function postRenderOnServer(
  client: HttpClient,
  call: { readonly method: string; readonly path: string; readonly body: object },
  renderer: { readonly program: string; readonly args: readonly string[] },
): Promise<PostRenderInput> {
  const postRender = createPostRenderer(renderer.program, renderer.args);
  const seed = randomBytes(32).toString('hex');
  const body = { ...call.body, postRender: { seed } };
  const { rendered } = await client.operate<RenderedAnswer>({ ...call, body }, () => {});
  if (rendered === undefined) throw verbatim('the server does not know post-renderers');
  const files = postRender(new Map(rendered.files.map(({ name, text }) => [name, text])));
  return { seed, replaced: { ...rendered, files: [...files].map(([name, text]) => ({ name, text })) } };
}
