/** As few values as possible. */
export const TLS = { tls: { existingSecret: 'superlink-tls' } };
const ENABLED = { enabled: true };
const BY_NAME = { enabled: true, kind: 'TLSRoute' };
/** Everything that can be switched on at once. */
export const ALL = {
  global: {
    domain: 'example.com',
    ingressClassName: 'nginx',
    imagePullSecrets: [{ name: 'registry' }],
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'federation', operator: 'Exists' }],
    affinity: { podAntiAffinity: {} },
    env: [{ name: 'FLWR_LOG_LEVEL', value: 'debug' }],
  },
  database: { directUrlKey: 'direct', caConfigMap: 'postgres-ca' },
  tls: { existingSecret: 'superlink-tls', appIoExistingSecret: 'appio-tls' },
  superlink: {
    enableSupernodeAuth: true,
    superexecAuthSecret: { existingSecret: 'superexec' },
    extraArgs: ['--log-level=debug'],
    env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=512' }],
    podAnnotations: { a: 'b' },
    podLabels: { a: 'b' },
    serviceAccount: { annotations: { a: 'b' } },
    service: { fleet: { type: 'LoadBalancer', annotations: { a: 'b' } } },
    ingress: {
      serverAppIo: ENABLED,
      fleet: ENABLED,
      control: { ...ENABLED, annotations: { a: 'b' } },
      http: { ...ENABLED, tlsSecret: 'http-tls' },
    },
    networkPolicy: {
      serverAppIo: [{ namespaceSelector: {} }],
      database: { peers: [{ ipBlock: { cidr: '10.0.0.0/24' } }] },
    },
  },
  autoscaling: ENABLED,
  gatewayApi: {
    ...ENABLED,
    serverAppIo: { ...ENABLED, kind: 'GRPCRoute', parentRefs: [{ name: 'inner' }] },
    fleet: BY_NAME,
  },
  metrics: { serviceMonitor: { ...ENABLED, labels: { release: 'prometheus' } } },
};
