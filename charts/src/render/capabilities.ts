/**
 * What a cluster can do, as templates see it in `.Capabilities`. The defaults are those of Helm v4.3, which is built
 * with client-go v0.37: what `helm template` assumes without a cluster.
 */
import { ChartError } from '../chart/chart-error.ts';
import { quote } from '../engine/gotemplate/quote.ts';

export interface KubeVersion {
  /** In full, with a leading v, e.g. `v1.33.4-gke.1245000`. */
  readonly version: string;
  readonly major: string;
  readonly minor: string;
}

export interface HelmVersion {
  readonly version: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly goVersion: string;
  readonly kubeClientVersion: string;
}

export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** Group versions (`apps/v1`) and, from a cluster's discovery, kinds (`apps/v1/Deployment`). */
  readonly apiVersions: readonly string[];
  readonly helmVersion?: HelmVersion;
}

/** Which Helm this renders like. */
export const defaultHelmVersion: HelmVersion = {
  version: 'v4.3',
  gitCommit: '',
  gitTreeState: '',
  goVersion: 'go1.26.8',
  kubeClientVersion: 'v1.37',
};

const defaultApiVersions: readonly string[] = [
  'v1',
  'admissionregistration.k8s.io/v1',
  'admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1',
  'internal.apiserver.k8s.io/v1alpha1',
  'apps/v1',
  'apps/v1beta1',
  'apps/v1beta2',
  'authentication.k8s.io/v1',
  'authentication.k8s.io/v1alpha1',
  'authentication.k8s.io/v1beta1',
  'authorization.k8s.io/v1',
  'authorization.k8s.io/v1beta1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'batch/v1beta1',
  'certificates.k8s.io/v1',
  'certificates.k8s.io/v1beta1',
  'certificates.k8s.io/v1alpha1',
  'coordination.k8s.io/v1alpha2',
  'coordination.k8s.io/v1beta1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1',
  'events.k8s.io/v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1beta2',
  'flowcontrol.apiserver.k8s.io/v1beta3',
  'lifecycle.k8s.io/v1alpha1',
  'networking.k8s.io/v1',
  'networking.k8s.io/v1beta1',
  'node.k8s.io/v1',
  'node.k8s.io/v1alpha1',
  'node.k8s.io/v1beta1',
  'policy/v1',
  'policy/v1beta1',
  'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1beta1',
  'rbac.authorization.k8s.io/v1alpha1',
  'resource.k8s.io/v1',
  'resource.k8s.io/v1beta2',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1alpha3',
  'scheduling.k8s.io/v1alpha3',
  'scheduling.k8s.io/v1beta1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1beta1',
  'storage.k8s.io/v1',
  'storage.k8s.io/v1alpha1',
  'storagemigration.k8s.io/v1',
  'storagemigration.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1',
];

export const defaultCapabilities: Capabilities = {
  kubeVersion: { version: 'v1.37.0', major: '1', minor: '37' },
  apiVersions: defaultApiVersions,
  helmVersion: defaultHelmVersion,
};

const numbers = /^\s*v?([0-9]+(?:\.[0-9]+)*).*$/;

/** Reads `--kube-version`, e.g. `1.28` or `v1.28.3-gke.1200`. Throws ChartError InvalidValues. */
export function parseKubeVersion(text: string): KubeVersion {
  const components = numericPart(text)?.split('.') ?? [];
  const [major, minor] = components;
  if (major === undefined || minor === undefined) {
    const reason =
      major === undefined ? `could not parse ${quote(text)} as version` : `illegal version string ${quote(text)}`;
    throw new ChartError('InvalidValues', `invalid kube version '${text}': ${reason}`);
  }
  for (const [index, component] of components.entries()) {
    if (index === 0 && component.startsWith('0') && component !== '0') {
      const reason = `illegal zero-prefixed version component ${quote(component)} in ${quote(text)}`;
      throw new ChartError('InvalidValues', `invalid kube version '${text}': ${reason}`);
    }
  }
  const tooLarge = components.find((component) => BigInt(component) >= 1n << 64n);
  if (tooLarge !== undefined) {
    const reason = `illegal non-numeric version component ${quote(tooLarge)} in ${quote(text)}: strconv.ParseUint: parsing ${quote(tooLarge)}: value out of range`;
    throw new ChartError('InvalidValues', `invalid kube version '${text}': ${reason}`);
  }
  const version = text.startsWith('v') ? text : `v${text}`;
  return { version, major: String(Number(major)), minor: String(Number(minor)) };
}

/** The numbers alone, with a leading v: what constraints are checked against, and how the version prints. */
export function normalizedKubeVersion(version: KubeVersion): string {
  const components = numericPart(version.version)?.split('.') ?? [];
  return components.length === 0 ? version.version : `v${components.map(Number).join('.')}`;
}

function numericPart(text: string): string | undefined {
  return numbers.exec(text)?.[1];
}
