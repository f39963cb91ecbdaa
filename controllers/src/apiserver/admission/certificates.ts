/**
 * Who may approve and sign certificate requests, and for whom (plugin/pkg/admission/certificates, v1.34).
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { ADMIN, type UserInfo } from '../authentication/user.ts';
import { decide } from '../authorization/authorizer.ts';
import type { Core } from '../core.ts';
import type { SigningRequest } from '../resources/certificates/certificate-signing-request.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const GROUP = 'certificates.k8s.io';
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

function isFor({ resource, subresource }: AdmissionRequest, wanted: string): boolean {
  return resource.group === GROUP && resource.resource === 'certificatesigningrequests' && subresource === wanted;
}

/** By the signer's name, or its whole domain. */
function maySign(
  core: Core,
  verb: string,
  { user, signer }: { readonly user: UserInfo; readonly signer: string },
): boolean {
  const domain = `${signer.split('/')[0] ?? ''}/*`;
  return [signer, domain].some(
    (name) => decide(core, { user, verb, group: GROUP, version: '*', resource: 'signers', name }).allowed,
  );
}

function signerOf(old: unknown): string {
  return (old as SigningRequest | undefined)?.spec.signerName ?? ''; // stored as one
}

export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  validate(request, _object, core) {
    if (request.operation !== 'UPDATE' || !isFor(request, 'approval') || !core.enforcesRbac) return;
    const signer = signerOf(request.old);
    if (maySign(core, 'approve', { user: request.user ?? ADMIN, signer })) return;
    const reason = `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`;
    throw forbidden(request.resource, request.name, reason);
  },
};

export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  validate(request, object, core) {
    if (request.operation !== 'UPDATE' || !isFor(request, 'status') || !core.enforcesRbac) return;
    const [now, before] = [object, request.old].map((each) => (each as SigningRequest | undefined)?.status); // as stored
    const failed = (status: SigningRequest['status']) =>
      (status?.conditions ?? []).filter(({ type }) => type === 'Failed').length;
    if (now?.certificate === before?.certificate && failed(now) === failed(before)) return;
    const signer = signerOf(request.old);
    if (maySign(core, 'sign', { user: request.user ?? ADMIN, signer })) return;
    const reason = `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`;
    throw forbidden(request.resource, request.name, reason);
  },
};

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate(request, object, core) {
    if (request.operation !== 'CREATE' || !isFor(request, '') || object === undefined) return;
    const { spec } = object as SigningRequest; // validated as one
    if (spec.signerName !== CLIENT_SIGNER) return;
    const asked = core.authority.readRequest?.(atob(spec.request ?? ''));
    if (asked?.organizations.includes('system:masters') !== true) return;
    const reason = `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`;
    throw forbidden(request.resource, request.name, reason);
  },
};
