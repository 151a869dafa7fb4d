import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it: indexes, and a column that it does not look at. */
export class Housekeeping1795000000006 implements MigrationInterface {
  readonly name = 'Housekeeping1795000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(HOUSEKEEPING);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/** Each index holds what its job has not done yet, so that a look costs the same however much there was. */
const HOUSEKEEPING = `
create index object_garbage_oldest on object_garbage (queued_at, object_id);

create index task_ended_with_token on task (finished_at) where token_hash is not null and finished_at is not null;

alter table run add column records_dropped_at timestamptz;
create index run_with_records on run (cleaned_at) where records_dropped_at is null;

create index node_unregistered on node (unregistered_at) where self_registered and unregistered_at is not null;
`;
