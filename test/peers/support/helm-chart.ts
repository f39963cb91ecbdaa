/**
 * A chart with all that a release can have: a custom resource and its definition, hooks with weights, a test with a log,
 * a resource that is kept, notes that ask the cluster. Written anew for each test that uses it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: every\nversion: 1.0.0\nappVersion: "7"\n',
  'values.yaml':
    'replicas: 1\ncolor: red\nimage: registry.example.com/web:1\nnodeSelector: {}\nwidget: true\nmigration: "true"\ntesting: "true"\n',
  'crds/widget.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.every.example.com}
spec:
  group: every.example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, required: [size], properties: {size: {type: integer, minimum: 1}}}
`,
  'templates/objects.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      nodeSelector: {{ toJson .Values.nodeSelector }}
      containers:
        - {name: web, image: {{ .Values.image }}, env: [{name: COLOR, value: {{ .Values.color }}}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-kept, annotations: {helm.sh/resource-policy: keep}}
data: {color: {{ .Values.color }}}
{{- if .Values.widget }}
---
apiVersion: every.example.com/v1
kind: Widget
metadata: {name: {{ .Release.Name }}}
spec: {size: {{ .Values.replicas }}}
{{- end }}
`,
  'templates/hooks.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "5", helm.sh/hook-delete-policy: before-hook-creation}
spec:
  backoffLimit: 0
  template:
    {{- if eq .Values.migration "false" }}
    metadata: {annotations: {simulation.drydock.dev/crash: exit=1 after=1s}}
    {{- end }}
    spec: {restartPolicy: Never, containers: [{name: migrate, image: busybox}]}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-before
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: hook-succeeded}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
    {{- if eq .Values.testing "false" }}
    simulation.drydock.dev/crash: exit=1 after=1s
    {{- end }}
spec: {restartPolicy: Never, containers: [{name: test, image: busybox}]}
`,
  'templates/NOTES.txt':
    '{{ .Release.Name }} {{ .Release.Revision }} {{ if .Release.IsUpgrade }}upgrade{{ else }}install{{ end }} {{ .Values.color }} {{ (lookup "v1" "Namespace" "" "kube-system").metadata.name }}\n',
};

/** Answers the chart's folder. */
export function writeChart(parent: string): string {
  const folder = join(parent, 'every');
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
