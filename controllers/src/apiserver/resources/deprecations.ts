/**
 * Versions of built-in kinds that are on their way out, and what clients are warned of (the prerelease-lifecycle of the
 * published types, v1.34).
 */
import type { Resource } from './resource.ts';

const WARNINGS = new Map([
  ['v1 ComponentStatus', 'v1 ComponentStatus is deprecated in v1.19+'],
  ['v1 Endpoints', 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  [
    'networking.k8s.io/v1beta1 IPAddress',
    'networking.k8s.io/v1beta1 IPAddress is deprecated in v1.34+, unavailable in v1.37+',
  ],
  [
    'networking.k8s.io/v1beta1 ServiceCIDR',
    'networking.k8s.io/v1beta1 ServiceCIDR is deprecated in v1.34+, unavailable in v1.37+',
  ],
  ...['v1beta1 34 37', 'v1alpha1 32 35'].map((line) => {
    const [version, since, until] = line.split(' ');
    const kind = `storage.k8s.io/${version} VolumeAttributesClass`;
    const text = `${kind} is deprecated in v1.${since}+, unavailable in v1.${until}+; use storage.k8s.io/v1 VolumeAttributesClass`;
    return [kind, text] as const;
  }),
]);

/** The warning for whoever uses a version of a resource. */
export function deprecationOf({ group, kind, deprecation }: Resource, version: string): string | undefined {
  return deprecation ?? WARNINGS.get(`${group === '' ? '' : `${group}/`}${version} ${kind}`);
}
