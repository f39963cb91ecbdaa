/**
 * The files of `drydock create`: a stateless web application that runs as it is (an unprivileged nginx), with what most
 * charts come to need, and nothing that lint finds fault with. `CHART` stands for the chart's name.
 */

const CHART_YAML = `apiVersion: v2
name: CHART
description: A web application on Kubernetes
type: application
# Raise it with every change of the chart: Semantic Versioning, https://semver.org.
version: 0.1.0
# The version of the application, which is the tag of its image.
appVersion: "1.29.3"
# What the templates need: autoscaling/v2 is served since 1.23.
kubeVersion: ">=1.23.0-0"
# What catalogs show beside the chart: put your own in its place.
icon: https://kubernetes.io/images/favicon.png
`;

const VALUES_YAML = `# Defaults of CHART. values.schema.json says what may stand here.

# Pods that run at once, unless autoscaling decides.
replicaCount: 1

image:
  repository: docker.io/nginxinc/nginx-unprivileged
  # The chart's appVersion when empty.
  tag: ""
  pullPolicy: IfNotPresent
# Names of Secrets for a private registry: [{name: registry}].
imagePullSecrets: []

# Names of objects are RELEASE-CHART, unless these say otherwise.
nameOverride: ""
fullnameOverride: ""

serviceAccount:
  create: true
  # Of an account that is there already, or for the one that is made; from the release when empty.
  name: ""
  annotations: {}
  # Whether pods get a token for the Kubernetes API.
  automount: false

podAnnotations: {}
podLabels: {}

podSecurityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]

# The port that the application listens on.
containerPort: 8080
# Environment of the container: {LOG_LEVEL: info}.
env: {}

resources:
  requests:
    cpu: 50m
    memory: 64Mi
  limits:
    memory: 128Mi

readinessProbe:
  httpGet:
    path: /
    port: http
livenessProbe:
  httpGet:
    path: /
    port: http
  initialDelaySeconds: 10

service:
  type: ClusterIP
  port: 80
  annotations: {}

ingress:
  enabled: false
  className: ""
  annotations: {}
  hosts:
    - host: CHART_LOWER.example.com
      paths:
        - path: /
          pathType: Prefix
  # - secretName: CHART_LOWER-tls
  #   hosts: [CHART_LOWER.example.com]
  tls: []

autoscaling:
  enabled: false
  minReplicas: 2
  maxReplicas: 10
  # Per cent of the requested processor time.
  targetCPUUtilizationPercentage: 80

# Keeps pods while nodes are drained; of use with two pods or more.
podDisruptionBudget:
  enabled: false
  maxUnavailable: 1

nodeSelector: {}
tolerations: []
affinity: {}

# The image of \`helm test\`.
tests:
  image: docker.io/library/busybox:1.37
`;

const HELMIGNORE = `# Files that stay out of the package.
.git/
.gitignore
.github/
.gitlab-ci.yml
.idea/
.vscode/
.DS_Store
*.swp
*.bak
*.tmp
*.orig
*~
ci/
`;

const HELPERS = `{{/* The name of the chart, as a label. */}}
{{- define "CHART.name" -}}
{{- default .Chart.Name .Values.nameOverride | lower | replace "_" "-" | replace "." "-" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of the release's objects: the release's own is enough where it has the chart's in it. */}}
{{- define "CHART.fullname" -}}
{{- $name := include "CHART.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | replace "." "-" | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | replace "." "-" | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that select pods. They can't be changed later: no versions here. */}}
{{- define "CHART.selectorLabels" -}}
app.kubernetes.io/name: {{ include "CHART.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "CHART.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "CHART.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "CHART.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "CHART.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "CHART.fullname" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "CHART.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "CHART.labels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      serviceAccountName: {{ include "CHART.serviceAccountName" . }}
      automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
      {{- with .Values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- with .Values.securityContext }}
          securityContext:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - name: http
              containerPort: {{ .Values.containerPort }}
              protocol: TCP
          {{- with .Values.env }}
          env:
            {{- range $name, $value := . }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          {{- end }}
          {{- with .Values.readinessProbe }}
          readinessProbe:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .Values.livenessProbe }}
          livenessProbe:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "CHART.fullname" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
  {{- with .Values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
  selector:
    {{- include "CHART.selectorLabels" . | nindent 4 }}
`;

const SERVICE_ACCOUNT = `{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "CHART.serviceAccountName" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
{{- end }}
`;

const INGRESS = `{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "CHART.fullname" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .Values.ingress.tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType | default "Prefix" }}
            backend:
              service:
                name: {{ include "CHART.fullname" $ }}
                port:
                  name: http
          {{- end }}
    {{- end }}
{{- end }}
`;

const HPA = `{{- if .Values.autoscaling.enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "CHART.fullname" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "CHART.fullname" . }}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .Values.autoscaling.targetCPUUtilizationPercentage }}
{{- end }}
`;

const PDB = `{{- if .Values.podDisruptionBudget.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "CHART.fullname" . }}
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .Values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "CHART.selectorLabels" . | nindent 6 }}
{{- end }}
`;

