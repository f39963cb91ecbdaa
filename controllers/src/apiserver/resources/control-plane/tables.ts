/**
 * Cells of what the control plane itself is set up with: access, certificates, priorities, leases, aggregated APIs
 * (pkg/printers/internalversion/printers.go and kube-aggregator, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { SECOND } from '../../../apimachinery/time.ts';
import { formatHumanDuration } from '../../age.ts';
import { age, type Cells, firstThree, isTrue, list, number, text } from '../columns.ts';

const binding: Cells = (o, now) => {
  const subjects = (kind: string): readonly Readonly<Record<string, unknown>>[] =>
    list(o, 'subjects').filter((subject) => subject.kind === kind);
  const names = (kind: string): string =>
    subjects(kind)
      .map((subject) => text(subject, 'name'))
      .join(', ');
  const accounts = subjects('ServiceAccount').map(
    (subject) => `${text(subject, 'namespace')}/${text(subject, 'name')}`,
  );
  const role = `${text(o, 'roleRef.kind')}/${text(o, 'roleRef.name')}`;
  return [o.metadata.name, role, age(o, now), names('User'), names('Group'), accounts.join(', ')];
};

function requestStatus(o: KubeObject): string {
  const types = new Set(list(o, 'status.conditions').map(({ type }) => type));
  const decided = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  const issued = text(o, 'status.certificate') === '' ? '' : ',Issued';
  return `${decided}${types.has('Failed') ? ',Failed' : ''}${issued}`;
}

const signingRequest: Cells = (o, now) => {
  const seconds = getPath(o, ['spec', 'expirationSeconds']);
  return [
    o.metadata.name,
    age(o, now),
    text(o, 'spec.signerName') || '<none>',
    text(o, 'spec.username'),
    typeof seconds === 'number' ? formatHumanDuration(seconds * SECOND) : '<none>',
    requestStatus(o),
  ];
};

const priorityClass: Cells = (o, now) => [
  o.metadata.name,
  number(o, 'value'),
  isTrue(o, 'globalDefault'),
  age(o, now),
  text(o, 'preemptionPolicy'),
];

const lease: Cells = (o, now) => [o.metadata.name, text(o, 'spec.holderIdentity'), age(o, now)];

const leaseCandidate: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.leaseName'),
  text(o, 'spec.binaryVersion'),
  text(o, 'spec.emulationVersion'),
  age(o, now),
];

const runtimeClass: Cells = (o, now) => [o.metadata.name, text(o, 'handler'), age(o, now)];

const flowSchema: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.priorityLevelConfiguration.name'),
  number(o, 'spec.matchingPrecedence'),
  text(o, 'spec.distinguisherMethod.type') || '<none>',
  age(o, now),
  text(
    list(o, 'status.conditions').find(({ type }) => type === 'Dangling'),
    'status',
  ) || '?',
];

const priorityLevel: Cells = (o, now) => {
  const limited = getPath(o, ['spec', 'limited']);
  const queuing = getPath(limited, ['limitResponse', 'queuing']);
  const of = (value: unknown, field: string): unknown => (isObject(value) ? (value[field] ?? 0) : '<none>');
  return [
    o.metadata.name,
    text(o, 'spec.type'),
    of(limited, 'nominalConcurrencyShares'),
    of(queuing, 'queues'),
    of(queuing, 'handSize'),
    of(queuing, 'queueLengthLimit'),
    age(o, now),
  ];
};

const storageVersion: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'status.commonEncodingVersion') || '<unset>',
  firstThree(
    list(o, 'status.storageVersions').map((each) => `${text(each, 'apiServerID')}=${text(each, 'encodingVersion')}`),
  ) || '<unset>',
  age(o, now),
];

const apiService: Cells = (o, now) => {
  const service = getPath(o, ['spec', 'service']);
  const available = list(o, 'status.conditions').find(({ type }) => type === 'Available');
  const reason = text(available, 'reason');
  const status = text(available, 'status') || 'Unknown';
  return [
    o.metadata.name,
    isObject(service) ? `${text(service, 'namespace')}/${text(service, 'name')}` : 'Local',
    status === 'True' || reason === '' ? status : `${status} (${reason})`,
    age(o, now),
  ];
};

export const CONTROL_PLANE_TABLES: readonly (readonly [string, Cells])[] = [
  ['RoleBinding.rbac.authorization.k8s.io', binding],
  ['ClusterRoleBinding.rbac.authorization.k8s.io', binding],
  ['CertificateSigningRequest.certificates.k8s.io', signingRequest],
  ['PriorityClass.scheduling.k8s.io', priorityClass],
  ['Lease.coordination.k8s.io', lease],
  ['LeaseCandidate.coordination.k8s.io', leaseCandidate],
  ['RuntimeClass.node.k8s.io', runtimeClass],
  ['FlowSchema.flowcontrol.apiserver.k8s.io', flowSchema],
  ['PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io', priorityLevel],
  ['StorageVersion.internal.apiserver.k8s.io', storageVersion],
  ['APIService.apiregistration.k8s.io', apiService],
];
