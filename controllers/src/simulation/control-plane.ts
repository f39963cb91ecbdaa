/**
 * The control plane and the kubelets of one cluster, put together: who is told of which change, and who takes a turn when.
 */
import type { Instant } from '../apimachinery/time.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import { issueLegacyToken } from '../apiserver/authentication/service-account-tokens.ts';
import { decide } from '../apiserver/authorization/authorizer.ts';
import { createEventRecorders } from '../apiserver/event-recorder.ts';
import type { Controller } from '../controller-manager/controller.ts';
import { createVolumeControllers, createWorkloadControllers } from '../controller-manager/controllers.ts';
import { type ControllerFault, createControllerManager } from '../controller-manager/manager.ts';
import type { BehaviorDefaults } from '../kubelet/behavior.ts';
import { createKubelet } from '../kubelet/kubelet.ts';
import { podUsage } from '../kubelet/usage.ts';
import { createScheduler, SCHEDULER_NAME } from '../scheduler/scheduler.ts';
import type { Change } from '../store/object-store.ts';
import { createEventExpiry } from './event-expiry.ts';
import type { EventClass } from './event-queue.ts';
import type { RandomStreams } from './random.ts';
import { createResourceCatalog } from './resource-catalog.ts';

export interface ControlPlaneOptions {
  readonly api: ApiServer;
  readonly seed: string;
  readonly behavior: BehaviorDefaults;
  /** Whether there is a metrics API. */
  readonly metrics: boolean;
  readonly random: RandomStreams;
  readonly now: () => Instant;
  /** Runs something later, within a class; answers how to call it off. */
  readonly schedule: (eventClass: EventClass) => (at: Instant, run: () => void) => () => void;
}

export interface ControlPlane {
  /** Tells of a change of an object of a resource (`pods`, `deployments.apps`). */
  observe(resource: string, change: Change): void;
  /** A turn for everyone; how much was done. */
  runRound(): number;
  /** Faults of this program, for all to see. */
  readonly faults: ControllerFault[];
}

/** What a node needs to be allowed for its own certificate: to create these, with a subresource. */
const SIGNING_REQUESTS = {
  verb: 'create',
  group: 'certificates.k8s.io',
  version: '*',
  resource: 'certificatesigningrequests',
};

/** At one moment containers live first, then schedulers and controllers look. */
const CONTAINERS: EventClass = 0;
const CONTROL: EventClass = 1;

export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { api, now, random, seed, schedule } = options;
  const { client } = api;
  const faults: ControllerFault[] = [];
  const recorderOf = createEventRecorders({ client, now });
  const kubelet = createKubelet({
    client,
    now,
    schedule: schedule(CONTAINERS),
    recorder: (node) => recorderOf({ component: 'kubelet', host: node }),
    seed,
    defaults: options.behavior,
  });
  const scheduler = createScheduler({
    client,
    now,
    schedule: schedule(CONTROL),
    random: random.stream('scheduler'),
    recorder: recorderOf({ component: SCHEDULER_NAME }),
  });
  const manage = (controllers: readonly Controller[]) =>
    createControllerManager({
      controllers,
      client,
      now,
      schedule: schedule(CONTROL),
      random: (controller) => random.stream(controller),
      recorder: (component) => recorderOf({ component }),
      faults,
    });
  const workloads = manage(
    createWorkloadControllers({
      rootCa: api.core.authority.certificate,
      tokens: { issue: (account, secret) => issueLegacyToken(api.core, account, secret) },
      certificates: {
        authority: api.core.authority,
        mayCreate: (user, subresource) => decide(api.core, { user, ...SIGNING_REQUESTS, subresource }).allowed,
      },
      resources: createResourceCatalog(api),
      metrics: options.metrics ? { usage: podUsage } : undefined,
    }),
  );
  const volumes = manage(createVolumeControllers());
  const expireEvents = createEventExpiry({ client, now, schedule: schedule(CONTROL) });
  // The order is that of their turns in a round.
  const parts = [workloads, scheduler, volumes, kubelet];
  return {
    faults,
    observe(resource, change) {
      if (resource === 'events') expireEvents(change);
      else for (const part of parts) part.observe(resource, change);
    },
    runRound: () => parts.reduce((work, part) => work + part.runRound(), 0),
  };
}
