import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { DatabaseServers } from '../database/database-servers';
import { LastingClient } from '../database/lasting-client';
import { LOGGER, type Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { type Topic, Wakeups } from './wakeups';

/**
 * Statements notify with `pg_notify('superlink', topic)`. PostgreSQL keeps notifications for who takes none, and refuses every
 * commit that notifies when its room for them is full: a replica that stands still must lose its session.
 */
const LISTEN = "set tcp_user_timeout = '30s'; listen superlink";
/** Together these find a server that fell silent within 3 s: there is time left of the 5 s in which writes go on. */
const PING_MILLISECONDS = 1_000;
const ANSWER_MILLISECONDS = 2_000;
const RECONNECT_MILLISECONDS = 300;
/** A server that was demoted under an open connection gets no notifications any more. */
const PING = 'select pg_is_in_recovery() as is_read_only';

/**
 * One LISTEN connection a replica. It may die at any time: the slow poll behind the holds covers the gap. It is also the
 * first to learn that a server has fallen silent.
 */
@Injectable()
export class NotificationListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly servers: DatabaseServers;
  private client: LastingClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private isListening = false;

  constructor(
    @Inject(CONFIG) { database }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly wakeups: Wakeups,
    poolServers: DatabaseServers,
    metrics: Metrics,
  ) {
    const { directUrl } = database;
    this.servers = directUrl === undefined ? poolServers : new DatabaseServers(directUrl);
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
    const client = new LastingClient({
      servers: this.servers,
      isPooled: false,
      application_name: 'superlink listen',
      query_timeout: ANSWER_MILLISECONDS,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => {
      this.wakeups.wake(payload as Topic);
    });
    client.on('end', () => {
      this.giveUp(client, new RangeError('the connection has ended'));
    });
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

  private async ping(client: LastingClient): Promise<void> {
    try {
      const { rows } = await client.query<{ is_read_only: boolean }>(PING);
      if (rows[0]?.is_read_only !== false) throw new RangeError('the server is read-only');
      if (this.client === client) this.after(PING_MILLISECONDS, () => this.ping(client));
    } catch (error) {
      client.leaveServer();
      this.giveUp(client, error);
    }
  }

  /** The first who notices replaces it. */
  private giveUp(client: LastingClient, error: unknown): void {
    client.end().catch(() => undefined);
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    this.isListening = false;
    this.logger.warn({ err: error }, 'lost the LISTEN connection; held calls look for themselves');
    this.after(RECONNECT_MILLISECONDS, () => this.connect());
  }

  private after(milliseconds: number, work: () => Promise<void>): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void work(), milliseconds);
  }
}