const TEST = `apiVersion: v1
kind: Pod
metadata:
  name: {{ include "CHART.fullname" . }}-test
  labels:
    {{- include "CHART.labels" . | nindent 4 }}
    app.kubernetes.io/component: test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  containers:
    - name: fetch
      image: {{ .Values.tests.image }}
      command: [wget, -q, -O, /dev/null, -T, "10", "http://{{ include "CHART.fullname" . }}:{{ .Values.service.port }}/"]
`;

const NOTES = `{{ .Chart.Name }} {{ .Chart.AppVersion }} is installed as {{ .Release.Name }} in {{ .Release.Namespace }}.
{{- if .Values.ingress.enabled }}

It answers at:
{{- range .Values.ingress.hosts }}
  http{{ if $.Values.ingress.tls }}s{{ end }}://{{ .host }}
{{- end }}
{{- else }}

To see it:

  kubectl -n {{ .Release.Namespace }} port-forward svc/{{ include "CHART.fullname" . }} 8080:{{ .Values.service.port }}

and open http://localhost:8080.
{{- end }}

To check that it answers within the cluster:

  helm test {{ .Release.Name }} -n {{ .Release.Namespace }}
`;

const ANY_OBJECT = { type: 'object' };
const ANY_LIST = { type: 'array' };
const TEXT = { type: 'string' };
const SWITCH = { type: 'boolean' };

/** Mistyped keys are errors, so a subchart that is added needs its name here. */
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    replicaCount: { type: 'integer', minimum: 0 },
    image: object({
      repository: { type: 'string', minLength: 1 },
      tag: TEXT,
      pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    }),
    imagePullSecrets: ANY_LIST,
    nameOverride: TEXT,
    fullnameOverride: TEXT,
    serviceAccount: object({ create: SWITCH, name: TEXT, annotations: ANY_OBJECT, automount: SWITCH }),
    podAnnotations: ANY_OBJECT,
    podLabels: ANY_OBJECT,
    podSecurityContext: ANY_OBJECT,
    securityContext: ANY_OBJECT,
    containerPort: port(),
    env: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    resources: ANY_OBJECT,
    readinessProbe: ANY_OBJECT,
    livenessProbe: ANY_OBJECT,
    service: object({
      type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
      port: port(),
      annotations: ANY_OBJECT,
    }),
    ingress: object({
      enabled: SWITCH,
      className: TEXT,
      annotations: ANY_OBJECT,
      hosts: {
        type: 'array',
        items: {
          type: 'object',
          required: ['host', 'paths'],
          properties: {
            host: TEXT,
            paths: {
              type: 'array',
              items: {
                type: 'object',
                required: ['path'],
                properties: { path: TEXT, pathType: { enum: ['Prefix', 'Exact', 'ImplementationSpecific'] } },
              },
            },
          },
        },
      },
      tls: ANY_LIST,
    }),
    autoscaling: object({
      enabled: SWITCH,
      minReplicas: { type: 'integer', minimum: 1 },
      maxReplicas: { type: 'integer', minimum: 1 },
      targetCPUUtilizationPercentage: { type: 'integer', minimum: 1 },
    }),
    podDisruptionBudget: object({ enabled: SWITCH, maxUnavailable: { type: ['integer', 'string'] } }),
    nodeSelector: ANY_OBJECT,
    tolerations: ANY_LIST,
    affinity: ANY_OBJECT,
    tests: object({ image: TEXT }),
    global: ANY_OBJECT,
  },
  additionalProperties: false,
};

const files: readonly (readonly [string, string])[] = [
  ['Chart.yaml', CHART_YAML],
  ['values.yaml', VALUES_YAML],
  ['values.schema.json', `${JSON.stringify(SCHEMA, null, 2)}\n`],
  ['.helmignore', HELMIGNORE],
  ['templates/_helpers.tpl', HELPERS],
  ['templates/deployment.yaml', DEPLOYMENT],
  ['templates/service.yaml', SERVICE],
  ['templates/serviceaccount.yaml', SERVICE_ACCOUNT],
  ['templates/ingress.yaml', INGRESS],
  ['templates/hpa.yaml', HPA],
  ['templates/pdb.yaml', PDB],
  ['templates/NOTES.txt', NOTES],
  ['templates/tests/connection.yaml', TEST],
];

/** The files of a new chart, by path below its folder. */
export function starterFiles(name: string): ReadonlyMap<string, string> {
  const dns =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'web';
  const quoted = isPlainText(name) ? name : JSON.stringify(name);
  return new Map(
    files.map(([file, text]) => [
      file,
      text.replace('name: CHART\n', `name: ${quoted}\n`).replaceAll('CHART_LOWER', dns).replaceAll('CHART', name),
    ]),
  );
}

/** Whether YAML takes a name for a text as it stands. */
function isPlainText(name: string): boolean {
  return /^[a-z][a-z0-9-]*$/i.test(name) && !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(name);
}

function object(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, additionalProperties: false };
}

function port(): object {
  return { type: 'integer', minimum: 1, maximum: 65535 };
}
