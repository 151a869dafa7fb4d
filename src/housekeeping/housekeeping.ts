import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { Database, type Transaction } from '../database/database';
import { isTransient } from '../database/database-errors';
import { SuperLinkError } from '../errors/superlink-error';
import { LOGGER, type Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { tryJobLock } from './job-lock';

/** What one step of a job came to. */
export interface Step {
  /** Rows that it deleted or changed. */
  readonly rows: number;
  readonly hasMore: boolean;
}

/**
 * A piece of upkeep. `run` does a bounded amount in the given transaction. It may be cut off at any instruction and run
 * again by another replica.
 */
export interface HousekeepingJob {
  readonly name: string;
  readonly everyMilliseconds: number;
  /** So long a replica serves before it does the job at all. */
  readonly notBeforeMilliseconds?: number;
  /** Asked before each step, outside of its transaction and on every replica; false: there is nothing to do. */
  readonly isDue?: () => Promise<boolean>;
  readonly run: (tx: Transaction) => Promise<Step>;
}

const NOTHING: Step = { rows: 0, hasMore: false };

/** The step of a job that took `rows` of at most `most`: a full one leaves some. */
export function stepOf(rows: number, most: number): Step {
  return { rows, hasMore: rows >= most };
}

const MOST_STEPS_IN_A_ROW = 50;
/** Replicas that never live for a job's interval get round to it, too. */
const FIRST_TURN_MILLISECONDS = 5_000;
const BEHIND_MILLISECONDS = 1_000;
/** One failure is a busy database; so many one after the other are work that is never done. */
const FAILURES_WORTH_TELLING = 5;

/** Runs the modules' jobs on whichever replica gets a job's lock first. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: HousekeepingJob[] = [];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  /** Of each job, since it last went well. */
  private readonly failures = new Map<string, number>();
  private readonly rows;
  private readonly failed;
  private stopped = false;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.rows = metrics.counter({
      name: 'housekeeping_rows_total',
      help: 'Rows that housekeeping on this replica deleted or changed.',
      labels: ['job'],
    });
    this.failed = metrics.counter({
      name: 'housekeeping_failures_total',
      help: 'Steps of housekeeping on this replica that failed; what they had to do waits.',
      labels: ['job'],
    });
  }

  /** To be called while modules start (onModuleInit). */
  add(job: HousekeepingJob): void {
    this.jobs.push(job);
    this.rows.inc({ job: job.name }, 0);
    this.failed.inc({ job: job.name }, 0);
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) {
      const first = Math.min(job.everyMilliseconds, FIRST_TURN_MILLISECONDS);
      this.schedule(job, Math.max(first, job.notBeforeMilliseconds ?? 0));
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private schedule(job: HousekeepingJob, milliseconds: number): void {
    if (this.stopped) return;
    const jitter = milliseconds * 0.2 * Math.random();
    const timer = setTimeout(() => {
      const turn = this.turn(job).then((isBehind) => {
        this.running.delete(turn);
        const every = job.everyMilliseconds;
        this.schedule(job, isBehind ? Math.min(every, BEHIND_MILLISECONDS) : every);
      });
      this.running.add(turn);
    }, milliseconds + jitter);
    this.timers.set(job.name, timer);
  }

  /** True if more is waiting. */
  private async turn(job: HousekeepingJob): Promise<boolean> {
    try {
      for (let steps = 0; steps < MOST_STEPS_IN_A_ROW && !this.stopped; steps += 1) {
        const { rows, hasMore } = await this.step(job);
        this.failures.delete(job.name);
        this.rows.inc({ job: job.name }, rows);
        if (!hasMore) return false;
      }
      return true;
    } catch (error) {
      this.noteFailure(job, error);
      return false;
    }
  }

  private noteFailure({ name: job }: HousekeepingJob, error: unknown): void {
    this.failed.inc({ job });
    const failures = (this.failures.get(job) ?? 0) + 1;
    this.failures.set(job, failures);
    const isExpected =
      isTransient(error) || (error instanceof SuperLinkError && error.errorName === 'UNAVAILABLE');
    if (!isExpected) this.logger.error({ err: error, job }, 'housekeeping failed');
    else if (failures % FAILURES_WORTH_TELLING === 0)
      this.logger.warn({ err: error, job, failures }, 'housekeeping makes no progress');
    else this.logger.debug({ err: error, job }, 'housekeeping put off');
  }

  private async step(job: HousekeepingJob): Promise<Step> {
    if (job.isDue !== undefined && !(await job.isDue())) return NOTHING;
    return this.database.transaction(async (tx) => {
      return (await tryJobLock(tx, job.name)) ? job.run(tx) : NOTHING;
    });
  }
}
