/** A patch or an update that creates needs the right to create, too (apiserver's handlers/create.go withAuthorization, v1.34). */
import { type Attributes, forbiddenAccess } from '../authorization/attributes.ts';
import { decide } from '../authorization/authorizer.ts';
import type { Core } from '../core.ts';
import type { ResourceRequest } from './request.ts';

/** Throws Forbidden. */
export function mayCreate(core: Core, { resource, version, namespace, name, user }: ResourceRequest): void {
  if (!core.enforcesRbac || user === undefined) return;
  const what = { group: resource.group, version, resource: resource.resource };
  const attributes: Attributes = { user, verb: 'create', ...what, namespace, name };
  const { allowed, reason } = decide(core, attributes);
  if (!allowed) throw forbiddenAccess(attributes, reason);
}
