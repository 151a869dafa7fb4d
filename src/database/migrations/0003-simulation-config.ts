import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it: one table more, which it does not know. */
export class SimulationConfig1795000000003 implements MigrationInterface {
  readonly name = 'SimulationConfig1795000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SIMULATION_CONFIG);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/** What was configured, by the field's name; fields that were not have upstream's defaults. */
const SIMULATION_CONFIG = `
create table simulation_config (
  federation_id text primary key,
  settings jsonb not null,
  updated_at timestamptz not null default now()
);
`;
