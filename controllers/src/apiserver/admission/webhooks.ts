/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook (the apiserver's pkg/admission/plugin/webhook, v1.34). No webhook
 * is asked, as nothing runs behind a Service here: one whose Service has ready endpoints is taken to allow, and a warning
 * says so; one that could not be reached does what its failurePolicy says, with Kubernetes' message.
 */
import { badRequest, forbidden } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { conditionsOf } from './validating-admission-policy/compiled-policy.ts';
import { activationOf, matchConditions } from './validating-admission-policy/evaluation.ts';
import { matchesNamespace, matchesObject, matchRules } from './validating-admission-policy/matching.ts';
import type { MatchCondition, ResourceRule } from './validating-admission-policy/policy.ts';

const GROUP = 'admissionregistration.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';

interface ServiceReference {
  readonly name: string;
  readonly namespace: string;
  readonly path?: string;
  readonly port?: number;
}

interface Webhook {
  readonly name: string;
  readonly clientConfig?: { readonly url?: string; readonly service?: ServiceReference };
  readonly rules?: readonly ResourceRule[];
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelectorSpec;
  readonly objectSelector?: LabelSelectorSpec;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly matchConditions?: readonly MatchCondition[];
}

/** Those of the objects are asked while they may still be changed. */
export const mutatingWebhooks: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  admit: (request, draft, core) => callAll('MutatingWebhookConfiguration', request, draft, core),
};

/** The others once the object is known to be valid. */
export const validatingWebhooks: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  validate: (request, object, core) => callAll('ValidatingWebhookConfiguration', request, object, core),
};

type ConfigurationKind = 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';

function callAll(kind: ConfigurationKind, request: AdmissionRequest, object: KubeObject | undefined, core: Core): void {
  const { resource, operation, old } = request;
  // What configures admission is beyond it, so that a webhook can always be taken away.
  if (resource.group === GROUP) return;
  if (operation === 'DELETE' && old === undefined) return;
  for (const { object: configuration } of core.store.list(storagePrefix(GROUP, `${kind.toLowerCase()}s`))) {
    // Decoded by its published type.
    for (const hook of (configuration.webhooks ?? []) as readonly Webhook[]) {
      if (!isFor(hook, request, object, core)) continue;
      call(hook, `${kind} ${JSON.stringify(configuration.metadata.name ?? '')}`, request, core);
    }
  }
}

/** Whether a request is one that a webhook wants to see. Throws Forbidden where its conditions can't be told. */
function isFor(hook: Webhook, request: AdmissionRequest, object: KubeObject | undefined, core: Core): boolean {
  const version = matchRules(hook.rules ?? [], hook.matchPolicy, request);
  if (version === undefined) return false;
  if (!matchesNamespace(core, hook.namespaceSelector, request, object)) return false;
  if (!matchesObject(hook.objectSelector, request, object)) return false;
  const conditions = hook.matchConditions ?? [];
  if (conditions.length === 0) return true;
  const matched = { version };
  const activation = activationOf({ core, request, object, matched, params: undefined });
  const result = matchConditions(conditionsOf(conditions), activation);
  if (typeof result !== 'string') return result;
  if (hook.failurePolicy === 'Ignore') return false;
  throw forbidden(request.resource, request.name, result);
}

function call(hook: Webhook, owner: string, request: AdmissionRequest, core: Core): void {
  if (request.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun')
    throw badRequest(`admission webhook ${JSON.stringify(hook.name)} does not support dry run`);
  const { url, service } = hook.clientConfig ?? {};
  const problem = service === undefined ? undefined : serviceProblem(service, core);
  if (problem === undefined) {
    const reached =
      service === undefined ? `its URL ${url ?? ''}` : `its Service ${service.namespace}/${service.name} is ready`;
    request.warn?.(
      `webhook ${JSON.stringify(hook.name)} of ${owner} was not really asked: ${reached}, and it is taken to allow`,
    );
    return;
  }
  if (hook.failurePolicy === 'Ignore' || service === undefined) return;
  const { name, namespace, port = 443, path = '/' } = service;
  const address = `https://${name}.${namespace}.svc:${port}${path}?timeout=${hook.timeoutSeconds ?? 10}s`;
  const text = `failed calling webhook ${JSON.stringify(hook.name)}: failed to call webhook: Post ${JSON.stringify(address)}: ${problem}`;
  throw new ApiError('InternalError', `Internal error occurred: ${text}`, { causes: [{ message: text }] });
}

/** Why a Service can't be reached (util/proxy ResolveEndpoint); undefined where it can. */
export function serviceProblem({ name, namespace, port = 443 }: ServiceReference, core: Core): string | undefined {
  const service = core.store.get(storageKey('', 'services', namespace, name))?.object;
  if (service === undefined) return `service ${JSON.stringify(name)} not found`;
  const { type, ports = [] } = (service.spec ?? {}) as {
    type?: string;
    ports?: readonly { readonly name?: string; readonly port: number }[];
  };
  if (type === 'ExternalName') return `unsupported service type ${JSON.stringify(type)}`;
  const served = ports.find((each) => each.port === port);
  if (served === undefined) return `no service port ${port} found for service ${JSON.stringify(name)}`;
  const isReady = core.store
    .list(storagePrefix('discovery.k8s.io', 'endpointslices', namespace))
    .some(({ object }) => object.metadata.labels?.[SERVICE_NAME] === name && isServed(object, served.name ?? ''));
  return isReady ? undefined : `no endpoints available for service ${JSON.stringify(name)}`;
}

interface Slice {
  readonly ports?: readonly { readonly name?: string }[];
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

/** A slice has the port, and an endpoint that is ready. */
function isServed(object: KubeObject, port: string): boolean {
  const { ports = [], endpoints = [] } = object as unknown as Slice;
  return (
    ports.some(({ name = '' }) => name === port) && endpoints.some(({ conditions }) => conditions?.ready !== false)
  );
}
