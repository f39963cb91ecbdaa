/**
 * Certificate requests: those of nodes for themselves are approved, approved ones are signed by the cluster's CA, old ones
 * go (pkg/controller/certificates approver, signer and cleaner, v1.34).
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { type Duration, formatTime, type Instant } from '../apimachinery/time.ts';
import type { CertificateRequest, ClusterAuthority } from '../apiserver/authentication/authority.ts';
import type { UserInfo } from '../apiserver/authentication/user.ts';
import type {
  SigningRequest,
  SigningRequestCondition,
} from '../apiserver/resources/certificates/certificate-signing-request.ts';
import type { Controller } from './controller.ts';
import { watchSelf } from './watching.ts';

export interface SigningRequestPorts {
  readonly authority: ClusterAuthority;
  /** Whether a user may create certificatesigningrequests with a subresource. */
  mayCreate(user: UserInfo, subresource: string): boolean;
}

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io';
const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
const MINUTE: Duration = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST = 365 * DAY;
const SHORTEST = 10 * MINUTE;
const BACKDATE = 5 * MINUTE;
const SHORT = 8 * HOUR;

export function createSigningRequestControllers(ports: SigningRequestPorts): readonly Controller[] {
  return [createApprover(ports), createSigner(ports), createCleaner()];
}

function conditionsOf(request: SigningRequest): readonly SigningRequestCondition[] {
  return request.status?.conditions ?? [];
}

function has(request: SigningRequest, ...types: readonly string[]): boolean {
  return conditionsOf(request).some(({ type = '' }) => types.includes(type));
}

function withCondition(request: SigningRequest, condition: SigningRequestCondition): SigningRequest {
  return { ...request, status: { ...request.status, conditions: [...conditionsOf(request), condition] } };
}

/** Approves what kubelets ask for themselves, or bootstrap tokens for them. */
function createApprover({ authority, mayCreate }: SigningRequestPorts): Controller {
  return {
    name: 'certificatesigningrequest-approving-controller',
    watches: [watchSelf(RESOURCE)],
    reconcile(key, { client, now }) {
      const request = client.find<SigningRequest>(RESOURCE, key);
      if (request === undefined || has(request, 'Approved', 'Denied') || request.status?.certificate !== undefined) {
        return undefined;
      }
      const { spec } = request;
      if (spec.signerName !== KUBELET_CLIENT) return undefined;
      const asked = authority.readRequest?.(atob(spec.request ?? ''));
      if (asked === undefined || problemOfKubeletClient(asked, spec.usages ?? []) !== undefined) return undefined;
      const { username = '', groups = [] } = spec;
      const isSelf = username === asked.commonName;
      const user = { username, groups };
      const message =
        isSelf && mayCreate(user, 'selfnodeclient')
          ? 'Auto approving self kubelet client certificate after SubjectAccessReview.'
          : mayCreate(user, 'nodeclient')
            ? 'Auto approving kubelet client certificate after SubjectAccessReview.'
            : undefined;
      if (message === undefined) return undefined;
      const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
      const approved = withCondition(request, { ...condition, lastUpdateTime: formatTime(now) });
      client.patch(
        RESOURCE,
        key,
        { type: 'merge', patch: { status: { conditions: conditionsOf(approved) } } },
        { subresource: 'approval' },
      );
      return undefined;
    },
  };
}

/** Signs what was approved for one of the signers of Kubernetes. */
function createSigner({ authority }: SigningRequestPorts): Controller {
  return {
    name: 'certificatesigningrequest-signing-controller',
    watches: [watchSelf(RESOURCE)],
    reconcile(key, { client, now }) {
      const request = client.find<SigningRequest>(RESOURCE, key);
      if (request === undefined || !has(request, 'Approved') || has(request, 'Denied', 'Failed')) return undefined;
      const { spec, status } = request;
      if (status?.certificate !== undefined && status.certificate !== '') return undefined;
      const check = CHECKS.get(spec.signerName ?? '');
      const pem = atob(spec.request ?? '');
      const asked = authority.readRequest?.(pem);
      if (check === undefined || asked === undefined || authority.signCertificate === undefined) return undefined;
      const usages = spec.usages ?? [];
      const problem = check(asked, usages);
      if (problem !== undefined) {
        const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: problem };
        client.updateStatus(RESOURCE, withCondition(request, { ...condition, lastUpdateTime: formatTime(now) }));
        return undefined;
      }
      const certificate = authority.signCertificate({ request: pem, usages, ...validity(request, now) });
      if (certificate === undefined) return undefined;
      client.updateStatus(RESOURCE, { ...request, status: { ...status, certificate: btoa(certificate) } });
      return undefined;
    },
  };
}

/** Begins five minutes ago; ends as asked, within a year. */
function validity({ spec }: SigningRequest, now: Instant): { readonly notBefore: Instant; readonly notAfter: Instant } {
  const asked = (spec.expirationSeconds ?? LONGEST / 1000) * 1000;
  const duration = Math.max(SHORTEST, Math.min(LONGEST, asked));
  return { notBefore: now - BACKDATE, notAfter: now + duration - (duration < SHORT ? 0 : BACKDATE) };
}

/** What is wrong with a request for a signer; undefined for one that is fine. */
type Check = (asked: CertificateRequest, usages: readonly string[]) => string | undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [CLIENT, (_asked, usages) => problemOfClient(usages)],
  [KUBELET_CLIENT, problemOfKubeletClient],
  [KUBELET_SERVING, problemOfKubeletServing],
]);

function problemOfClient(usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

const NODES = 'subject organization is not system:nodes';
const NODE = 'subject common name does not begin with system:node:';

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === 'system:nodes';
}

function usagesProblem(usages: readonly string[], purpose: string): string | undefined {
  const given = [...new Set(usages)].sort().join();
  const without = ['digital signature', purpose].sort();
  const all = ['digital signature', 'key encipherment', purpose].sort();
  return given === without.join() || given === all.join() ? undefined : `usages did not match [${all.join(' ')}]`;
}

function problemOfKubeletClient(asked: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(asked)) return NODES;
  if (asked.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (asked.emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (asked.addresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (asked.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return asked.commonName.startsWith('system:node:') ? usagesProblem(usages, 'client auth') : NODE;
}

function problemOfKubeletServing(asked: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(asked)) return NODES;
  if (asked.dnsNames.length + asked.addresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (asked.emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (asked.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return usagesProblem(usages, 'server auth') ?? (asked.commonName.startsWith('system:node:') ? undefined : NODE);
}

/** Deletes what was decided an hour ago, or waited a day for it. */
function createCleaner(): Controller {
  return {
    name: 'certificatesigningrequest-cleaner-controller',
    watches: [watchSelf(RESOURCE)],
    reconcile(key, { client, now }) {
      const request = client.find<SigningRequest>(RESOURCE, key);
      if (request === undefined) return undefined;
      const end = endOf(request);
      if (now < end) return { after: end - now };
      client.delete(RESOURCE, key);
      return undefined;
    },
  };
}

function endOf(request: SigningRequest): Instant {
  const decided = conditionsOf(request).filter(({ type = '' }) => ['Approved', 'Denied', 'Failed'].includes(type));
  const ends = decided.map(({ lastUpdateTime }) => Date.parse(lastUpdateTime ?? '') + HOUR);
  return Math.min(createdAt(request) + DAY, ...ends.filter((end) => !Number.isNaN(end)));
}

function createdAt({ metadata }: KubeObject): Instant {
  return Date.parse(metadata.creationTimestamp ?? '');
}
