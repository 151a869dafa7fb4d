import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The release before can run beside it, and alone again: it shows a run's traffic without what is not added up, which nobody
 * does once it is alone.
 */
export class TrafficEntries1795000000010 implements MigrationInterface {
  readonly name = 'TrafficEntries1795000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TRAFFIC_ENTRIES);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

/**
 * What each call adds to its run's sums. A row that is updated by all calls of a node leaves as many dead versions as there
 * are calls while some snapshot is held, a backup's for one, and each call looks through all of them. Without a foreign
 * key: it would lock the run with each call, and runs are never deleted. What was entered before `entered_until` has been
 * added up: nobody need look through what is left of it under a snapshot.
 */
const TRAFFIC_ENTRIES = `
create table run_traffic_entry (
  run_id bigint not null,
  entered_at timestamptz not null default clock_timestamp(),
  bytes_sent bigint not null default 0,
  bytes_recv bigint not null default 0,
  clientapp_runtime double precision not null default 0
);
create index run_traffic_entry_of_run on run_traffic_entry (run_id, entered_at);
create index run_traffic_entry_entered on run_traffic_entry (entered_at);

create table run_traffic_added_up (
  is_only boolean primary key default true check (is_only),
  entered_until timestamptz not null
);
insert into run_traffic_added_up (entered_until) values ('-infinity');
`;
