{{ tpl "{{ .Values.name | upper }}-{{ include \"x\" . }}" . }}{{ define "x" }}{{ . | kindOf }}{{ end }}
{{ list 3 1 2 | sortAlpha | join "," }}{{ regexReplaceAll "(a+)(b)?" "aab" "${2}$1" }}{{ semverCompare ">=1.2 <2" "1.3.0-rc.1" }}
{{ fromYaml "a: [1, {b: c}]" | toJson | fromJson | toToml }}{{ dig "a" "b" 1 (dict) }}{{ toDate "2006-01-02" "2024-02-29" | date "Jan _2" }}
{{ merge (dict "a" 1) (dict "b" 2) | toPrettyJson }}{{ "YWI=" | b64dec | sha256sum | trunc 5 }}{{ required "no" "yes" }}
