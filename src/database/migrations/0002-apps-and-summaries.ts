import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The release before can run beside it: new tables, and columns that it does not look at. */
export class AppsAndSummaries1795000000002 implements MigrationInterface {
  readonly name = 'AppsAndSummaries1795000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(NODE_PLACES);
    await runner.query(APPS);
    await runner.query(SUMMARIES);
  }

  async down(): Promise<void> {
    return Promise.reject(new RangeError('Migrations of superlink-ha only go forward.'));
  }
}

const NODE_PLACES = `
alter table node add column location text, add column name text;
`;

const APPS = `
create table federation_app (
  federation_id text not null,
  app_id text not null,
  fab_hash text collate "C" not null references fab,
  app_type text not null,
  display_name text,
  description text,
  color text,
  added_by text not null,
  added_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (federation_id, app_id)
);
create index federation_app_recent on federation_app (federation_id, added_at desc, app_id desc);
`;

const SUMMARIES = `
create table compacted_context (
  context_id bigint generated always as identity primary key,
  series_id bigint not null references run_series,
  through_event_id bigint not null,
  text text not null,
  token_count bigint not null,
  created_at timestamptz not null default now(),
  unique (series_id, through_event_id)
);
create index compacted_context_recent on compacted_context (series_id, context_id desc);
`;
