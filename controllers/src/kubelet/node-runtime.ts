/** What a pod finds on its node: the port between a pod's worker and the kubelet. */
import type { Pod } from '../apimachinery/kinds.ts';
import type { Instant } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';
import type { EventRecorder } from '../apiserver/event-recorder.ts';
import type { BehaviorDefaults } from './behavior.ts';

/** What a pod finds on its node. */
export interface NodeRuntime {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly defaults: BehaviorDefaults;
  readonly images: Set<string>;
  now(): Instant;
  schedule(at: Instant, run: () => void): () => void;
  isImageMissing(image: string): boolean;
  hostIp(): string;
  takeIp(pod: Pod): string;
  releaseIp(ip: string): void;
  /** Why the node does not take the pod. */
  reject(pod: Pod): { readonly reason: string; readonly message: string } | undefined;
  /** In [0, 1), fixed for a pod. */
  spread(uid: string): number;
}
