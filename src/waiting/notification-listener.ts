import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Client } from 'pg';

import { CONFIG, type Config } from '../config/config';
import { LOGGER, type Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { type Topic, Wakeups } from './wakeups';

/** Statements notify with `pg_notify('superlink', topic)`. */
const LISTEN = 'listen superlink';
const PING_MILLISECONDS = 5_000;
const ANSWER_MILLISECONDS = 4_000;
const RECONNECT_MILLISECONDS = 500;

/** One LISTEN connection a replica. It may die at any time: the slow poll behind the holds covers the gap. */
@Injectable()
export class NotificationListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private isListening = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly wakeups: Wakeups,
    metrics: Metrics,
  ) {
    const help = '1: notifications arrive. 0: held calls look for themselves, every 2 s.';
    metrics.gauge({ name: 'listen_up', help }, (set) => {
      set(this.isListening ? 1 : 0);
    });
  }

  onApplicationBootstrap(): void {
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.config.database.url,
      application_name: 'superlink listen',
      connectionTimeoutMillis: ANSWER_MILLISECONDS,
      query_timeout: ANSWER_MILLISECONDS,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => {
      this.wakeups.wake(payload as Topic);
    });
    client.on('error', () => undefined); // the ping notices, and reconnects
    this.client = client;
    try {
      await client.connect();
      await client.query(LISTEN);
      this.isListening = true;
      this.wakeups.wakeAll();
      this.after(PING_MILLISECONDS, () => this.ping(client));
    } catch (error) {
      this.giveUp(client, error);
    }
  }

  private async ping(client: Client): Promise<void> {
    try {
      await client.query('select 1');
      this.after(PING_MILLISECONDS, () => this.ping(client));
    } catch (error) {
      this.giveUp(client, error);
    }
  }

  private giveUp(client: Client, error: unknown): void {
    this.isListening = false;
    client.end().catch(() => undefined);
    if (this.stopped) return;
    this.logger.warn({ err: error }, 'lost the LISTEN connection; held calls look for themselves');
    this.after(RECONNECT_MILLISECONDS, () => this.connect());
  }

  private after(milliseconds: number, work: () => Promise<void>): void {
    if (!this.stopped) this.timer = setTimeout(() => void work(), milliseconds);
  }
}
