import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it: it names no new column, and what it registers signs, as it insists. */
export class UnsignedNodes1795000000004 implements MigrationInterface {
  readonly name = 'UnsignedNodes1795000000004';

  async up(runner: QueryRunner): Promise<void> {
    // false: registered through an adapter that dropped the signature, and known by its id alone
    await runner.query('alter table node add column signs boolean not null default true');
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}
