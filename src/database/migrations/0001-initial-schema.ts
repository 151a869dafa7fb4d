import type { MigrationInterface, QueryRunner } from 'typeorm';

import { AUTOMATIONS, MESSAGES, NONCES, OBJECTS } from './0001-messages-and-objects';
import { NODES, RUNS, TASK_RECORDS, TASKS } from './0001-runs-and-tasks';

/** First schema: nothing older can run beside it. Ids are uint64 bits in signed bigints. */
export class InitialSchema1795000000001 implements MigrationInterface {
  readonly name = 'InitialSchema1795000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [NODES, RUNS, TASKS, TASK_RECORDS, OBJECTS, MESSAGES, AUTOMATIONS, NONCES]) {
      await runner.query(part);
    }
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}
