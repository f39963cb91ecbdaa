/** `drydock dependency update|build --verify`: packages are checked before they come into charts/. */
import type { Brought } from './dependency-sources.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import type { FetchedPackage } from './verify-chart.ts';
import { writeOut } from './write-out.ts';

/** Whether packages from afar must be signed, are checked where they are, or are taken as they come. */
export type VerifyStrategy = 'always' | 'ifPossible' | 'never';

/** A package from afar, and what becomes of it in charts/. */
export interface Fetched {
  readonly fetched: FetchedPackage;
  readonly brought: Brought;
}

/** Throws CliError for a package that is not what was signed, and where it must be, for one that is not. */
export async function checkPackage(
  fetched: FetchedPackage,
  how: { readonly verify: VerifyStrategy; readonly flags: GoFlags },
): Promise<void> {
  const { verifyFetched } = await import('./verify-chart.ts');
  let proof: Uint8Array;
  try {
    proof = await fetched.provenance();
  } catch (error) {
    if (how.verify === 'always') {
      throw verbatim(`failed to fetch provenance ${JSON.stringify(`${fetched.url}.prov`)}`, 'NotFound');
    }
    const reason = error instanceof Error ? error.message : String(error);
    writeOut(`WARNING: Verification not found for ${fetched.url}: ${reason}\n`);
    return;
  }
  await verifyFetched({ ...fetched, provenance: async () => proof }, how.flags);
}
