import { sql, type Statement } from '../database/sql';

/** Two runs that join a series at once follow one another here, so neither loses the other's context. */
export const LOCK_SERIES: Statement = {
  name: 'lock-series',
  text: sql`
select context
from run_series
where series_id = $1::bigint and federation_id = $2::text
for update`,
};

export const ADD_SERIES: Statement = {
  name: 'add-series',
  text: sql`
insert into run_series (series_id, federation_id, description, is_agent, context)
values ($1::bigint, $2::text, $3::text, $4::boolean, $5::bytea)
on conflict (series_id) do nothing`,
};

export const REWRITE_SERIES_CONTEXT: Statement = {
  name: 'rewrite-series-context',
  text: sql`
update run_series
set context = $2::bytea, updated_at = now()
where series_id = $1::bigint`,
};

/** Asked first, so that a FAB that is known already is not sent to the database again. */
export const HAS_FAB: Statement = {
  name: 'has-fab',
  text: sql`select exists (select from fab where fab_hash = $1::text) as found`,
};

export const ADD_FAB: Statement = {
  name: 'add-fab',
  text: sql`
insert into fab (fab_hash, content)
values ($1::text, $2::bytea)
on conflict (fab_hash) do nothing`,
};

/** Gives no row if the run is there: the first COMMIT of this StartRun was done, only its answer was lost. */
export const ADD_RUN: Statement = {
  name: 'add-run',
  text: sql`
insert into run (run_id, series_id, fab_id, fab_version, fab_hash, override_config, federation_id,
  primary_task_id, flwr_aid, federation_config)
values ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::bytea, $7::text, $8::bigint, $9::text,
  $10::bytea)
on conflict (run_id) do nothing
returning run_id`,
};

/** The notification leaves with the COMMIT and ends the held polls of the SuperExecs. */
export const ADD_PRIMARY_TASK: Statement = {
  name: 'add-primary-task',
  text: sql`
with added as (
  insert into task (task_id, type, run_id, fab_hash)
  values ($1::bigint, $2::text, $3::bigint, $4::text))
select pg_notify('superlink', 'tasks')`,
};

export const FIND_FAB_CONTENT: Statement = {
  name: 'find-fab-content',
  text: sql`select content from fab where fab_hash = $1::text`,
};
