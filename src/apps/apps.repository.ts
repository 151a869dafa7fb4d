import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Transaction } from '../database/database';
import { toSerial } from '../wire/ids';
import {
  type AppRow,
  FIND_APP_FAB,
  LIST_APP_FEDERATIONS,
  LIST_APPS,
  NOTE_APP,
  REMOVE_APP,
} from './apps.sql';
import type { FederationApp } from './federation-app';

@Injectable()
export class AppsRepository {
  constructor(private readonly database: Database) {}

  async note(tx: Transaction, app: FederationApp): Promise<void> {
    await tx.query(NOTE_APP, [
      app.federationId,
      app.appId,
      app.fabHash,
      app.appType,
      app.displayName ?? null,
      app.description ?? null,
      app.color ?? null,
      app.addedBy,
    ]);
  }

  async list(federationId: string, limit: bigint | undefined): Promise<AppRow[]> {
    const most = limit === undefined ? null : toSerial(limit);
    return this.database.query<AppRow>(LIST_APPS, [federationId, most]);
  }

  /** Content of the app's FAB, if that has this hash. */
  async findFab(
    database: Queryable,
    federationId: string,
    appId: string,
    fabHash: string,
  ): Promise<Buffer | undefined> {
    const values = [federationId, appId, fabHash];
    const [row] = await database.query<{ content: Buffer }>(FIND_APP_FAB, values);
    return row?.content;
  }

  async listFederations(appId: string, federationIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ federation_id: string }>(LIST_APP_FEDERATIONS, [
      appId,
      federationIds,
    ]);
    return rows.map((row) => row.federation_id);
  }

  async remove(federationId: string, appId: string): Promise<void> {
    await this.database.query(REMOVE_APP, [federationId, appId]);
  }
}
