import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import type { Queryable } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import type { SimulationConfig } from '../generated/flwr/proto/federation';
import type { Account } from '../rpc/rpc-call';
import { FederationsService } from './federations.service';
import { SimulationConfigRepository } from './simulation-config.repository';
import { mergeSettings, settingsOf } from './simulation-settings';

/** Federations of simulations: on a SuperLink started with `--simulation` its one federation is one, else none is. */
@Injectable()
export class SimulationsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly federations: FederationsService,
    private readonly stored: SimulationConfigRepository,
  ) {}

  /** Whether the SuperLink is one for simulations. */
  get areServed(): boolean {
    return this.config.simulation;
  }

  /**
   * How a run of the federation is to be simulated: as configured, and what `override` sets over that. Undefined if it
   * is not to be simulated at all.
   */
  async configOf(
    federationId: string,
    database: Queryable,
    override?: SimulationConfig,
  ): Promise<SimulationConfig | undefined> {
    if (!this.areServed) return undefined;
    const settings = settingsOf(override);
    return mergeSettings(await this.stored.find(federationId, database), settings);
  }

  /** Changes what is set in `config` for all runs to come; resolves with the federation's id. */
  async configure(
    federationName: string,
    config: SimulationConfig | undefined,
    account: Account,
  ): Promise<string> {
    const federationId = this.federations.resolve(federationName);
    this.federations.requirePermission(account, federationId);
    if (!this.areServed) throw new SuperLinkError('FEDERATION_NOT_FOUND_OR_NO_PERMISSION');
    await this.stored.merge(federationId, settingsOf(config));
    return federationId;
  }
}
