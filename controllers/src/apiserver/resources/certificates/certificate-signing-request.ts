/**
 * CertificateSigningRequest: who asked is written down, nobody approves by creating, and status and approval are changed
 * by their own subresources (pkg/registry/certificates and pkg/apis/certificates/validation, v1.34).
 */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  required,
} from '../../../apimachinery/api-errors.ts';
import { deepEqual } from '../../../apimachinery/json.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../../apimachinery/names.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { ADMIN } from '../../authentication/user.ts';
import type { Draft, KindContext, KindFacts } from '../resource.ts';

export interface SigningRequestSpec {
  /** Base64 of PEM. */
  readonly request?: string;
  readonly signerName?: string;
  readonly usages?: readonly string[] | null;
  readonly expirationSeconds?: number | null;
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface SigningRequestCondition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string | null;
  readonly lastTransitionTime?: string | null;
}

export interface SigningRequest extends KubeObject {
  readonly spec: SigningRequestSpec;
  readonly status?: { readonly conditions?: readonly SigningRequestCondition[]; readonly certificate?: string };
}

export const certificateSigningRequest: KindFacts = {
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  name: () => [],
  generation: 'none',
  fieldLabels: { 'spec.signerName': (object) => asRequest(object).spec.signerName ?? '' },
  prepareCreate(draft, { user = ADMIN }) {
    const { username: _username, uid: _uid, groups: _groups, extra: _extra, ...spec } = asRequest(draft).spec;
    const asker = {
      username: user.username,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    };
    draft.spec = { ...spec, ...asker };
    draft.status = {};
  },
  prepareUpdate(draft, old) {
    draft.spec = old.spec;
  },
  prepareStatusUpdate(draft, old, context) {
    const { certificate, conditions = [] } = asRequest(draft).status ?? {};
    const before = asRequest(old).status ?? {};
    const isApproval = context.subresource === 'approval';
    const kept = isApproval ? conditions : keepDecisions(conditions, before.conditions ?? []);
    const bytes = isApproval ? before.certificate : certificate;
    draft.status = {
      ...(kept.length === 0 ? {} : { conditions: withTimes(kept, before.conditions ?? [], context) }),
      ...(bytes === undefined ? {} : { certificate: bytes }),
    };
  },
  validate: (object, context) => validateRequest(asRequest(object), context, undefined),
  validateUpdate: validateChange,
  validateStatusUpdate: validateChange,
};

/** Decoded by its type, which leaves an empty spec out. */
function asRequest(object: KubeObject | Draft): SigningRequest {
  return (object.spec === undefined ? { ...object, spec: {} } : object) as SigningRequest;
}

const DECISIONS = ['Approved', 'Denied'];

/** Conditions that say who decided stay as they were, unless some were added or taken away. */
function keepDecisions(
  conditions: readonly SigningRequestCondition[],
  before: readonly SigningRequestCondition[],
): readonly SigningRequestCondition[] {
  let out = conditions;
  for (const type of DECISIONS) {
    const old = before.filter((condition) => condition.type === type);
    if (old.length !== out.filter((condition) => condition.type === type).length) continue;
    let next = 0;
    out = out.map((condition) => (condition.type === type ? (old[next++] ?? condition) : condition));
  }
  return out;
}

function withTimes(
  conditions: readonly SigningRequestCondition[],
  before: readonly SigningRequestCondition[],
  { core }: KindContext,
): readonly SigningRequestCondition[] {
  const now = formatTime(core.now());
  return conditions.map((condition) => {
    const same = before.find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && (lastTransitionTime ?? '') !== '',
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    };
  });
}

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_SECONDS = 600;

