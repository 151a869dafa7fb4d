import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The release before can run beside it: it names nothing of it.
 *
 * `schema_floor` names the oldest migration that a program must know to serve this database. A later migration that
 * takes away what older programs use sets it to its own name; all others leave it, so that a release can be rolled back.
 */
export class SchemaFloor1795000000005 implements MigrationInterface {
  readonly name = 'SchemaFloor1795000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table schema_floor (migration text not null)');
    await runner.query('create unique index schema_floor_one_row on schema_floor ((true))');
    await runner.query('insert into schema_floor values ($1)', [this.name]);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}
