/**
 * Masks what no two runs share (times, uids, addresses, generated names, hashes), as the recorded traces do, so that a
 * run of ours can be compared with them.
 */
type Json = unknown;

export interface Named {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generateName?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const RANDOM = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const IPV4 = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g;
const DROPPED_METADATA = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink']);
/** Annotations and labels whose value depends on time or the cluster. */
const MASKED_FIELDS = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort']);

export interface Masker {
  /** Takes note of an object: its name and hashes get their masks in order of appearance. */
  note(object: Named): void;
  /** `ReplicaSet/web-<hash1>`. */
  key(object: Named): string;
  text(value: string): string;
  object(value: Json): Json;
}

export interface MaskOptions {
  readonly namespace: string;
  readonly nodes: readonly string[];
}

export function createMasker({ namespace, nodes }: MaskOptions): Masker {
  const hashes = new Map<string, string>();
  const names = new Map<string, string>();
  let ordered: readonly (readonly [string, string])[] | undefined;

  function maskHashes(text: string): string {
    let masked = text;
    for (const [hash, mask] of hashes) masked = masked.replaceAll(hash, mask);
    return masked;
  }

  function maskName({ kind, metadata }: Named): string {
    const { name, generateName } = metadata;
    if (generateName !== undefined && name.startsWith(generateName) && RANDOM.test(name.slice(generateName.length))) {
      return maskMinute(maskHashes(generateName), kind) + (kind === 'Namespace' ? '' : '<rand>');
    }
    return maskMinute(maskHashes(name), kind);
  }

  /** CronJobs name their Jobs by the minute. */
  function maskMinute(name: string, kind: string): string {
    return kind === 'Job' || kind === 'Pod' ? name.replace(/-\d{8}(?=-|$)/, '-<minute>') : name;
  }

  function text(value: string): string {
    if (TIME.test(value)) return '<time>';
    let masked = value;
    ordered ??= [...names].sort(([a], [b]) => b.length - a.length);
    for (const [name, mask] of ordered) if (masked.includes(name)) masked = masked.replaceAll(name, mask);
    for (const node of nodes) {
      masked = masked.replace(new RegExp(`(?<![\\w-])${node}(?![\\w-])`, 'g'), '<node>');
    }
    masked = masked.replaceAll(namespace, 'ns');
    return maskHashes(masked).replace(UID, '<uid>').replace(IPV4, '<ip>');
  }

  function object(value: Json): Json {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(object);
    if (typeof value !== 'object' || value === null) return value;
    const out: Record<string, Json> = {};
    for (const [key, child] of Object.entries(value)) {
      if (key === 'metadata') out[key] = metadata(child as Record<string, Json>);
      else if (key === 'ownerReferences' && Array.isArray(child)) {
        out[key] = child.map((owner: Record<string, Json>) => object(without(owner, ['uid'])));
      } else if (MASKED_FIELDS.has(key) && child !== 'None' && !isNone(child)) out[key] = '<masked>';
      else out[text(key)] = object(child);
    }
    return out;
  }

  function metadata(value: Record<string, Json>): Json {
    const kept = Object.entries(value).filter(([key]) => !DROPPED_METADATA.has(key));
    return object(Object.fromEntries(kept));
  }

  return {
    note(found) {
      const { labels = {} } = found.metadata;
      for (const label of ['pod-template-hash', 'controller-revision-hash', 'controller.kubernetes.io/hash']) {
        const hash = label === 'controller-revision-hash' ? labels[label]?.replace(/^.*-/, '') : labels[label];
        if (hash !== undefined && hash !== '' && !hashes.has(hash)) hashes.set(hash, `<hash${hashes.size + 1}>`);
      }
      const mask = maskName(found);
      if (mask !== found.metadata.name && !names.has(found.metadata.name)) {
        names.set(found.metadata.name, mask);
        ordered = undefined;
      }
    },
    key: (found) => `${found.kind}/${text(maskName(found))}`,
    text,
    object,
  };
}

function isNone(value: Json): boolean {
  return Array.isArray(value) && value[0] === 'None';
}

function without(value: Record<string, Json>, keys: readonly string[]): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
