import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

import { Database } from '../database/database';
import { sql, type Statement } from '../database/sql';

const PING: Statement = {
  name: 'ping',
  urgency: 'first',
  text: sql`select pg_is_in_recovery() as is_read_only`,
};
/** Below the usual time-out of a probe. */
const ANSWER_MILLISECONDS = 800;

/** Up if PostgreSQL answers soon, and takes writes. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly database: Database,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(key: string): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(key);
    try {
      const isReadOnly = await this.pingInTime();
      return isReadOnly ? indicator.down('read-only') : indicator.up();
    } catch {
      return indicator.down('unreachable');
    }
  }

  async isUp(): Promise<boolean> {
    const result = await this.check('database');
    return result['database']?.status === 'up';
  }

  private async pingInTime(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RangeError('late'));
      }, ANSWER_MILLISECONDS);
    });
    try {
      const ping = this.database.query<{ is_read_only: boolean }>(PING);
      const [row] = await Promise.race([ping, late]);
      return row?.is_read_only !== false;
    } finally {
      clearTimeout(timer);
    }
  }
}
