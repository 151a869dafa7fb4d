import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database';
import { sql, type Statement } from '../database/sql';
import type { SimulationSettings } from './simulation-settings';

const FIND_SETTINGS: Statement = {
  name: 'find-simulation-settings',
  text: sql`select settings from simulation_config where federation_id = $1::text`,
};

/** Two at once follow one another at the row, and each keeps what only the other one names. Twice is as once. */
const MERGE_SETTINGS: Statement = {
  name: 'merge-simulation-settings',
  text: sql`
insert into simulation_config as known (federation_id, settings)
values ($1::text, $2::jsonb)
on conflict (federation_id) do update
set settings = known.settings || excluded.settings, updated_at = now()`,
};

@Injectable()
export class SimulationConfigRepository {
  constructor(private readonly database: Database) {}

  /** What was ever configured; nothing to begin with. */
  async find(federationId: string, database: Queryable): Promise<SimulationSettings> {
    const values = [federationId];
    const [row] = await database.query<{ settings: SimulationSettings }>(FIND_SETTINGS, values);
    return row?.settings ?? {};
  }

  /** Changes what `settings` name and leaves the rest. */
  async merge(federationId: string, settings: SimulationSettings): Promise<void> {
    await this.database.query(MERGE_SETTINGS, [federationId, JSON.stringify(settings)]);
  }
}
