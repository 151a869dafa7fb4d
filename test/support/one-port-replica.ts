import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { ChannelCredentials } from '@grpc/grpc-js';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { GrpcClients } from './grpc-client';
import { TestReplica } from './replicas';
import type { Headers } from './rpc-clients';

const CERTIFICATE = resolve('test/fixtures/tls/localhost-certificate.pem');
const KEY = resolve('test/fixtures/tls/localhost-key.pem');
const START_MILLISECONDS = 60_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** A replica with --single-port, and clients of both wires. */
export class OnePortReplica {
  readonly clients: GrpcClients;

  private constructor(
    readonly replica: TestReplica,
    readonly port: number,
    private readonly authority: Buffer | undefined,
  ) {
    const credentials =
      authority === undefined
        ? ChannelCredentials.createInsecure()
        : ChannelCredentials.createSsl(authority);
    this.clients = new GrpcClients([replica.addresses], credentials);
  }

  static async start(
    databaseUrl: string,
    isTls: boolean,
    flags: readonly string[] = [],
  ): Promise<OnePortReplica> {
    const [port = 0] = await freePorts(1);
    const address = `localhost:${port}`;
    const addresses = { fleet: address, serverAppIo: address, control: address, http: address };
    const tls = isTls ? ['--ssl-certfile', CERTIFICATE, '--ssl-keyfile', KEY] : ['--insecure'];
    const replica = new TestReplica(addresses, [
      ...tls,
      ...[
        '--database',
        databaseUrl,
        '--single-port',
        '--port',
        String(port),
        '--host',
        'localhost',
      ],
      ...['--log-format', 'json', ...flags],
    ]);
    const started = new OnePortReplica(
      replica,
      port,
      isTls ? readFileSync(CERTIFICATE) : undefined,
    );
    await vi.waitFor(() => expect(replica.tail()).toMatch(/"serving"/), START_MILLISECONDS);
    return started;
  }

  /** Over HTTP/1.1; POST if there is a body. Each call has a connection of its own. */
  async http(path: string, body?: Buffer, headers: Headers = {}): Promise<HttpAnswer> {
    const { port, authority } = this;
    const options = {
      ...{ host: 'localhost', port, path, agent: false as const },
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/protobuf', ...(headers as Record<string, string>) },
    };
    const call =
      authority === undefined ? plainRequest(options) : tlsRequest({ ...options, ca: authority });
    call.end(body);
    const response = await new Promise<IncomingMessage>((done, fail) =>
      call.on('response', done).on('error', fail),
    );
    const { statusCode: status = 0, headers: received } = response;
    return { status, headers: received, body: await buffer(response) };
  }

  close(): void {
    this.clients.close();
  }
}
