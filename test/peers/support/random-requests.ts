/**
 * Requests at random for the operations of an OpenAPI v3 document: most of what they carry fits the schemas, some of it
 * does not.
 */
import type { RandomChoices } from './random-source.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Fields[];
  readonly bodies: Fields;
}

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const MAX_DEPTH = 6;
const NAMES = [
  'default',
  'kube-system',
  'a',
  'web-0',
  'x.y',
  'node-1',
  'kubernetes',
  'UPPER',
  '..',
  '%00',
  'ä',
  '-',
  '__proto__',
];
const TEXTS = [
  '',
  '0',
  '-1',
  '99999999999999999999',
  'true',
  'null',
  'a=b',
  'metadata.name=a',
  'a in (b',
  'All',
  'Strict',
  'Background',
  'Exact',
  'constructor',
  'é\u0000\n',
  '{}',
  '[]',
];
const VALUES: readonly unknown[] = [null, 0, -1, 1.5, 2 ** 60, true, '', 'x', [], {}, [[]], { a: null }, '1Gi', 'a/b'];
const PATCHES = [
  [{ op: 'add', path: '/metadata/labels', value: {} }],
  [{ op: 'remove', path: '/spec' }],
  [{ op: 'copy', from: '', path: '/metadata/annotations' }],
  [{ op: 'test', path: '/kind', value: 1 }],
  { $patch: 'replace' },
  { metadata: { $retainKeys: ['name'], labels: null, finalizers: ['x/y'] } },
  { spec: { $setElementOrder: 1 } },
];

/** The operations of a document; watches are left out, as they do not end. */
export function operationsOf(document: Fields): readonly Operation[] {
  const out: Operation[] = [];
  const paths = document.paths as Readonly<Record<string, Fields>>;
  for (const [path, item] of Object.entries(paths)) {
    if (path.includes('/watch/') || path.endsWith('/proxy') || path.includes('/proxy/')) continue;
    for (const method of METHODS) {
      const operation = item[method] as Fields | undefined;
      if (operation === undefined) continue;
      const parameters = [item.parameters, operation.parameters].flatMap((some) => (some ?? []) as readonly Fields[]);
      const body = (operation.requestBody ?? {}) as { content?: Fields };
      out.push({ method, path, parameters, bodies: body.content ?? {} });
    }
  }
  return out;
}

/** A request for an operation. */
export function randomRequest(random: RandomChoices, document: Fields, operation: Operation): RandomRequest {
  const { pick } = random;
  const schemas = ((document.components ?? {}) as { schemas?: Fields }).schemas ?? {};
  const path = operation.path.replace(/\{[^}]*\}/g, () => encodeURIComponent(pick(NAMES)));
  const query = new URLSearchParams();
  for (const { name, in: place, schema } of operation.parameters) {
    if (place !== 'query' || name === 'watch' || random.below(4) > 0) continue;
    const type = (schema as Fields | undefined)?.type;
    const fits = type === 'integer' ? String(random.below(50)) : type === 'boolean' ? 'true' : pick(TEXTS);
    query.append(String(name), random.below(3) === 0 ? pick(TEXTS) : fits);
  }
  const headers: Record<string, string> = {};
  if (random.below(8) === 0)
    headers.Accept = pick(['application/yaml', 'text/html', 'application/vnd.kubernetes.protobuf']);
  let body: string | undefined;
  const types = Object.keys(operation.bodies);
  if (types.length > 0) {
    const type = pick(types);
    const contentType = type === '*/*' ? 'application/json' : type;
    headers['Content-Type'] = contentType;
    const schema = (operation.bodies[type] as { schema?: Fields }).schema ?? {};
    const isPatch = contentType.includes('patch');
    const value = isPatch && random.below(2) === 0 ? pick(PATCHES) : randomValue(random, schemas, schema, 0);
    body = random.below(30) === 0 ? pick(TEXTS) : JSON.stringify(value);
  }
  const text = query.toString();
  const request = { method: operation.method.toUpperCase(), path: text === '' ? path : `${path}?${text}`, headers };
  return body === undefined ? request : { ...request, body };
}

/** A value of a schema; now and then another. */
function randomValue(random: RandomChoices, schemas: Fields, given: Fields, depth: number): unknown {
  const { pick } = random;
  if (random.below(25) === 0) return pick(VALUES);
  const all = given.allOf as readonly Fields[] | undefined;
  const reference = (given.$ref ?? all?.[0]?.$ref) as string | undefined;
  const schema = reference === undefined ? given : ((schemas[reference.split('/').at(-1) ?? ''] ?? {}) as Fields);
  if (Array.isArray(schema.enum)) return pick(schema.enum);
  switch (schema.type) {
    case 'object': {
      const out: Record<string, unknown> = {};
      const required = (schema.required ?? []) as readonly string[];
      for (const [name, child] of Object.entries((schema.properties ?? {}) as Readonly<Record<string, Fields>>)) {
        const isWanted = required.includes(name) || ['metadata', 'spec', 'name'].includes(name);
        if (isWanted ? random.below(12) === 0 : depth >= MAX_DEPTH || random.below(5) > 0) continue;
        out[name] = name === 'name' ? pick(NAMES) : randomValue(random, schemas, child, depth + 1);
      }
      const more = schema.additionalProperties as Fields | undefined;
      if (more !== undefined && depth < MAX_DEPTH) out[pick(NAMES)] = randomValue(random, schemas, more, depth + 1);
      return out;
    }
    case 'array':
      if (depth >= MAX_DEPTH) return [];
      return Array.from({ length: random.below(3) }, () =>
        randomValue(random, schemas, (schema.items ?? {}) as Fields, depth + 1),
      );
    case 'integer':
      return pick([0, 1, -1, 80, 65_536, 2 ** 31]);
    case 'number':
      return pick([0, 0.5, -1e9]);
    case 'boolean':
      return random.below(2) === 0;
    case 'string':
      return pick([...NAMES, ...TEXTS, '100m', '2026-01-01T00:00:00Z', '10.0.0.1', 'YWJj']);
    default:
      return pick(VALUES);
  }
}
