import type { Server } from 'node:http';

import type { NestApplicationOptions } from '@nestjs/common';

import type { TlsIdentity } from '../../config/config';
import { watchConnectionAge } from './connection-age';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** TLS of the HTTP port; plain text without an identity. A single port speaks HTTP/2, too. */
export function httpOptions(
  { api: tls }: { readonly api?: TlsIdentity },
  singlePort: boolean,
): Pick<NestApplicationOptions, 'httpsOptions'> {
  if (tls === undefined) return {};
  const identity = { cert: tls.certificate, key: tls.key };
  if (!singlePort) return { httpsOptions: identity };
  // Nest's type leaves out what it hands on to TLS
  const options = { ...identity, ALPNProtocols: ['h2', 'http/1.1'] };
  return { httpsOptions: options };
}

/**
 * Clients keep idle connections for 5 s and CLIs do not repeat a call: the server must not be the one who closes them
 * first. A large object over a slow line may take its time, headers may not.
 */
export function tuneHttpServer(server: Server, maxConnectionAgeSeconds: number): void {
  watchConnectionAge(server, maxConnectionAgeSeconds);
  server.keepAliveTimeout = 75 * SECOND;
  server.headersTimeout = MINUTE;
  server.requestTimeout = 30 * MINUTE;
}
