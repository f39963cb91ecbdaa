{{/*
The image's tag: what the values say, or the part's appVersion.
*/}}
{{- define "parts.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "parts.image" -}}
{{- printf "%s/%s:%s" .Values.global.image.registry .Values.image.repository (include "parts.tag" .) -}}
{{- end -}}

{{/*
What the pods of all parts have in common, for the top of a pod's spec.
*/}}
{{- define "parts.podSpec" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.global.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "parts.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}
