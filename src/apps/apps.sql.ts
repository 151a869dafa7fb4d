import { sql, type Statement } from '../database/sql';

/**
 * Notes app $2 of federation $1 with its FAB $3, type $4, name $5, description $6 and color $7, added by account $8.
 * Noted like that already it is not written, so that runs of one app that start at once do not wait for each other.
 * Two that bring different FABs: the last one stays.
 */
export const NOTE_APP: Statement = {
  name: 'note-app',
  text: sql`
insert into federation_app as a (federation_id, app_id, fab_hash, app_type, display_name, description,
  color, added_by)
select $1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text
where not exists (
  select from federation_app a where a.federation_id = $1::text and a.app_id = $2::text
    and (a.fab_hash, a.app_type, a.display_name, a.description, a.color)
      is not distinct from ($3::text, $4::text, $5::text, $6::text, $7::text))
on conflict (federation_id, app_id) do update set fab_hash = excluded.fab_hash,
  app_type = excluded.app_type, display_name = excluded.display_name,
  description = excluded.description, color = excluded.color, updated_at = now()`,
};

export interface AppRow {
  readonly app_id: string;
  readonly fab_hash: string;
  readonly app_type: string;
  readonly display_name: string | null;
  readonly description: string | null;
  readonly color: string | null;
}

/** Apps of federation $1, the last added first, at most $2 (null: all). */
export const LIST_APPS: Statement = {
  name: 'list-apps',
  text: sql`
select app_id, fab_hash, app_type, display_name, description, color from federation_app
where federation_id = $1::text order by added_at desc, app_id desc limit $2::bigint`,
};

export const FIND_APP_FAB: Statement = {
  name: 'find-app-fab',
  text: sql`
select f.content from federation_app a join fab f on f.fab_hash = a.fab_hash
where a.federation_id = $1::text and a.app_id = $2::text and a.fab_hash = $3::text`,
};

/** Those of federations $2 that have app $1. */
export const LIST_APP_FEDERATIONS: Statement = {
  name: 'list-app-federations',
  text: sql`
select federation_id from federation_app
where app_id = $1::text and federation_id = any($2::text[]) order by federation_id`,
};

/** Sent again it finds nothing. The FAB stays: runs have it. */
export const REMOVE_APP: Statement = {
  name: 'remove-app',
  text: sql`delete from federation_app where federation_id = $1::text and app_id = $2::text`,
};
