{{- define "superlink.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else if eq .Release.Name "superlink" }}superlink
{{- else }}{{ printf "%s-superlink" .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What never changes: a Deployment's selector can't. */}}
{{- define "superlink.selectorLabels" -}}
app.kubernetes.io/name: superlink
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: superlink
{{- end }}

{{- define "superlink.commonLabels" -}}
app.kubernetes.io/part-of: superlink-ha
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "superlink.labels" -}}
{{ include "superlink.selectorLabels" . }}
{{ include "superlink.commonLabels" . }}
{{- end }}

{{- define "superlink.serviceAccountName" -}}
{{- $account := .Values.superlink.serviceAccount -}}
{{- if $account.create }}{{ $account.name | default (include "superlink.fullname" .) }}
{{- else }}{{ $account.name | default "default" }}
{{- end }}
{{- end }}

{{- define "superlink.image" -}}
{{ .Values.global.image.repository }}:{{ .Values.global.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "superlink.isTls" -}}
{{- if not .Values.superlink.insecure }}{{ required "set tls.existingSecret, or superlink.insecure to serve without TLS" .Values.tls.existingSecret }}{{ end }}
{{- end }}

{{/* The APIs: name of port and Service, key of the values, port of the Service, port of the replicas, gRPC or not, TLS or
not. */}}
{{- define "superlink.apis" -}}
{{- $service := .Values.superlink.service -}}
{{- $isTls := ne (include "superlink.isTls" .) "" -}}
{{- $isAppIoTls := and $isTls (ne .Values.tls.appIoExistingSecret "") -}}
apis:
  - { name: serverappio, key: serverAppIo, port: {{ $service.servicePortServerAppIo }}, target: 9091, isGrpc: true, isTls: {{ $isAppIoTls }} }
  - { name: fleet, key: fleet, port: {{ $service.servicePortFleet }}, target: 9092, isGrpc: true, isTls: {{ $isTls }} }
  - { name: control, key: control, port: {{ $service.servicePortControl }}, target: 9093, isGrpc: true, isTls: {{ $isTls }} }
  - { name: http, key: http, port: {{ $service.servicePortHttp }}, target: 8000, isGrpc: false, isTls: {{ $isTls }} }
{{- end }}

{{/* One port of a Service; gateways need to be told of HTTP/2 without TLS. */}}
{{- define "superlink.servicePort" -}}
- name: {{ .name }}
  port: {{ .port }}
  targetPort: {{ .name }}
  {{- if and .isGrpc (not .isTls) }}
  appProtocol: kubernetes.io/h2c
  {{- end }}
{{- end }}

{{/* What stock CLIs and SuperNodes call over HTTP. Not /v1/runtime: that is the API of SuperExec and ServerApps. */}}
{{- define "superlink.publicPaths" -}}
paths: [/v1/control, /v1/fleet]
{{- end }}

{{/* Seconds until a replica has to serve: its wait for the database, its migrations if they are its own, and a minute. */}}
{{- define "superlink.startSeconds" -}}
{{- $migrations := ternary 0 (int .Values.migrations.allowSeconds) .Values.migrations.job -}}
{{ add .Values.database.waitSeconds $migrations 60 }}
{{- end }}

{{/* A startupProbe that lasts so long, rounded up, unless the values say otherwise. */}}
{{- define "superlink.startupProbe" -}}
{{- $period := int .Values.superlink.startupProbe.periodSeconds -}}
{{- $periods := div (add (include "superlink.startSeconds" .) $period -1) $period -}}
{{ merge (deepCopy .Values.superlink.startupProbe) (dict "failureThreshold" $periods) | toYaml }}
{{- end }}

{{- define "superlink.databaseEnv" -}}
- name: FLWR_DATABASE
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.urlKey }}
{{- with .Values.database.directUrlKey }}
- name: SUPERLINK_DATABASE_DIRECT
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.database.existingSecret }}
      key: {{ . }}
{{- end }}
{{- with .Values.global.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What Pods of replicas and of the migration have in common. */}}
{{- define "superlink.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.global.podSecurityContext | nindent 2 }}
{{- with .Values.global.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.global.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.global.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "superlink.host" -}}
{{- if .host }}{{ .host }}
{{- else }}{{ .api.name }}.{{ required (printf "set a host for %s, or global.domain" .api.name) .root.Values.global.domain }}
{{- end }}
{{- end }}

{{/* What vouches for PostgreSQL: its mount and its volume, for replicas and the migration. */}}
{{- define "superlink.databaseMount" -}}
{{- if .Values.database.caConfigMap -}}
- name: database-ca
  mountPath: /etc/superlink/database
  readOnly: true
{{- end }}
{{- end }}

{{- define "superlink.databaseVolume" -}}
{{- with .Values.database.caConfigMap -}}
- name: database-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- end }}

{{/* Refuses to show the API of SuperExec and ServerApps to whoever comes; `api` is one of superlink.apis. */}}
{{- define "superlink.guardRuntime" -}}
{{- $superlink := .root.Values.superlink -}}
{{- $gateway := .root.Values.gatewayApi -}}
{{- $key := .api.key -}}
{{- $hasSecret := ne $superlink.superexecAuthSecret.existingSecret "" -}}
{{- $peers := $superlink.networkPolicy.enabled | ternary (index $superlink.networkPolicy $key) list -}}
{{- $type := (index $superlink.service $key).type -}}
{{- $isOutside := ne $type "ClusterIP" -}}
{{- if and (eq $key "http") $isOutside (not $hasSecret) (not $peers) -}}
{{- fail (printf "%s would show the runtime API on http: set superlink.superexecAuthSecret, or peers in superlink.networkPolicy.http" $type) -}}
{{- end -}}
{{- if eq $key "serverAppIo" -}}
{{- $isShown := or $isOutside (index $superlink.ingress $key).enabled (and $gateway.enabled (index $gateway $key).enabled) -}}
{{- if and $isShown (not $hasSecret) -}}
{{- fail "serverAppIo is the runtime API: set superlink.superexecAuthSecret to show it outside" -}}
{{- end -}}
{{- if and $isShown (eq (toJson $peers) "[{\"podSelector\":{}}]") -}}
{{- fail "superlink.networkPolicy.serverAppIo lets nobody from outside of the namespace in: name who may reach it" -}}
{{- end -}}
{{- end -}}
{{- end }}
