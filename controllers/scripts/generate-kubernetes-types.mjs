/**
 * Condenses Kubernetes' published API into the one data file that the API server works from:
 * src/apiserver/schema/kubernetes-types.ts. It reads, from the Go module cache (`go` is needed only here):
 * - the type declarations of k8s.io/{api,apimachinery,apiextensions-apiserver,kube-aggregator}: field names, types,
 *   omitempty, protobuf numbers, patch strategies and list types, which the OpenAPI document has only in part;
 * - api/discovery/aggregated_v2.json of k8s.io/kubernetes: every resource, its verbs, short names and subresources.
 *
 * Run: npm run generate -w controllers
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KUBERNETES = 'v1.34.2';
const STAGING = 'v0.34.2';

function moduleDirectory(path, version) {
  const out = execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], { cwd: '/', encoding: 'utf8' });
  return JSON.parse(out).Dir;
}

const apiDirectory = moduleDirectory('k8s.io/api', STAGING);
const machineryDirectory = moduleDirectory('k8s.io/apimachinery', STAGING);
const extensionsDirectory = moduleDirectory('k8s.io/apiextensions-apiserver', STAGING);
const aggregatorDirectory = moduleDirectory('k8s.io/kube-aggregator', STAGING);
const kubernetesDirectory = moduleDirectory('k8s.io/kubernetes', KUBERNETES);

const discovery = JSON.parse(readFileSync(join(kubernetesDirectory, 'api/discovery/aggregated_v2.json'), 'utf8'));
discovery.items.unshift(...coreDiscovery());

/** Types that encode themselves: they are leaves here. */
const SPECIAL = new Map([
  ['meta/v1.Time', 'Time'],
  ['meta/v1.MicroTime', 'MicroTime'],
  ['meta/v1.Duration', 'Duration'],
  ['meta/v1.FieldsV1', 'Raw'],
  ['resource.Quantity', 'Quantity'],
  ['intstr.IntOrString', 'IntOrString'],
  ['runtime.RawExtension', 'Raw'],
  ['runtime.Object', 'Raw'],
  ['apiextensions/v1.JSON', 'Raw'],
  ['apiextensions/v1.JSONSchemaPropsOrArray', 'Raw'],
  ['apiextensions/v1.JSONSchemaPropsOrBool', 'Raw'],
  ['apiextensions/v1.JSONSchemaPropsOrStringArray', 'Raw'],
  ['types.UID', 'string'],
]);
const BUILTIN = new Set(['string', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'int', 'float64', 'byte', 'uint8']);

/** Import paths to the short package names that the data uses. */
function packageName(path) {
  let match = /^k8s\.io\/api\/(.+)$/.exec(path);
  if (match) return match[1];
  match = /^k8s\.io\/apimachinery\/pkg\/apis\/meta\/(\w+)$/.exec(path);
  if (match) return `meta/${match[1]}`;
  match = /pkg\/apis\/(apiextensions|apiregistration)\/(\w+)$/.exec(path);
  if (match) return `${match[1]}/${match[2]}`;
  return path.split('/').at(-1);
}

const packages = new Map();

function packageDirectory(name) {
  const [group, version] = name.split('/');
  if (group === 'meta') return join(machineryDirectory, 'pkg/apis/meta', version);
  if (group === 'apiextensions') return join(extensionsDirectory, 'pkg/apis/apiextensions', version);
  if (group === 'apiregistration') return join(aggregatorDirectory, 'pkg/apis/apiregistration', version);
  return join(apiDirectory, name);
}

/** All type declarations of a package: name -> {fields | type, markers}. */
function loadPackage(name) {
  const known = packages.get(name);
  if (known) return known;
  const types = new Map();
  packages.set(name, types);
  const directory = packageDirectory(name);
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.go') || file.endsWith('_test.go') || /^(generated|zz_)/.test(file)) continue;
    parseFile(readFileSync(join(directory, file), 'utf8'), name, types);
  }
  return types;
}

