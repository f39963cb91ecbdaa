{{- /* every action once */ -}}
{{ $name := .Values.name | default "web" -}}
{{ define "labels" }}app: {{ .name | quote }}{{ end -}}
metadata:
  labels:
    {{- include "labels" (dict "name" $name) | nindent 4 }}
{{- range $key, $value := .Values.map }}
  {{ $key }}: {{ $value | toYaml | trim }}
{{- else }}
  none: true
{{- end }}
{{- range $i := until 5 }}{{ if eq $i 1 }}{{ continue }}{{ else if gt $i 3 }}{{ break }}{{ end }}{{ $i }}{{ end }}
{{- with $.Values.list }}
list: {{ index . 0 }} {{ len . }} {{ slice . 1 2 }}
{{- else with .Values.map }}
map: {{ .a }}
{{- end }}
{{ block "tail" . }}{{ template "labels" (dict "name" 1) }}{{ end }}
{{ $name = printf "%-5s|%05.2f|%q|%x|%v" $name 1.5 "x" 255 nil }}{{ $name }}
