/**
 * The types that ownership of fields and apply work with: a built-in kind's own, or one made of a custom resource's
 * OpenAPI schema.
 */
import { type Resource, storedResource } from './resources/resource.ts';
import type { Schema } from './schema/types.ts';

/** Undefined where nothing is known of the kind. */
export function applySchemaOf(resource: Resource, version: string): Schema | undefined {
  return storedResource(resource).schema(version);
}
