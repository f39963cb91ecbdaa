/** The controllers of a cluster, in the order in which they take their turns. */
import type { Controller } from './controller.ts';
import { createDeploymentController } from './deployment/deployment.ts';
import { createReplicationControllers } from './replicaset.ts';
import { createRootCaPublisher, createServiceAccountController } from './serviceaccount.ts';

export interface ControllersOptions {
  /** The cluster's CA, PEM. */
  readonly rootCa: string;
}

export function createControllers(options: ControllersOptions): readonly Controller[] {
  return [
    createServiceAccountController(),
    createRootCaPublisher(options.rootCa),
    createDeploymentController(),
    ...createReplicationControllers(),
  ];
}