function validateRequest(
  { spec, status = {} }: SigningRequest,
  { core }: KindContext,
  old: SigningRequest | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { request = '', usages, signerName = '', expirationSeconds } = spec;
  const pem = atob(request);
  if (!pem.includes('-----BEGIN CERTIFICATE REQUEST-----')) {
    errors.push(invalid('spec.request', request, 'PEM block type must be CERTIFICATE REQUEST'));
  } else if (core.authority.readRequest !== undefined && core.authority.readRequest(pem) === undefined) {
    errors.push(invalid('spec.request', request, 'asn1: structure error: malformed certificate request'));
  }
  if ((usages ?? []).length === 0) errors.push(required('spec.usages'));
  const known = (usages ?? []).map((usage, index) => ({ usage, index }));
  if (old === undefined) {
    for (const { usage, index } of known) {
      if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
    }
    for (const { usage, index } of known) {
      if (usages?.indexOf(usage) !== index) errors.push(duplicate(`spec.usages[${index}]`, usage));
    }
  }
  if (signerName === LEGACY_SIGNER && old?.spec.signerName !== LEGACY_SIGNER) {
    errors.push(invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'));
  } else errors.push(...validateSignerName(signerName));
  if (typeof expirationSeconds === 'number' && expirationSeconds < MIN_SECONDS) {
    errors.push(
      invalid(
        'spec.expirationSeconds',
        expirationSeconds,
        'may not specify a duration less than 600 seconds (10 minutes)',
      ),
    );
  }
  errors.push(...validateConditions(status.conditions ?? [], old?.status?.conditions ?? []));
  const certificate = status.certificate ?? '';
  if (certificate !== '' && certificate !== old?.status?.certificate) {
    const problem = problemOfCertificate(atob(certificate));
    if (problem !== undefined) errors.push(invalid('status.certificate', '<certificate data>', problem));
  }
  return errors;
}

/** `domain/name`, the domain with a dot (ValidateSignerName). */
function validateSignerName(name: string): readonly FieldError[] {
  const field = 'spec.signerName';
  if (name === '') return [required(field)];
  const [domain = '', path, ...rest] = name.split('/');
  if (path === undefined || rest.length > 0) {
    return [invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const labels = domain.split('.');
  const errors = [...firstProblem(labels, isDns1123Label).map((text) => invalid(field, domain, text))];
  if (labels.length < 2) {
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  }
  errors.push(...firstProblem(path.split('.'), isDns1123Subdomain).map((text) => invalid(field, path, text)));
  return errors;
}

/** What is wrong with the first label that is not right. */
function firstProblem(labels: readonly string[], check: (label: string) => readonly string[]): readonly string[] {
  for (const label of labels) {
    const problems = check(label);
    if (problems.length > 0) return problems.map((text) => `validating label ${JSON.stringify(label)}: ${text}`);
  }
  return [];
}

function validateConditions(
  conditions: readonly SigningRequestCondition[],
  before: readonly SigningRequestCondition[],
): readonly FieldError[] {
  const field = 'status.conditions';
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const hadBoth = DECISIONS.every((type) => before.some((condition) => condition.type === type));
  const hadDuplicates = new Set(before.map(({ type }) => type)).size < before.length;
  for (const [index, { type = '', status = '' }] of conditions.entries()) {
    if (type === '') errors.push(required(`${field}[${index}].type`));
    const values = [...DECISIONS, 'Failed'].includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (status === '') errors.push(required(`${field}[${index}].status`));
    else if (!values.includes(status)) errors.push(notSupported(`${field}[${index}].status`, status, values));
    const other = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!hadBoth && other !== undefined && seen.has(other)) {
      errors.push(invalid(field, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (!hadDuplicates && seen.has(type)) errors.push(duplicate(`${field}[${index}].type`, type));
    seen.add(type);
  }
  return errors;
}

/** What is not a chain of certificates. */
function problemOfCertificate(pem: string): string | undefined {
  const blocks = [...pem.matchAll(/-----BEGIN ([^-]+)-----/g)].map(([, type = '']) => type);
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  const other = blocks.find((type) => type !== 'CERTIFICATE');
  return other === undefined ? undefined : `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other)}`;
}

function validateChange(object: KubeObject, before: KubeObject, context: KindContext): readonly FieldError[] {
  const [request, old] = [asRequest(object), asRequest(before)];
  const errors = [...validateRequest(request, context, old)];
  const conditions = (of: SigningRequest, type: string) =>
    (of.status?.conditions ?? []).filter((condition) => condition.type === type);
  for (const type of [...DECISIONS, 'Failed']) {
    if (conditions(request, type).length < conditions(old, type).length) {
      errors.push(
        forbiddenField('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`),
      );
    }
  }
  for (const type of context.subresource === 'approval' ? [] : DECISIONS) {
    const [now, then] = [conditions(request, type), conditions(old, type)];
    if (now.length > then.length) {
      errors.push(
        forbiddenField('status.conditions', `updates may not add a condition of type ${JSON.stringify(type)}`),
      );
    } else if (now.length === then.length && !deepEqual(now, then)) {
      errors.push(
        forbiddenField('status.conditions', `updates may not modify a condition of type ${JSON.stringify(type)}`),
      );
    }
  }
  const [certificate, known] = [request.status?.certificate ?? '', old.status?.certificate ?? ''];
  if (certificate !== known) {
    if (context.subresource !== 'status') {
      errors.push(forbiddenField('status.certificate', 'updates may not set certificate content'));
    } else if (known !== '') {
      errors.push(forbiddenField('status.certificate', 'updates may not modify existing certificate content'));
    }
  }
  return errors;
}
