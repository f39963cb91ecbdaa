/**
 * Random charts whose templates render to objects, compared as `helm template` prints them: hooks, the order of kinds,
 * documents, notes, subcharts by alias and condition, imported values, globals and `--set`.
 */
import type { TemplateCase } from '../../conformance/templates.ts';
import type { RandomChoices } from './random-source.ts';

// biome-ignore format: a table
const kinds: readonly (readonly [version: string, kind: string])[] = [
  ['v1', 'Namespace'], ['v1', 'ConfigMap'], ['v1', 'Secret'], ['v1', 'Service'], ['v1', 'ServiceAccount'], ['v1', 'Pod'],
  ['v1', 'PersistentVolumeClaim'], ['v1', 'PersistentVolume'], ['v1', 'LimitRange'], ['v1', 'ResourceQuota'], ['v1', 'ReplicationController'],
  ['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['apps/v1', 'DaemonSet'], ['apps/v1', 'ReplicaSet'], ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'], ['networking.k8s.io/v1', 'Ingress'], ['networking.k8s.io/v1', 'IngressClass'], ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy/v1', 'PodDisruptionBudget'], ['rbac.authorization.k8s.io/v1', 'Role'], ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'], ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'], ['storage.k8s.io/v1', 'StorageClass'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'], ['apiregistration.k8s.io/v1', 'APIService'], ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['example.com/v1', 'Widget'], ['example.com/v1', 'Another'], ['scheduling.k8s.io/v1', 'PriorityClass'], ['v1', 'List'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'], ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
];

// biome-ignore format: a table
const hooks: readonly string[] = [
  'pre-install', 'post-install', 'pre-upgrade', 'post-delete', 'pre-rollback', 'test', 'test-success', 'pre-install,post-upgrade',
  'crd-install', '" post-install , test "', 'nonsense', 'pre-install,nonsense', '""', 'PRE-INSTALL',
];
const policies: readonly string[] = [
  'before-hook-creation',
  'hook-succeeded,hook-failed',
  '"hook-failed , x"',
  '""',
  'never',
];
const weights: readonly string[] = [
  '"5"',
  '"-3"',
  '"x"',
  '""',
  '"1.5"',
  '"+2"',
  '{{ .Values.n | quote }}',
  '" 4"',
  '"010"',
];

// biome-ignore format: a table
const data: readonly string[] = [
  '{{ .Values.word | quote }}', '{{ .Values.n }}', '{{ toJson .Values.map | quote }}', '{{ .Values.global.g | default "none" }}',
  '{{ include "label" . }}', '{{ tpl "{{ .Release.Name }}-x" . }}', '{{ .Files.Get "config.txt" | quote }}', '{{ .Chart.Name }}-{{ .Chart.Version }}',
  '{{ .Capabilities.APIVersions.Has "apps/v1" }}', '{{ lookup "v1" "Pod" "" "" | toJson | quote }}', '{{ .Values.imported | default "no" | quote }}',
  '{{ .Template.Name }}', '{{ .Values.list | join "," }}', '{{ .Release.IsUpgrade }}', '{{ keys .Subcharts | sortAlpha }}', '|-\n    a: 1\n    b',
];

/** One document: mostly an object, now and then something else that Helm has to take or refuse. */
function document(random: RandomChoices): string {
  if (random.chance(2))
    return random.pick(['', '# only a comment', 'null', '{}', 'plain', '- list', 'a: b', 'kind: Pod', 'a: [']);
  const [version, kind] = random.pick(kinds);
  const annotations: string[] = [];
  if (random.chance(30)) annotations.push(`helm.sh/hook: ${random.pick(hooks)}`);
  if (random.chance(20)) annotations.push(`helm.sh/hook-weight: ${random.pick(weights)}`);
  if (random.chance(15)) annotations.push(`helm.sh/hook-delete-policy: ${random.pick(policies)}`);
  if (random.chance(5)) annotations.push('helm.sh/hook-output-log-policy: hook-failed,hook-succeeded');
  if (random.chance(10)) annotations.push('helm.sh/resource-policy: keep');
  const lines = [
    `apiVersion: ${version}`,
    `kind: ${kind}`,
    'metadata:',
    `  name: n${random.below(20)}-{{ .Release.Name }}`,
  ];
  if (annotations.length > 0) lines.push('  annotations:', ...annotations.map((line) => `    ${line}`));
  if (random.chance(50)) lines.push('data:', `  key: ${random.pick(data)}`);
  return lines.join('\n');
}

function file(random: RandomChoices): string {
  const documents = Array.from({ length: 1 + random.below(3) }, () => document(random));
  const between = random.pick(['\n---\n', '\n---\n', '\n--- # next\n', '\n\n---\n\n', '\n---  \n']);
  const text =
    random.pick(['', '', '---\n', '\n\n', '# first\n']) +
    documents.join(between) +
    random.pick(['', '\n', '\n---\n', '\n\n\n']);
  const wrapped = random.pick(['', '', '', '.Values.on', 'not .Values.off', '.Values.map.name']);
  return wrapped === '' ? text : `{{- if ${wrapped} }}\n${text}\n{{- end }}\n`;
}

