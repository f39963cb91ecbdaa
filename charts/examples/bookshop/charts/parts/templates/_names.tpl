{{/*
The name of a part's objects: RELEASE-PART, cut to what a label and a DNS name can hold.
*/}}
{{- define "parts.fullname" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/*
What a Deployment selects by. It can't change after the first install, so there is no version in it.
*/}}
{{- define "parts.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "parts.labels" -}}
{{ include "parts.selectorLabels" . }}
app.kubernetes.io/part-of: bookshop
app.kubernetes.io/version: {{ include "parts.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
bookshop.example.com/environment: {{ .Values.global.environment }}
{{- end -}}
