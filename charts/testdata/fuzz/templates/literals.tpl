{{ 1 }}{{ -0x1F }}{{ 0b1_01 }}{{ 0o17 }}{{ 1e3 }}{{ .5 }}{{ 2i }}{{ 'a' }}{{ '\n' }}{{ '\u00e9' }}{{ "\x41\t\"" }}{{ `raw
text` }}{{ true }}{{ nil | default 1 }}
{{ (((1))) }}{{ (dict "a" (dict "b" 1)).a.b }}{{ .Values.missing.more }}{{ not (and 1 (or 0 "")) }}
