/**
 * What a verb is asked: the resource, the name, the options. HTTP and the in-process client both make these.
 */

import type { Subject } from '../../apimachinery/api-errors.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import type { UserInfo } from '../authentication/user.ts';
import type { Resource } from '../resources/resource.ts';

export interface RequestOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly force?: boolean;
}

export interface ResourceRequest {
  readonly resource: Resource;
  /** The version of the URL; what comes in and goes out has it. */
  readonly version: string;
  /** Empty for what is cluster-scoped. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
  /** Who asks; absent: the control plane, which has all rights. */
  readonly user?: UserInfo;
}

export interface WriteRequest extends ResourceRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly options: RequestOptions;
  /** What the parser found twice: `duplicate field "spec.replicas"`. */
  readonly duplicates?: readonly string[];
  /** Where fields stand in the document, by what is said of them; with duplicates only. */
  readonly order?: ReadonlyMap<string, number>;
  /** Server-side apply that creates: the record of who owns what. */
  readonly applied?: readonly unknown[];
  /** Whether the object could become larger than what is stored: then it is measured. */
  readonly mayBeLarge?: boolean;
  /** Where warnings for the client go. */
  readonly warn?: (text: string) => void;
}

export const DEFAULT_MANAGER = 'unknown';

export function subjectOf(resource: Resource): Subject {
  return { group: resource.group, resource: resource.resource };
}

export function apiVersionOf(request: ResourceRequest): string {
  return formatGroupVersion({ group: request.resource.group, version: request.version });
}