function parseFile(text, name, types) {
  const imports = new Map();
  const block = /^import \(([\s\S]*?)^\)/m.exec(text)?.[1] ?? '';
  for (const match of block.matchAll(/^\s*(?:(\w+)\s+)?"([^"]+)"/gm)) {
    imports.set(match[1] ?? match[2].split('/').at(-1), packageName(match[2]));
  }
  for (const match of text.matchAll(/^import (?:(\w+)\s+)?"([^"]+)"/gm)) {
    imports.set(match[1] ?? match[2].split('/').at(-1), packageName(match[2]));
  }
  let comments = [];
  let struct;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed.startsWith('//')) {
      comments.push(trimmed.slice(2).trim());
      continue;
    }
    if (struct !== undefined) {
      if (line.startsWith('}')) struct = undefined;
      else if (trimmed !== '') parseField(trimmed, comments, struct, name, imports);
    } else {
      const open = /^type (\w+) struct ?\{(\})?/.exec(line);
      const alias = /^type (\w+) (?:= )?(?!struct|interface|func)([^\s/].*?)(?:\s*\/\/.*)?$/.exec(line);
      if (open) {
        const type = { fields: [], markers: markers(comments) };
        types.set(open[1], type);
        if (!open[2]) struct = type;
      } else if (alias) {
        types.set(alias[1], { type: typeRef(alias[2].trim(), name, imports), markers: markers(comments) });
      }
    }
    comments = trimmed === '' && struct === undefined ? comments : [];
  }
}

function parseField(line, comments, struct, name, imports) {
  const match = /^(?:(\w+)\s+)?(\S+)\s+`(.*)`/.exec(line);
  if (!match) return;
  const tags = new Map([...match[3].matchAll(/(\w+):"([^"]*)"/g)].map((tag) => [tag[1], tag[2]]));
  const [json = '', ...options] = (tags.get('json') ?? '').split(',');
  if (!tags.has('json') || json === '-') return;
  const number = Number((tags.get('protobuf') ?? '').split(',')[1] ?? 0) || 0;
  const inline = options.includes('inline') || (match[1] === undefined && json === '');
  const facts = markers(comments);
  const strategy = tags.get('patchStrategy');
  if (strategy) facts.patchStrategy = strategy;
  if (tags.get('patchMergeKey')) facts.patchMergeKey = tags.get('patchMergeKey');
  struct.fields.push({
    json,
    go: match[1] ?? match[2].split('.').at(-1),
    type: typeRef(match[2], name, imports),
    omit: options.includes('omitempty'),
    omitZero: options.includes('omitzero'),
    inline,
    number,
    facts,
  });
}

function markers(comments) {
  const out = {};
  for (const comment of comments) {
    const match = /^\+(listType|listMapKey|mapType|structType|default)=(.+)$/.exec(comment);
    if (!match) continue;
    const [, key, value] = match;
    if (key === 'listMapKey') out.listMapKeys = [...(out.listMapKeys ?? []), value.trim()];
    else if (key === 'default') {
      try {
        out.default = JSON.parse(value);
      } catch {
        // `ref(Constant)`: resolved below from the constants that are used as keys
        if (value.includes('ProtocolTCP')) out.default = 'TCP';
      }
    } else out[key] = value.trim();
  }
  return out;
}

/** Go's type text with package names made absolute: `[]v1.Container` -> `[]core/v1.Container`. */
function typeRef(text, name, imports) {
  if (text.startsWith('*')) return `*${typeRef(text.slice(1), name, imports)}`;
  if (text.startsWith('[]')) return text === '[]byte' ? 'bytes' : `[]${typeRef(text.slice(2), name, imports)}`;
  const map = /^map\[([^\]]+)\](.+)$/.exec(text);
  if (map) return `{}${typeRef(map[2], name, imports)}`;
  if (text === 'interface{}') return 'Raw';
  if (BUILTIN.has(text)) return text;
  const dot = text.indexOf('.');
  const absolute =
    dot < 0 ? `${name}.${text}` : `${imports.get(text.slice(0, dot)) ?? text.slice(0, dot)}.${text.slice(dot + 1)}`;
  return SPECIAL.get(absolute) ?? (absolute.startsWith('types.') ? 'string' : absolute);
}

const types = {};

