/**
 * What a chart is once it is loaded: immutable data, subcharts included. Follows Helm v4's pkg/chart/v2.
 * Rendering works on a copy of the tree (values/chart-tree.ts), since aliases, conditions and imports change it.
 */
import type { Values } from '../values/values.ts';

/** One file of a chart. `name` is relative to the chart's folder, with `/` on every platform. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface ChartMaintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** An entry of `import-values`: the name of an export, or a path of the child and one of the parent. */
export type ImportValue = string | { readonly child: string; readonly parent: string };

export interface ChartDependency {
  readonly name: string;
  /** A range, e.g. `^1.2.0`; a lock file has one version. */
  readonly version?: string;
  readonly repository?: string;
  /** Comma-separated paths of values; the first that is a boolean decides. */
  readonly condition?: string;
  readonly tags?: readonly string[];
  readonly enabled?: boolean;
  readonly importValues?: readonly ImportValue[];
  readonly alias?: string;
}

/** Chart.yaml (and for apiVersion v1, requirements.yaml in `dependencies`). */
export interface ChartMetadata {
  readonly apiVersion: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly description?: string;
  readonly type?: string;
  readonly kubeVersion?: string;
  readonly keywords?: readonly string[];
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly maintainers?: readonly ChartMaintainer[];
  readonly icon?: string;
  readonly dependencies?: readonly ChartDependency[];
  readonly annotations?: ReadonlyMap<string, string>;
  readonly condition?: string;
  readonly tags?: string;
  readonly deprecated?: boolean;
  /** Which template engine renders the chart; absent or `gotpl` is Helm's. */
  readonly engine?: string;
}

/** Chart.lock or requirements.lock. */
export interface ChartLock {
  /** As it is in the file, e.g. `2026-01-02T03:04:05.123Z`. */
  readonly generated: string;
  readonly digest: string;
  readonly dependencies: readonly ChartDependency[];
}

export interface Chart {
  readonly metadata: ChartMetadata;
  /** Files below `templates/`. */
  readonly templates: readonly ChartFile[];
  /** What `.Files` shows, `crds/` included; neither templates nor what Helm reads itself. */
  readonly files: readonly ChartFile[];
  /** Every file as it was loaded, those of subcharts included. */
  readonly raw: readonly ChartFile[];
  /** The defaults of values.yaml. Shared: copy before changing anything. */
  readonly values: Values;
  readonly schema?: Uint8Array;
  readonly lock?: ChartLock;
  /** Subcharts, in the order in which their files came. */
  readonly dependencies: readonly Chart[];
  /** What Helm would warn of while loading, e.g. requirements.yaml in an apiVersion v2 chart. */
  readonly warnings: readonly string[];
}

/** `NAME-VERSION.tgz`, the name under which Helm saves a package. */
export function archiveFileName(metadata: ChartMetadata): string {
  return `${metadata.name}-${metadata.version}.tgz`;
}

const manifestExtension = /\.(?:yaml|yml|json)$/i;

/** Whether a file of `files` is a CustomResourceDefinition file (`crds/*.yaml`). */
export function isCrdFile(file: ChartFile): boolean {
  return file.name.startsWith('crds/') && manifestExtension.test(file.name);
}
