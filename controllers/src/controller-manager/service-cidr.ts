/**
 * The ServiceCIDR controller (pkg/controller/servicecidrs v1.34): a range is ready when it has its finalizer, and stays
 * until no Service has an address that is in no other range.
 */
import { containsRange, type IpRange, parseCidr } from '../apimachinery/ip.ts';
import type { Service, ServiceCIDR } from '../apimachinery/kinds.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';
import { keyOf } from './watching.ts';

const RESOURCE = 'servicecidrs.networking.k8s.io';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
/** Until the allocators have seen that a range is going away. */
const DELETION_DELAY = 10_000;

export function createServiceCidrController(): Controller {
  return {
    name: 'service-cidr-controller',
    watches: [
      // A range that comes or goes may free another; so may a Service.
      { resource: RESOURCE, keys: (change, client) => [keyOf(change.object), ...client.list(RESOURCE).map(keyOf)] },
      {
        resource: 'services',
        keys: ({ type }, client) =>
          type === 'DELETED'
            ? client
                .list(RESOURCE)
                .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
                .map(keyOf)
            : [],
      },
    ],
    reconcile(key, context) {
      const range = context.client.find<ServiceCIDR>(RESOURCE, key);
      if (range === undefined) return undefined;
      return range.metadata.deletionTimestamp === undefined ? ready(range, context) : release(range, context);
    },
  };
}

function ready(range: ServiceCIDR, context: ReconcileContext): undefined {
  const { finalizers = [] } = range.metadata;
  const held = finalizers.includes(FINALIZER)
    ? range
    : context.client.update<ServiceCIDR>(RESOURCE, {
        ...range,
        metadata: { ...range.metadata, finalizers: [...finalizers, FINALIZER] },
      });
  report(held, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }, context);
}

function release(range: ServiceCIDR, context: ReconcileContext): Requeue | undefined {
  if (!isFree(range, context)) {
    report(
      range,
      {
        status: 'False',
        reason: 'Terminating',
        message:
          'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      },
      context,
    );
    return undefined;
  }
  const left = parseTime(range.metadata.deletionTimestamp ?? '') + DELETION_DELAY - context.now;
  if (left > 0) return { after: left };
  const { finalizers = [] } = range.metadata;
  if (!finalizers.includes(FINALIZER)) return undefined;
  context.client.update(RESOURCE, {
    ...range,
    metadata: { ...range.metadata, finalizers: finalizers.filter((each) => each !== FINALIZER) },
  });
  return undefined;
}

function rangesOf(range: ServiceCIDR): readonly IpRange[] {
  return (range.spec?.cidrs ?? []).flatMap((cidr) => parseCidr(cidr) ?? []);
}

function isFree(range: ServiceCIDR, { client }: ReconcileContext): boolean {
  const others = client
    .list<ServiceCIDR>(RESOURCE)
    .filter(({ metadata }) => metadata.name !== range.metadata.name)
    .flatMap(rangesOf);
  const isHeldElsewhere = (inner: IpRange) => others.some((outer) => containsRange(outer, inner));
  const own = rangesOf(range);
  if (own.every(isHeldElsewhere)) return true;
  const addresses = client.list<Service>('services').flatMap(({ spec }) => spec.clusterIPs ?? []);
  return !addresses
    .flatMap((address) => parseCidr(`${address}/${address.includes(':') ? 128 : 32}`) ?? [])
    .some((address) => own.some((outer) => containsRange(outer, address)) && !isHeldElsewhere(address));
}

interface Readiness {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Writes the condition where its status, reason or message is another one. */
function report(range: ServiceCIDR, wanted: Readiness, { client, now }: ReconcileContext): void {
  const conditions = range.status?.conditions ?? [];
  const known = conditions.find(({ type }) => type === 'Ready');
  // The API server says so of the default range in words of its own.
  if (known?.status === wanted.status && (wanted.status === 'True' || known.message === wanted.message)) return;
  client.updateStatus(RESOURCE, {
    ...range,
    status: {
      ...range.status,
      conditions: [
        ...conditions.filter(({ type }) => type !== 'Ready'),
        { type: 'Ready', ...wanted, lastTransitionTime: formatTime(now) },
      ],
    },
  });
}
