/** What Helm says of a chart that was pulled from an OCI registry. */
import type { OciPull } from '../chart-sources/oci.ts';

const UNDERSCORE = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`;

export function formatPull({ ref, digest }: OciPull): string {
  const note = ref.includes('_') ? `${ref} contains an underscore.\n${UNDERSCORE}` : '';
  return `Pulled: ${ref}\nDigest: ${digest}\n${note}`;
}
