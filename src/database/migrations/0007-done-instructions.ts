import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it: it deletes instructions where this one marks them, and looks at no mark. */
export class DoneInstructions1795000000007 implements MigrationInterface {
  readonly name = 'DoneInstructions1795000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table instruction add column done boolean not null default false`);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}
