import { Injectable } from '@nestjs/common';

import type { Queryable, Transaction } from '../database/database';
import { FederationsService } from '../federations/federations.service';
import { AppInfo } from '../generated/flwr/proto/control_app';
import type { Account } from '../rpc/rpc-call';
import { appIdOf, refuseHubApp } from './app-spec';
import { AppsRepository } from './apps.repository';
import type { AppRow } from './apps.sql';
import type { FederationApp } from './federation-app';

/** Upstream offers its agent, an app of the hub, in every federation. */
const HUB_AGENT = AppInfo.fromPartial({
  appId: '@flwrlabs/flwr-agent',
  appType: 'flwr-agentapp',
  isHubApp: true,
  displayName: 'Flower Agent',
  description: 'An agent of the app hub',
  color: 'yellow',
});

/** Apps of a federation: those that runs were started of, until they are taken off the list. */
@Injectable()
export class AppsService {
  constructor(
    private readonly apps: AppsRepository,
    private readonly federations: FederationsService,
  ) {}

  /** The last added first, and the hub's agent in the end; a limit counts that one too. */
  async list(
    federationId: string,
    limit: bigint | undefined,
    account: Account,
  ): Promise<AppInfo[]> {
    this.federations.requireMembership(account, federationId);
    if (limit === 0n) return [];
    const apps = (await this.apps.list(federationId, limit)).map(toAppInfo);
    if (apps.some(({ appId }) => appId === HUB_AGENT.appId)) return apps;
    const own = limit === undefined ? apps : apps.slice(0, Number(limit - 1n));
    return [...own, HUB_AGENT];
  }

  /** Those federations of the account that have the app. */
  async listFederationsOf(appId: string, account: Account): Promise<string[]> {
    const own = this.federations.listOf(account);
    return appId === HUB_AGENT.appId ? own : this.apps.listFederations(appId, own);
  }

  /** Only apps of the hub are added, and that is not asked. */
  addFromHub(federationId: string, appSpec: string, account: Account): never {
    this.federations.requireMembership(account, federationId);
    appIdOf(appSpec);
    return refuseHubApp();
  }

  /** Takes an app off the list; nothing happens to one that is not on it. */
  async remove(federationId: string, appId: string, account: Account): Promise<void> {
    this.federations.requireMembership(account, federationId);
    await this.apps.remove(federationId, appId);
  }

  /** Notes an app that a run is started of. */
  async note(tx: Transaction, app: FederationApp): Promise<void> {
    await this.apps.note(tx, app);
  }

  async findFab(
    database: Queryable,
    federationId: string,
    appId: string,
    fabHash: string,
  ): Promise<Buffer | undefined> {
    return this.apps.findFab(database, federationId, appId, fabHash);
  }
}

function toAppInfo(row: AppRow): AppInfo {
  return AppInfo.fromPartial({
    appId: row.app_id,
    fabHash: row.fab_hash,
    appType: row.app_type,
    isHubApp: false,
    displayName: row.display_name ?? '',
    description: row.description ?? '',
    color: row.color ?? '',
  });
}
