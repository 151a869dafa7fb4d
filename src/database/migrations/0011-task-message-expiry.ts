import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it, and alone again: an index. */
export class TaskMessageExpiry1795000000011 implements MigrationInterface {
  readonly name = 'TaskMessageExpiry1795000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TASK_MESSAGE_EXPIRY);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/** Housekeeping looks for what has expired. The table holds only what is on its way, so this takes a moment. */
const TASK_MESSAGE_EXPIRY = `
create index task_message_expiry on task_message (expires_at);
`;
