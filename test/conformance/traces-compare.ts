/**
 * Compares what a run of ours gathered with the recorded invariant. A value that differed between the recorded runs is no
 * claim. What the recorder's kubelet (KWOK) writes itself is not compared where a kubelet writes more or other: image
 * ids, host addresses, the kubelet's own conditions and events, and how a container's end is worded.
 */
type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

const VARIES = '<varies>';
/** Pod conditions that both kinds of kubelet have. */
const SHARED_CONDITIONS = new Set(['Initialized', 'Ready', 'ContainersReady', 'PodScheduled', 'DisruptionTarget']);
/** Sources of events whose number depends on timing and the number of nodes. */
const TIMED_REASONS = new Set(['FailedScheduling']);

export interface Difference {
  readonly path: string;
  readonly expected: Json;
  readonly actual: Json;
}

export function compareInvariant(expected: Fields, actual: Fields): readonly Difference[] {
  const varies = new Set((expected.varies as readonly string[] | undefined) ?? []);
  const found: Difference[] = [];
  for (const [part, value] of Object.entries(expected)) {
    if (part === 'varies') continue;
    const ours = actual[part];
    if (part === 'final') compareFinal(value as Fields, ours as Fields, found, varies);
    else if (part === 'events') compareEvents(value as Fields, ours as Fields, found, varies);
    else compare(value, ours, `/${part}`, found, varies);
  }
  return found;
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: Json): boolean {
  return value === undefined || value === null;
}

function compare(expected: Json, actual: Json, path: string, found: Difference[], varies: ReadonlySet<string>): void {
  if (expected === VARIES || varies.has(path)) return;
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    expected.forEach((item, index) => {
      compare(item, actual[index], `${path}/${index}`, found, varies);
    });
    return;
  }
  if (isFields(expected) && isFields(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(expected[key], actual[key], `${path}/${key}`, found, varies);
    }
    return;
  }
  if (expected === actual || (isNothing(expected) && isNothing(actual))) return;
  found.push({ path, expected, actual });
}

/** Conditions in one order. */
function sortedConditions(conditions: Json): Json {
  if (!Array.isArray(conditions)) return conditions;
  return [...(conditions as readonly Fields[])].sort((a, b) => (String(a.type) < String(b.type) ? -1 : 1));
}

/** A pod without what the two kubelets word differently. */
function plainPod(pod: Fields): Fields {
  const { spec, status, metadata, ...rest } = pod as { spec?: Fields; status?: Fields; metadata?: Fields };
  // KWOK leaves a pod that has ended ready.
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const conditions = ((status?.conditions ?? []) as readonly Fields[])
    .filter(({ type }) => SHARED_CONDITIONS.has(String(type)) && !(isOver && String(type).endsWith('Ready')))
    .map(({ type, status: value }) => ({ type, status: value }));
  const containers = ((status?.containerStatuses ?? []) as readonly Fields[]).map(
    ({ name, ready, restartCount, started, state }) => ({
      name,
      ready: isOver ? false : ready,
      restartCount,
      started: started === true,
      state: Object.keys((state as Fields | undefined) ?? {})[0],
      exitCode: (state as { terminated?: Fields } | undefined)?.terminated?.exitCode,
    }),
  );
  return {
    ...rest,
    metadata,
    spec: plainSpec(spec ?? {}),
    status: {
      phase: status?.phase,
      qosClass: status?.qosClass,
      podIP: status?.podIP,
      conditions: sortedConditions(conditions),
      containers,
    },
  };
}