function values(random: RandomChoices, name: string): string {
  return [
    `word: ${random.pick([name, '"a b"', '"1"', 'null'])}`,
    `n: ${random.below(9)}`,
    `on: ${random.pick(['true', 'false'])}`,
    `off: ${random.pick(['true', 'false'])}`,
    `list: [${random.pick(['', 'a', 'a, b, c'])}]`,
    `map: {name: ${name}, deep: {k: ${random.below(5)}, gone: x}}`,
    `global: {g: ${random.pick([name, 'null', '{deep: 1}'])}}`,
    `exports: {data: {imported: ${name}}}`,
    `tags: {front: ${random.pick(['true', 'false'])}}`,
    '',
  ].join('\n');
}

// biome-ignore format: a table
const assignments: readonly string[] = [
  'word=set', 'map.name=x', 'map.deep.gone=null', 'list={p,q}', 'list[1]=z', 'list[0]=first', 'n=12', 'on=true', 'sub.word=s', 'other.enabled=false',
  'sub.enabled=false', 'global.g=set', 'tags.front=false', 'map.deep.k=1e3', 'word=a\\,b', 'a.b[2].c=1', 'word=', 'map=null', 'sub.map.deep=null',
];

/** A chart with objects in its templates; the same for the same choices. */
export function randomRelease(id: string, random: RandomChoices): TemplateCase {
  const files: Record<string, string> = { 'config.txt': 'one\ntwo: 2\n' };
  const templates: Record<string, string> = {
    'templates/_helpers.tpl': '{{ define "label" }}{{ .Chart.Name }}/{{ .Values.n }}{{ end }}',
  };
  for (let i = 1 + random.below(4); i > 0; i--)
    templates[`templates/${random.pick(['a', 'b', 'sub/c', 'Z'])}${i}.yaml`] = file(random);
  if (random.chance(50)) templates['templates/NOTES.txt'] = 'Notes of {{ .Release.Name }} {{ .Values.n }}\n';
  if (random.chance(20)) files['crds/crd.yaml'] = 'kind: CustomResourceDefinition\nmetadata: {name: x}\n';
  const dependencies: string[] = [];
  for (const name of ['sub', 'leaf']) {
    if (random.chance(40)) continue;
    files[`charts/${name}/Chart.yaml`] = `apiVersion: v2\nname: ${name}\nversion: 0.${random.below(3)}.1\n`;
    files[`charts/${name}/values.yaml`] = values(random, name);
    files[`charts/${name}/templates/x.yaml`] = file(random);
    if (random.chance(30)) files[`charts/${name}/templates/NOTES.txt`] = 'of a subchart\n';
    for (let i = random.below(3); i > 0; i--) {
      dependencies.push(
        [
          `  - name: ${name}`,
          `    version: "${random.pick(['*', '>=0.0.0', '0.x', '^0.1', '~9'])}"`,
          ...(random.chance(40) ? [`    alias: ${random.pick(['other', 'second', name])}`] : []),
          ...(random.chance(40)
            ? [`    condition: ${random.pick(['sub.enabled', 'other.enabled,sub.enabled', 'on', 'none.such', 'word'])}`]
            : []),
          ...(random.chance(30) ? ['    tags: [front, back]'] : []),
          ...(random.chance(40)
            ? [
                `    import-values: ${random.pick(['[data]', '[{child: map, parent: map}]', '[{child: map.deep, parent: taken}]', '[{child: none, parent: x}]', '[nothing]'])}`,
              ]
            : []),
        ].join('\n'),
      );
    }
  }
  files['Chart.yaml'] =
    `apiVersion: v2\nname: conf\nversion: 1.2.3\n${dependencies.length > 0 ? `dependencies:\n${dependencies.join('\n')}\n` : ''}`;
  const own = values(random, 'conf');
  const below = random.chance(50)
    ? `sub: {word: parent, enabled: ${random.pick(['true', 'false', 'null'])}, map: ${random.pick(['{deep: null}', 'null', '{name: p}'])}}\n`
    : '';
  return {
    id,
    templates,
    files,
    values: own + below,
    whole: true,
    ...(random.chance(30)
      ? {
          overrides: random.pick([
            'word: over\n',
            'map: null\n',
            'sub: {n: 7, global: {g: low}}\n',
            'global: {g: top, more: [1]}\n',
            'other: {enabled: true, word: o}\n',
          ]),
        }
      : {}),
    ...(random.chance(40) ? { set: Array.from({ length: 1 + random.below(3) }, () => random.pick(assignments)) } : {}),
    ...(random.chance(15) ? { setString: [random.pick(assignments)] } : {}),
    ...(random.chance(10) ? { kubeVersion: random.pick(['1.25.3', 'v1.31']) } : {}),
    ...(random.chance(10) ? { apiVersions: ['example.com/v1'] } : {}),
    release: { isUpgrade: random.chance(20) },
  };
}
