import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { Database, type Transaction } from '../database/database';
import { isTransient } from '../database/database-errors';
import { sql, type Statement } from '../database/sql';
import { SuperLinkError } from '../errors/superlink-error';
import { LOGGER, type Logger } from '../logging/logger';

/**
 * A piece of upkeep. `run` does a bounded amount in the given transaction and returns true if more is waiting.
 * It may be cut off at any instruction and run again by another replica.
 */
export interface HousekeepingJob {
  readonly name: string;
  readonly everyMilliseconds: number;
  readonly run: (tx: Transaction) => Promise<boolean>;
}

/** The lock falls with the transaction, so a replica that dies blocks nobody. */
const TRY_JOB_LOCK: Statement = {
  name: 'try-job-lock',
  text: sql`select pg_try_advisory_xact_lock(hashtextextended('superlink job ' || $1::text, 0)) as won`,
};
const MOST_STEPS_IN_A_ROW = 50;

/** Runs the modules' jobs on whichever replica gets a job's lock first. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: HousekeepingJob[] = [];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** To be called while modules start (onModuleInit). */
  add(job: HousekeepingJob): void {
    this.jobs.push(job);
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) this.schedule(job);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private schedule(job: HousekeepingJob): void {
    if (this.stopped) return;
    const jitter = job.everyMilliseconds * 0.2 * Math.random();
    const timer = setTimeout(() => {
      const turn = this.turn(job).finally(() => {
        this.running.delete(turn);
        this.schedule(job);
      });
      this.running.add(turn);
    }, job.everyMilliseconds + jitter);
    this.timers.set(job.name, timer);
  }

  private async turn(job: HousekeepingJob): Promise<void> {
    try {
      for (let steps = 0; steps < MOST_STEPS_IN_A_ROW && !this.stopped; steps += 1) {
        if (!(await this.step(job))) return;
      }
    } catch (error) {
      const isExpected =
        isTransient(error) ||
        (error instanceof SuperLinkError && error.errorName === 'UNAVAILABLE');
      if (isExpected) this.logger.debug({ err: error, job: job.name }, 'housekeeping put off');
      else this.logger.error({ err: error, job: job.name }, 'housekeeping failed');
    }
  }

  private async step(job: HousekeepingJob): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [lock] = await tx.query<{ won: boolean }>(TRY_JOB_LOCK, [job.name]);
      return lock?.won === true && (await job.run(tx));
    });
  }
}