/** Without what the ServiceAccount admission adds, which the recorded server had off. */
function plainSpec(spec: Fields): Fields {
  const { serviceAccount: _, serviceAccountName: __, nodeName, ...rest } = spec;
  const isToken = ({ name }: Fields) => String(name).startsWith('kube-api-access-');
  const volumes = ((rest.volumes ?? []) as readonly Fields[]).filter((volume) => !isToken(volume));
  const containers = ((rest.containers ?? []) as readonly Fields[]).map((container) => {
    const mounts = ((container.volumeMounts ?? []) as readonly Fields[]).filter((mount) => !isToken(mount));
    const { volumeMounts: ___, ...others } = container;
    return mounts.length === 0 ? others : { ...others, volumeMounts: mounts };
  });
  const { volumes: ____, ...others } = rest;
  // Which node it is, the seeded or the random choice says.
  return { ...others, ...(volumes.length === 0 ? {} : { volumes }), containers, isAssigned: nodeName !== undefined };
}

function plain(object: Json): Json {
  if (!isFields(object)) return object;
  if (object.kind === 'Pod') return plainPod(object);
  if (object.kind === 'EndpointSlice') return plainSlice(object);
  const status = object.status as Fields | undefined;
  return status?.conditions === undefined
    ? object
    : { ...object, status: { ...status, conditions: sortedConditions(status.conditions) } };
}

/** Endpoints have no order. */
function plainSlice(slice: Fields): Fields {
  const endpoints = [...((slice.endpoints ?? []) as readonly Fields[])];
  const text = (endpoint: Fields) => JSON.stringify(sortKeys(endpoint));
  return { ...slice, endpoints: endpoints.sort((a, b) => (text(a) < text(b) ? -1 : 1)) };
}

/** Objects with generated names stand in groups without an order. */
function plainGroup(group: Json): readonly { readonly count: number; readonly object: Json }[] {
  const merged = new Map<string, { count: number; object: Json }>();
  for (const { count, object } of group as readonly { count: number; object: Json }[]) {
    const shown = plain(object);
    const text = JSON.stringify(sortKeys(shown));
    merged.set(text, { count: (merged.get(text)?.count ?? 0) + count, object: shown });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

function compareFinal(expected: Fields, actual: Fields, found: Difference[], varies: ReadonlySet<string>): void {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [wanted, ours] = [expected[key], actual[key]];
    const path = `/final/${key}`;
    if (Array.isArray(wanted) && Array.isArray(ours))
      compare(plainGroup(wanted), plainGroup(ours), path, found, varies);
    else compare(plain(wanted), plain(ours), path, found, varies);
  }
}

interface Line {
  readonly type: string;
  readonly reason: string;
  readonly source: string;
  readonly count: Json;
  readonly messages: readonly string[];
  readonly messagesVary?: boolean;
}

function compareEvents(expected: Fields, actual: Fields, found: Difference[], varies: ReadonlySet<string>): void {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const path = `/events/${key}`;
    if (varies.has(path)) continue;
    const wanted = ((expected[key] ?? []) as readonly Line[]).filter(({ source }) => source !== 'kwok_controller');
    const ours = (actual[key] ?? []) as readonly Line[];
    const name = ({ type, reason, source }: Line) => `${type} ${reason} ${source}`;
    const lines = new Map(ours.map((line) => [name(line), line]));
    for (const line of wanted) {
      const own = lines.get(name(line));
      lines.delete(name(line));
      if (own === undefined) {
        found.push({ path: `${path}/${name(line)}`, expected: line.messages, actual: undefined });
        continue;
      }
      if (TIMED_REASONS.has(line.reason)) continue;
      compare(line.count, own.count, `${path}/${name(line)}/count`, found, varies);
      if (line.messagesVary === true) continue;
      compare(plainMessages(line), plainMessages(own), `${path}/${name(line)}/messages`, found, varies);
    }
    for (const [text, line] of lines) {
      if (TIMED_REASONS.has(line.reason)) continue;
      found.push({ path: `${path}/${text}`, expected: undefined, actual: line.messages });
    }
  }
}

function plainMessages({ messages }: Line): readonly string[] {
  return [...new Set(messages.map((text) => text.replace(/^(Successfully assigned \S+ to) .*$/, '$1 <node>')))].sort();
}
