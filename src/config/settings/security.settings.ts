import type { Setting } from '../setting';
import { PATH, SWITCH } from '../setting-kinds';

export const SECURITY_SETTINGS = {
  insecure: {
    group: 'TLS and authentication',
    kind: SWITCH,
    default: 'false',
    doc: 'Serve without TLS, whatever certificates are given. Only on networks you trust.',
  },
  sslCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate of Fleet, Control and HTTP, probes included (PEM). Required unless --insecure.',
  },
  sslKeyfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Private key of --ssl-certfile (PEM).',
  },
  sslCaCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate authority of --ssl-certfile (PEM), by which a SuperExec started here knows HTTP (Flower 1.35 and later).',
  },
  appioSslCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    without: 'ServerAppIo is served without TLS',
    doc: 'Certificate of the ServerAppIo API (PEM).',
  },
  appioSslKeyfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Private key of --appio-ssl-certfile (PEM).',
  },
  appioSslCaCertfile: {
    group: 'TLS and authentication',
    kind: PATH,
    doc: 'Certificate authority by which a SuperExec started here knows ServerAppIo (PEM; Flower before 1.35).',
  },
  enableSupernodeAuth: {
    group: 'TLS and authentication',
    kind: SWITCH,
    default: 'false',
    doc: 'Admit only SuperNodes whose key was registered with `flwr supernode register`. Needs TLS.',
  },
  superexecAuthSecretFile: {
    group: 'TLS and authentication',
    kind: PATH,
    without: 'calls of SuperExec are not authenticated',
    doc: 'File with the secret shared with SuperExec, taken byte by byte.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
