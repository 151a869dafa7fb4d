import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { LOGGER, type Logger } from '../logging/logger';
import { Metrics } from './metrics';
import { SharedNumbers } from './shared-numbers';

const PATH = '/metrics';

/**
 * Serves the metrics on a port of their own, which is for the operator's network only: who may call the APIs has no
 * business with them. Open until the very end, so that a drain can be seen.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer((request, response) => {
    void this.answer(request, response);
  });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly shared: SharedNumbers,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { metrics: address } = this.config.listen;
    if (address === undefined) return;
    this.metrics.addProcess();
    // several replicas of one machine must not share it: each has numbers of its own
    this.server.listen({ host: address.host, port: address.port, exclusive: true });
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    this.logger.info({ listen: { ...address, port } }, 'serving metrics');
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' || url?.replace(/\?.*$/, '') !== PATH) {
      response.writeHead(404).end();
      return;
    }
    try {
      await this.shared.refresh();
      const text = await this.metrics.text();
      response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
    } catch (error) {
      this.logger.error({ err: error }, 'the metrics cannot be shown');
      response.writeHead(500).end();
    }
  }
}
