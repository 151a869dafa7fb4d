import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Housekeeping, stepOf } from '../housekeeping/housekeeping';
import { LeaseClock } from '../leases/lease-clock';
import { Presence } from '../presence/presence';
import { TaskRecordsRepository } from './task-records.repository';
import { TasksRepository } from './tasks.repository';

const RUNS_A_STEP = 20;
const MESSAGES_A_STEP = 500;

/** Renews leases after a standstill, writes down those that lapsed, drops messages that nobody will pull, and notes tasks that called. */
@Injectable()
export class TaskHousekeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly leases: LeaseClock,
    private readonly presence: Presence,
    private readonly tasks: TasksRepository,
    private readonly records: TaskRecordsRepository,
  ) {}

  onModuleInit(): void {
    this.presence.writeWith('task', (hashes, ages) => this.tasks.noteSeen(hashes, ages));
    this.leases.renewWith((tx) => this.tasks.renewLeases(tx));
    this.housekeeping.add({
      name: 'task leases',
      everyMilliseconds: 1_000,
      run: async (tx) => stepOf(await this.tasks.endLapsed(tx, RUNS_A_STEP), 1),
    });
    this.housekeeping.add({
      name: 'task messages',
      everyMilliseconds: 10_000,
      run: async (tx) =>
        stepOf(await this.records.dropDeadMessages(tx, MESSAGES_A_STEP), MESSAGES_A_STEP),
    });
  }
}
