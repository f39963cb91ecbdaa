/**
 * Addresses for Services of type LoadBalancer, as a cloud's service controller gives them (cloud-provider v0.34). They
 * come from 172.18.255.0/24, the lowest that is free.
 */
import type { Service } from '../apimachinery/kinds.ts';
import type { Controller, ReconcileContext } from './controller.ts';
import { watchSelf } from './watching.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const PREFIX = '172.18.255.';

export function createServiceLoadBalancerController(): Controller {
  return {
    name: 'service-lb-controller',
    eventSource: 'service-controller',
    watches: [watchSelf('services')],
    reconcile(key, context) {
      const service = context.client.find<Service>('services', key);
      if (service === undefined) return undefined;
      const isWanted =
        service.spec.type === 'LoadBalancer' &&
        service.spec.loadBalancerClass === undefined &&
        service.metadata.deletionTimestamp === undefined;
      if (isWanted) ensure(service, context);
      else cleanUp(service, context);
      return undefined;
    },
  };
}

function ensure(service: Service, context: ReconcileContext): void {
  if ((service.status?.loadBalancer?.ingress ?? []).length > 0) return;
  context.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  const { finalizers = [] } = service.metadata;
  const held = finalizers.includes(FINALIZER)
    ? service
    : context.client.update<Service>('services', {
        ...service,
        metadata: { ...service.metadata, finalizers: [...finalizers, FINALIZER] },
      });
  const ip = service.spec.loadBalancerIP ?? freeAddress(context);
  const ingress = [{ ip, ipMode: 'VIP' }];
  context.client.updateStatus('services', { ...held, status: { ...held.status, loadBalancer: { ingress } } });
  context.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
}

function freeAddress({ client }: ReconcileContext): string {
  const used = new Set(
    client
      .list<Service>('services')
      .flatMap(({ status }) => (status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip)),
  );
  for (let last = 1; last < 255; last++) if (!used.has(PREFIX + last)) return PREFIX + last;
  return `${PREFIX}255`;
}

function cleanUp(service: Service, context: ReconcileContext): void {
  const { finalizers = [] } = service.metadata;
  if (!finalizers.includes(FINALIZER)) return;
  context.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
  const current =
    (service.status?.loadBalancer?.ingress ?? []).length > 0 && service.metadata.deletionTimestamp === undefined
      ? context.client.updateStatus<Service>('services', {
          ...service,
          status: { ...service.status, loadBalancer: {} },
        })
      : service;
  context.client.update('services', {
    ...current,
    metadata: { ...current.metadata, finalizers: finalizers.filter((finalizer) => finalizer !== FINALIZER) },
  });
  context.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}
