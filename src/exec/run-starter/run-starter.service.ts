import { Injectable } from '@nestjs/common';

import { ConnectorsService } from '../../connectors/connectors.service';
import { Database, type Queryable, type Transaction } from '../../database/database';
import { retryWhileUnavailable } from '../../database/retry-while-unavailable';
import { SuperLinkError } from '../../errors/superlink-error';
import { FederationsService } from '../../federations/federations.service';
import { SimulationsService } from '../../federations/simulations.service';
import type { StartRunRequest } from '../../generated/flwr/proto/control_run';
import { StartRunResponse } from '../../generated/flwr/proto/control_run';
import { SimulationConfig } from '../../generated/flwr/proto/federation';
import { Run } from '../../generated/flwr/proto/run';
import type { Scalar } from '../../generated/flwr/proto/scalar';
import type { Account } from '../../rpc/rpc-call';
import type { NewRun } from '../../runs/new-run';
import { RunCreationService } from '../../runs/run-creation.service';
import { randomId } from '../../wire/ids';
import { InvalidFabError, InvalidRunConfigError } from '../fab/fab.errors';
import { FAB_LIMIT_BYTES } from '../fab/fab.limits';
import { type FabFacts, inspectFab } from '../fab/inspect-fab';
import { checkOverrideConfig } from '../fab/run-config';
import { agentSeriesDescription } from './series-description';
import { submittedFab } from './submitted-fab';

/** The CLI sends StartRun once only, so a database that fails over is waited for here. */
const RETRY_SECONDS = 10;

/** Starts runs: for the CLI, and for automations when their time has come. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly database: Database,
    private readonly creation: RunCreationService,
    private readonly federations: FederationsService,
    private readonly simulations: SimulationsService,
    private readonly connectors: ConnectorsService,
  ) {}

  /** StartRun: exactly one run, or an error and none. A FAB over the limit gets upstream's empty answer. */
  async start(request: StartRunRequest, account: Account): Promise<StartRunResponse> {
    const run = await retryWhileUnavailable(RETRY_SECONDS, () =>
      this.prepare(request, account, this.database),
    );
    if (run === undefined) return StartRunResponse.fromPartial({});
    await retryWhileUnavailable(RETRY_SECONDS, () =>
      this.database.transaction((tx) => this.creation.create(tx, run)),
    );
    return StartRunResponse.fromPartial({
      runId: run.runId,
      seriesId: run.series.seriesId,
      federation: run.federationId,
    });
  }

  /** The same within a transaction of the caller. False if the FAB is over the limit. */
  async startWithin(tx: Transaction, request: StartRunRequest, account: Account): Promise<boolean> {
    const run = await this.prepare(request, account, tx);
    if (run === undefined) return false;
    await this.creation.create(tx, run);
    return true;
  }

  /** All checks, in upstream's order; nothing is written. Undefined if the FAB is over the limit. */
  private async prepare(
    request: StartRunRequest,
    account: Account,
    database: Queryable,
  ): Promise<NewRun | undefined> {
    const content = await submittedFab(request, this.creation, database);
    if (content.length > FAB_LIMIT_BYTES) return undefined;
    const connectorRefs = this.connectors.canonicalRefs(request.connectorRefs);
    const federationId = this.federations.resolve(request.federation);
    this.federations.requirePermission(account, federationId);
    const facts = await checkedFab(content, request.overrideConfig);
    const isAgent = facts.primaryComponent === 'agentapp';
    const simulation = isAgent
      ? undefined
      : await this.simulations.configOf(federationId, database, request.overrideFederationConfig);
    return {
      runId: randomId(),
      primaryTaskId: randomId(),
      primaryTaskType: isAgent
        ? 'flwr-agentapp'
        : simulation
          ? 'flwr-simulation'
          : 'flwr-serverapp',
      series: seriesOf(request, facts),
      fab: { id: facts.fabId, version: facts.fabVersion, hash: facts.fabHash, content },
      overrideConfig: Run.encode(
        Run.fromPartial({ overrideConfig: request.overrideConfig }),
      ).finish(),
      federationId,
      federationConfig: simulation && SimulationConfig.encode(simulation).finish(),
      flwrAid: account.flwrAid,
      connectorRefs,
    };
  }
}

async function checkedFab(
  content: Buffer,
  override: ReadonlyMap<string, Scalar>,
): Promise<FabFacts> {
  try {
    const facts = await inspectFab(content);
    checkOverrideConfig(override, facts);
    checkValues(override);
    return facts;
  } catch (error) {
    if (error instanceof InvalidFabError || error instanceof InvalidRunConfigError) {
      throw new SuperLinkError('INVALID_RUN_CONFIG', error.message, { cause: error });
    }
    throw error;
  }
}

/** Clients fail on a value that is none of int, float, bool and str when they read the run. */
function checkValues(override: ReadonlyMap<string, Scalar>): void {
  for (const { scalar } of override.values()) {
    if (scalar === undefined || scalar.$case === 'bytes') {
      throw new InvalidRunConfigError(
        "A value of the run's config is not an int, float, bool or str.",
      );
    }
  }
}

function seriesOf(request: StartRunRequest, facts: FabFacts): NewRun['series'] {
  if (request.seriesId !== undefined) return { kind: 'joined', seriesId: request.seriesId };
  const description =
    facts.primaryComponent === 'agentapp'
      ? agentSeriesDescription(facts.defaultConfig, request.overrideConfig)
      : undefined;
  return { kind: 'new', seriesId: randomId(), description };
}
