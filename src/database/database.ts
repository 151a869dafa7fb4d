import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';

import { SuperLinkError } from '../errors/superlink-error';
import type { Turns, Urgency } from '../waiting/turns';
import { TurnRefused } from '../waiting/waiting-line';
import {
  breaksConnection,
  isRepeatable,
  NoConnectionError,
  translateDatabaseError,
} from './database-errors';
import type { DatabaseMeter } from './database-meter';
import type { Statement } from './sql';

const MOST_ATTEMPTS = 4;
const LONGEST_PAUSE_MILLISECONDS = 40;

/** Anything that runs statements: the pool, or one transaction of it. */
export interface Queryable {
  query<Row extends QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** One transaction; valid only inside the function that `Database.transaction` was given. */
export class Transaction implements Queryable {
  constructor(
    private readonly client: PoolClient,
    private readonly isPrepared: boolean,
  ) {}

  async query<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.client.query<Row>(messageOf(statement, values, this.isPrepared))).rows;
  }
}

/**
 * The way to PostgreSQL for hot paths: raw statements on TypeORM's own pool, which cost a third of what its
 * repositories do. Every error that leaves is translated: infrastructure trouble is always UNAVAILABLE.
 */
@Injectable()
export class Database implements Queryable {
  /** @param isPrepared false: statements go without names, for poolers that mix up what was prepared where */
  constructor(
    private readonly pool: Pool,
    private readonly turns: Turns,
    private readonly meter: DatabaseMeter,
    private readonly isPrepared = true,
  ) {}

  /** Runs one statement as a transaction of its own. */
  async query<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.repeat(async () => {
      const message = messageOf(statement, values, this.isPrepared); // pg writes into it
      const end = await this.turn(statement.urgency);
      try {
        return await this.lendInTurn(async (client) => (await client.query<Row>(message)).rows);
      } finally {
        end();
      }
    });
  }

  /** Runs `work` in a READ COMMITTED transaction; deadlocks and serialization failures are run again. */
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.repeat(async () =>
      this.lend(async (client) => {
        await client.query('begin');
        try {
          const result = await work(new Transaction(client, this.isPrepared));
          await client.query('commit');
          return result;
        } catch (error) {
          if (!breaksConnection(error)) await client.query('rollback');
          throw error;
        }
      }),
    );
  }

  /** Lends a connection, for COPY; it returns to the pool unless it broke. */
  async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    try {
      return await this.lend(work);
    } catch (error) {
      this.meter.failed(error);
      throw translateDatabaseError(error);
    }
  }

  private async lend<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const end = await this.turn();
    try {
      return await this.lendInTurn(work);
    } finally {
      end();
    }
  }

  private async lendInTurn<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.connection();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(breaksConnection(error));
      throw error;
    }
  }

  private async connection(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw new NoConnectionError(error);
    }
  }

  /** The pool itself would serve in order of asking, heartbeats behind all else. */
  private async turn(urgency: Urgency = 'usual'): Promise<() => void> {
    try {
      return await this.turns.take(urgency);
    } catch (error) {
      if (!(error instanceof TurnRefused)) throw error;
      this.meter.refused(urgency, error.why);
      throw new SuperLinkError('UNAVAILABLE', undefined, { cause: error });
    }
  }

  private async repeat<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        this.meter.failed(error);
        if (attempts >= MOST_ATTEMPTS || !isRepeatable(error)) throw translateDatabaseError(error);
        const pause = Math.random() * LONGEST_PAUSE_MILLISECONDS * attempts;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}

/** pg prepares what has a name, once for each connection. */
function messageOf(
  { name, text }: Statement,
  values: readonly unknown[],
  isPrepared: boolean,
): QueryConfig {
  return { ...(isPrepared && { name }), text, values: [...values] };
}
