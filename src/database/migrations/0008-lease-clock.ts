import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it, and alone again: it judges leases by now() itself, and only shows what the view says. */
export class LeaseClock1795000000008 implements MigrationInterface {
  readonly name = 'LeaseClock1795000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LEASE_CLOCK);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/** Never beaten it goes as now() does. */
const LEASE_CLOCK = `
create table lease_clock (
  is_only boolean primary key default true check (is_only),
  beaten_at timestamptz not null
);
insert into lease_clock (beaten_at) values ('infinity');

create or replace view task_state as
select task_id, type, run_id, fab_hash, model_ref, connector_ref, token_hash, active_until, pending_at,
  case when lapsed and running_at is null then null else starting_at end as starting_at,
  running_at,
  case when lapsed and running_at is not null then active_until else finished_at end as finished_at,
  case when lapsed and running_at is not null then 'failed' else sub_status end as sub_status,
  case when lapsed and running_at is not null then 'No heartbeat came from the task.' else details end
    as details,
  case
    when finished_at is not null or (lapsed and running_at is not null) then 'finished'
    when running_at is not null then 'running'
    when starting_at is not null and not lapsed then 'starting'
    else 'pending'
  end as status
from (
  select *, finished_at is null and coalesce(
    active_until < (select least(now(), beaten_at + interval '10 seconds') from lease_clock where is_only), false) as lapsed
  from task) t;
`;
