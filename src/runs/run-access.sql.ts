import { sql, type Statement } from '../database/sql';
import { CALLING_NODE } from '../nodes/calling-node';
import { RUN_COLUMNS, RUN_TABLES } from './run-columns';
import type { RunRow } from './run-row';

/** The columns of a run are null if the caller is unknown or there is no such run. */
export type RunForNodeRow = { readonly known: boolean } & {
  readonly [Column in keyof RunRow]: RunRow[Column] | null;
};

export const FIND_RUN_FOR_NODE: Statement = {
  name: 'find-run-for-node',
  text: sql`
with caller as (${CALLING_NODE})
select c.node_id is not null as known, q.*
from (select) one
left join caller c on true
left join (select ${RUN_COLUMNS} from ${RUN_TABLES} where r.run_id = $3::bigint) q
  on c.node_id is not null`,
};

export interface FabForNodeRow {
  readonly known: boolean;
  readonly status: string | null;
  readonly fab_hash: string | null;
  readonly content: Buffer | null;
  readonly verifications: Record<string, string> | null;
}

export const FIND_FAB_FOR_NODE: Statement = {
  name: 'find-fab-for-node',
  text: sql`
with caller as (${CALLING_NODE})
select c.node_id is not null as known, t.status, r.fab_hash,
  case when r.fab_hash = $4::text and t.status = 'running' then f.content end as content,
  f.verifications
from (select) one
left join caller c on true
left join run r on r.run_id = $3::bigint and c.node_id is not null
left join task_state t on t.task_id = r.primary_task_id
left join fab f on f.fab_hash = r.fab_hash`,
};

export interface TaskInputRow extends RunRow {
  readonly content: Buffer;
  readonly verifications: Record<string, string>;
  readonly context: Buffer;
  readonly federation_config: Buffer | null;
}

/** All that a task of run $1 starts with. */
export const FIND_TASK_INPUT: Statement = {
  name: 'find-task-input',
  text: sql`
select ${RUN_COLUMNS}, f.content, f.verifications, s.context, r.federation_config
from ${RUN_TABLES}
join fab f on f.fab_hash = r.fab_hash
join run_series s on s.series_id = r.series_id
where r.run_id = $1::bigint`,
};
