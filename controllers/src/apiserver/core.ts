/**
 * What the verbs work with: the store, the cluster's time and chance, the resources that are served, and admission. One
 * for each cluster; no verb keeps state of its own.
 */
import type { Instant } from '../apimachinery/time.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Admission } from './admission/admission.ts';
import type { Allocations } from './allocations.ts';
import type { ClusterAuthority } from './authentication/authority.ts';
import type { KubeletAnswers } from './kubelet-answers.ts';
import type { ResourceTable } from './resources/resource-table.ts';

/** Seeded by the cluster. */
export interface RandomSource {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
}

export interface Core {
  readonly store: ObjectStore;
  readonly now: () => Instant;
  readonly random: RandomSource;
  readonly resources: ResourceTable;
  readonly admission: Admission;
  readonly allocations: Allocations;
  /** What signs tokens and certificates. */
  readonly authority: ClusterAuthority;
  /** Whether requests need roles; without, everyone may do everything. */
  readonly enforcesRbac: boolean;
  readonly kubelet: KubeletAnswers | undefined;
}

const HEX = '0123456789abcdef';

/** A version 4 UUID from the cluster's chance. */
export function newUid(random: RandomSource): string {
  let out = '';
  for (let i = 0; i < 32; i += 1) {
    if (i === 8 || i === 12 || i === 16 || i === 20) out += '-';
    out += i === 12 ? '4' : i === 16 ? HEX.charAt(8 + random.below(4)) : HEX.charAt(random.below(16));
  }
  return out;
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The five characters behind a generateName (apimachinery's util/rand). */
export function nameSuffix(random: RandomSource, length = 5): string {
  let out = '';
  for (let i = 0; i < length; i += 1) out += SUFFIX_ALPHABET.charAt(random.below(SUFFIX_ALPHABET.length));
  return out;
}
