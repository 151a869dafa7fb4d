import { HIGHEST_PORT } from '../address';
import type { Setting } from '../setting';
import { ADDRESS, choice, HOST, SWITCH, wholeNumber } from '../setting-kinds';

export const ADDRESSES_SETTINGS = {
  fleetApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    default: '0.0.0.0:9092',
    doc: 'Fleet API, for SuperNodes.',
  },
  fleetApiType: {
    group: 'Addresses',
    kind: choice({ 'grpc-rere': 'grpc-rere', 'grpc-adapter': 'grpc-adapter' }),
    default: 'grpc-rere',
    doc: 'Fleet and GrpcAdapter are both served; grpc-adapter lets calls of GrpcAdapter come without a signature.',
  },
  serverappioApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    alias: '--simulationio-api-address',
    default: '0.0.0.0:9091',
    doc: 'ServerAppIo API, for SuperExec and ServerApps.',
  },
  controlApiAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    default: '0.0.0.0:9093',
    doc: 'Control API, for the flwr command.',
  },
  healthServerAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    without: 'not served',
    doc: 'gRPC health service on a port of its own, without TLS.',
  },
  metricsAddress: {
    group: 'Addresses',
    kind: ADDRESS,
    without: 'not served',
    doc: 'Metrics for Prometheus at /metrics, without TLS: only for your own network. With --replicas the second replica takes the next port, and so on.',
  },
  host: {
    group: 'Addresses',
    kind: HOST,
    environment: 'SUPERLINK_HTTP_HOST',
    default: '127.0.0.1',
    doc: 'Host of the HTTP server with the health probes.',
  },
  port: {
    group: 'Addresses',
    kind: wholeNumber(0, HIGHEST_PORT, 'port'),
    // Kubernetes sets SUPERLINK_PORT in every pod beside a Service named superlink.
    environment: 'SUPERLINK_HTTP_PORT',
    default: '8000',
    doc: 'Port of the HTTP server.',
  },
  enableHttpApi: {
    group: 'Addresses',
    kind: SWITCH,
    default: 'false',
    doc: 'Not needed: the HTTP APIs are always served.',
  },
  singlePort: {
    group: 'Addresses',
    kind: SWITCH,
    default: 'false',
    doc: 'Serve gRPC on the HTTP port, too, with the certificate of --ssl-certfile, and open no gRPC ports.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
