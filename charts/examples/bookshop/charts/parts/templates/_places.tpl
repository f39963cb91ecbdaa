{{/*
Where the web client and others reach the API: through its proxy.
*/}}
{{- define "parts.apiAddress" -}}
{{- printf "http://%s-api-proxy:%v" .Release.Name .Values.global.api.port -}}
{{- end -}}

{{- define "parts.dbSecret" -}}
{{- .Values.global.db.existingSecret | default (printf "%s-db" .Release.Name) -}}
{{- end -}}

{{/*
The environment by which a container reaches the database through its proxy.
*/}}
{{- define "parts.dbEnv" -}}
- name: DB_HOST
  value: {{ printf "%s-db-proxy" .Release.Name }}
- name: DB_PORT
  value: {{ .Values.global.db.port | quote }}
- name: DB_NAME
  value: {{ .Values.global.db.name }}
- name: DB_USER
  value: {{ .Values.global.db.user }}
- name: DB_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "parts.dbSecret" . }}
      key: password
{{- end -}}
