/** Small charts for tests, written to a folder that is removed when the test is over. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Files by name, e.g. `templates/web.yaml`; Chart.yaml is made unless it is among them. */
export interface ChartFiles {
  readonly [name: string]: string;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a chart and answers its folder. */
export async function writeChart(
  files: ChartFiles,
  metadata: { name?: string; version?: string } = {},
): Promise<string> {
  const { name = 'web', version = '1.0.0' } = metadata;
  const folder = join(await temporaryFolder(), name);
  const chart = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "1.2"\n`, ...files };
  for (const [file, text] of Object.entries(chart)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder;
}

/** A Deployment, a Service and a ConfigMap, with the values that tests turn. */
export const WEB_CHART: ChartFiles = {
  'values.yaml': 'image: registry.example/web:1\nreplicas: 2\ngreeting: hello\nextra: false\n',
  'templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
          ports: [{containerPort: 80}]
`,
  'templates/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: {{ .Release.Name }}}
  ports: [{port: 80}]
`,
  'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ .Values.greeting | quote }}
`,
  'templates/extra.yaml': `{{- if .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-extra
data: {}
{{- end }}
`,
  'templates/NOTES.txt': 'Say {{ .Values.greeting }} to {{ .Release.Name }}.\n',
};

/** A Job as a hook. `annotations` are YAML lines. */
export function hookJob(name: string, annotations: string, pod = ''): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations:
${annotations
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: {${pod}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "registry.example/job:1"}]
`;
}
