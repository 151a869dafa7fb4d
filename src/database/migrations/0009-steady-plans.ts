import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it, and alone again: it then reads all instructions to find those of ended runs. */
export class SteadyPlans1795000000009 implements MigrationInterface {
  readonly name = 'SteadyPlans1795000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STEADY_PLANS);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/**
 * Plans are made once a connection, often while tables are empty, when all indexes look alike. With one on plain `run_id`
 * each push then read all messages of its run instead of the one that it named, until autovacuum had looked.
 */
const STEADY_PLANS = `
create index push_pending_object on push_pending (object_id);

create index instruction_by_run on instruction ((run_id + 0));
drop index instruction_of_run;
`;
