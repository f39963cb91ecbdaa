/**
 * Admission: what may change or refuse a request after decoding and before validation, in Kubernetes' order (v1.34's
 * recommended plugins). A plugin is one file of this folder.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import type { UserInfo } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import type { Draft, Resource } from '../resources/resource.ts';

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: Resource;
  /** The version that is asked in; absent: the stored one. */
  readonly version?: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly old: KubeObject | undefined;
  /** Who asks; absent: the control plane. */
  readonly user?: UserInfo;
  /** Where warnings for the client go. */
  readonly warn?: (text: string) => void;
}

export interface AdmissionPlugin {
  readonly name: string;
  /** May change the object; throws ApiError to refuse. For a DELETE there is none. */
  readonly admit?: (request: AdmissionRequest, draft: Draft | undefined, core: Core) => void;
  /** Only looks, after the object's own validation. */
  readonly validate?: (request: AdmissionRequest, object: KubeObject | undefined, core: Core) => void;
}

export interface Admission {
  readonly plugins: readonly AdmissionPlugin[];
}

export function admit(core: Core, request: AdmissionRequest, draft: Draft | undefined): void {
  for (const plugin of core.admission.plugins) plugin.admit?.(request, draft, core);
}

export function validateAdmission(core: Core, request: AdmissionRequest, object: KubeObject | undefined): void {
  for (const plugin of core.admission.plugins) plugin.validate?.(request, object, core);
}