/** Writes out a named type and all that it refers to. */
function emit(ref) {
  const name = ref.replace(/^(\*|\[\]|\{\})+/, '');
  if (!name.includes('.') || types[name] !== undefined) return;
  const dot = name.lastIndexOf('.');
  const type = loadPackage(name.slice(0, dot)).get(name.slice(dot + 1));
  if (type === undefined) throw new Error(`no declaration of ${name}`);
  const { listMapKeys, ...rest } = type.markers;
  delete rest.default;
  const facts = { ...rest, ...(listMapKeys ? { listMapKeys } : {}) };
  const withFacts = Object.keys(facts).length > 0 ? facts : undefined;
  if (type.type !== undefined) {
    types[name] = withFacts ? [type.type, withFacts] : type.type;
    emit(type.type);
    return;
  }
  const fields = type.fields.map((field) => {
    const flags = `${field.omit ? 'o' : ''}${field.omitZero ? 'z' : ''}${field.inline ? 'i' : ''}`;
    const go =
      field.json.charAt(0).toUpperCase() + field.json.slice(1) === field.go || field.inline ? undefined : field.go;
    const facts = { ...field.facts, ...(go ? { go } : {}) };
    const row = [field.json, field.type, flags, field.number];
    if (Object.keys(facts).length > 0) row.push(facts);
    return row;
  });
  types[name] = withFacts ? { fields, facts: withFacts } : { fields };
  for (const field of type.fields) emit(field.type);
}

/** The core group is not in the file of the named groups: it comes from the legacy list of /api/v1. */
function coreDiscovery() {
  if (discovery.items.some((item) => item.metadata?.name === undefined)) return [];
  const list = JSON.parse(readFileSync(join(kubernetesDirectory, 'api/discovery/api__v1.json'), 'utf8'));
  const resources = [];
  for (const entry of list.resources) {
    const [resource, subresource] = entry.name.split('/');
    const responseKind = { group: entry.group ?? '', version: entry.version ?? '', kind: entry.kind };
    if (subresource === undefined) {
      resources.push({
        resource,
        responseKind,
        scope: entry.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: entry.singularName,
        verbs: entry.verbs,
        ...(entry.shortNames ? { shortNames: entry.shortNames } : {}),
        ...(entry.categories ? { categories: entry.categories } : {}),
        subresources: [],
      });
    } else {
      resources
        .find((item) => item.resource === resource)
        ?.subresources.push({ subresource, responseKind, verbs: entry.verbs });
    }
  }
  return [{ metadata: {}, versions: [{ freshness: 'Current', version: 'v1', resources }] }];
}

const GROUP_DIRECTORY = (group) =>
  group === ''
    ? 'core'
    : group === 'internal.apiserver.k8s.io'
      ? 'apiserverinternal'
      : group === 'flowcontrol.apiserver.k8s.io'
        ? 'flowcontrol'
        : group.split('.')[0];

const kinds = {};
for (const item of discovery.items) {
  const group = item.metadata?.name ?? '';
  for (const version of item.versions) {
    for (const resource of version.resources) {
      for (const { responseKind } of [resource, ...(resource.subresources ?? [])]) {
        if (responseKind === undefined) continue;
        const owner = responseKind.group || group;
        const kindVersion = responseKind.version || version.version;
        const directory = GROUP_DIRECTORY(
          responseKind.group === undefined || responseKind.group === '' ? (responseKind.version ? '' : group) : owner,
        );
        const name = `${directory}/${kindVersion}.${responseKind.kind}`;
        try {
          emit(name);
          kinds[`${directory === 'core' ? '' : owner}/${kindVersion}/${responseKind.kind}`] = name;
        } catch (error) {
          console.error(`${group}/${version.version} ${resource.resource}: ${error.message}`);
        }
      }
    }
  }
}
for (const name of [
  'Status',
  'DeleteOptions',
  'PatchOptions',
  'CreateOptions',
  'List',
  'Table',
  'PartialObjectMetadata',
  'WatchEvent',
])
  emit(`meta/v1.${name}`);
emit('core/v1.PodTemplateSpec');

const data = JSON.stringify({ version: KUBERNETES, kinds, types, discovery: discovery.items });
const target = fileURLToPath(new URL('../src/apiserver/schema/kubernetes-types.ts', import.meta.url));
writeFileSync(
  target,
  `/**
 * Generated by scripts/generate-kubernetes-types.mjs from Kubernetes ${KUBERNETES}: do not edit. Every type of the API with
 * its fields, and the discovery document. Read by types.ts, where the layout is described; kept as text so that a
 * process that does not need it does not parse it.
 */
// biome-ignore format: one line of data
export const KUBERNETES_TYPES = ${quote(data)};
`,
);
console.log(`${Object.keys(types).length} types, ${Object.keys(kinds).length} kinds, ${data.length} bytes`);

function quote(text) {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
