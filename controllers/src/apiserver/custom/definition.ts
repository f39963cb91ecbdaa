/**
 * What a CustomResourceDefinition says (apiextensions.k8s.io/v1), read by all that works with it.
 */
import type { JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonObject };
  readonly subresources?: {
    readonly status?: object;
    readonly scale?: {
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly additionalPrinterColumns?: readonly {
    readonly name: string;
    readonly type: string;
    readonly jsonPath: string;
    readonly description?: string;
    readonly priority?: number;
    readonly format?: string;
  }[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface DefinitionSpec {
  readonly group: string;
  readonly scope: string;
  readonly names: {
    readonly plural: string;
    readonly singular?: string;
    readonly kind: string;
    readonly listKind?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions: readonly DefinitionVersion[];
  readonly preserveUnknownFields?: boolean;
}

// Definitions were decoded by their type when they were written.
export function definitionSpec(definition: KubeObject): DefinitionSpec {
  return definition.spec as DefinitionSpec;
}

export function versionOf(definition: KubeObject, version: string): DefinitionVersion | undefined {
  return definitionSpec(definition).versions.find(({ name }) => name === version);
}

/** Where a version's scale subresource finds its numbers; undefined where it has none. */
export function scalePathsOf(
  definition: KubeObject,
  version: string,
): { spec: readonly string[]; status: readonly string[]; selector: readonly string[] | undefined } | undefined {
  const scale = versionOf(definition, version)?.subresources?.scale;
  if (scale === undefined) return undefined;
  const path = (text: string): string[] => text.split('.').filter((part) => part !== '');
  return {
    spec: path(scale.specReplicasPath),
    status: path(scale.statusReplicasPath),
    selector: scale.labelSelectorPath === undefined ? undefined : path(scale.labelSelectorPath),
  };
}
