import { Injectable } from '@nestjs/common';

import { AppsService } from '../../apps/apps.service';
import type { FederationApp } from '../../apps/federation-app';
import { ConnectorsService } from '../../connectors/connectors.service';
import { Database, type Queryable, type Transaction } from '../../database/database';
import { DatabaseClock } from '../../database/database-clock';
import { retryWhileUnavailable } from '../../database/retry-while-unavailable';
import { SuperLinkError } from '../../errors/superlink-error';
import { FederationsService } from '../../federations/federations.service';
import { SimulationsService } from '../../federations/simulations.service';
import type { StartRunRequest } from '../../generated/flwr/proto/control_run';
import { StartRunResponse } from '../../generated/flwr/proto/control_run';
import { SimulationConfig } from '../../generated/flwr/proto/federation';
import { Run } from '../../generated/flwr/proto/run';
import type { Scalar } from '../../generated/flwr/proto/scalar';
import { type MadePrompt, makePrompt } from '../../messages/prompt-message';
import { PromptsService } from '../../messages/prompts.service';
import { isReleaseBefore } from '../../rpc/client-release';
import type { Account } from '../../rpc/rpc-call';
import type { NewRun } from '../../runs/new-run';
import { RunCreationService } from '../../runs/run-creation.service';
import { randomId } from '../../wire/ids';
import { InvalidFabError, InvalidRunConfigError } from '../fab/fab.errors';
import { FAB_LIMIT_BYTES } from '../fab/fab.limits';
import { type FabFacts, inspectFab } from '../fab/inspect-fab';
import { checkOverrideConfig } from '../fab/run-config';
import { agentPrompt, seriesDescription } from './agent-prompt';
import { isTooLongBesideFab } from './size-beside-fab';
import { submittedFab } from './submitted-fab';

const PROMPTS_SINCE_MINOR = 38;
/** The CLI sends StartRun once only, so a database that fails over is waited for here. */
const RETRY_SECONDS = 10;

/** A run that has passed all checks, and what comes into being with it. */
interface PreparedRun {
  readonly run: NewRun;
  /** The app that the federation has from now on, unless it was stored before. */
  readonly app: FederationApp | undefined;
  readonly prompt: MadePrompt | undefined;
}

/** Starts runs: for the CLI, and for automations when their time has come. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
    private readonly creation: RunCreationService,
    private readonly apps: AppsService,
    private readonly prompts: PromptsService,
    private readonly federations: FederationsService,
    private readonly simulations: SimulationsService,
    private readonly connectors: ConnectorsService,
  ) {}

  /** StartRun: exactly one run, or an error and none. A FAB over the limit gets upstream's empty answer. */
  async start(
    request: StartRunRequest,
    account: Account,
    release: string | undefined,
  ): Promise<StartRunResponse> {
    const prepared = await retryWhileUnavailable(RETRY_SECONDS, () =>
      this.prepare(request, account, this.database, release),
    );
    if (prepared === undefined) return StartRunResponse.fromPartial({});
    await retryWhileUnavailable(RETRY_SECONDS, () =>
      this.database.transaction((tx) => this.create(tx, prepared)),
    );
    const { runId, series, federationId } = prepared.run;
    return StartRunResponse.fromPartial({
      runId,
      seriesId: series.seriesId,
      federation: federationId,
    });
  }

  /** The same within a transaction of the caller. False if the FAB is over the limit. */
  async startWithin(tx: Transaction, request: StartRunRequest, account: Account): Promise<boolean> {
    const prepared = await this.prepare(request, account, tx, undefined);
    if (prepared === undefined) return false;
    await this.create(tx, prepared);
    return true;
  }

  private async create(tx: Transaction, { run, app, prompt }: PreparedRun): Promise<void> {
    await this.creation.create(tx, run);
    if (prompt !== undefined) await this.prompts.store(tx, run.runId, prompt);
    if (app !== undefined) await this.apps.note(tx, app);
  }

  /** All checks, in the order of upstream's 1.42; nothing is written. Undefined if the FAB is over the limit. */
  private async prepare(
    request: StartRunRequest,
    account: Account,
    database: Queryable,
    release: string | undefined,
  ): Promise<PreparedRun | undefined> {
    const federationId = this.federations.resolve(request.federation);
    this.federations.requirePermission(account, federationId);
    const sources = { apps: this.apps, creation: this.creation };
    const fab = await submittedFab(request, federationId, sources, database);
    if (fab.content.length > FAB_LIMIT_BYTES) return undefined;
    if (isTooLongBesideFab(request)) {
      throw new SuperLinkError('INVALID_RUN_CONFIG', 'It has more than 1 MiB beside the FAB.');
    }
    this.connectors.requireConnected(request);
    const facts = await checkedFab(fab.content, request.overrideConfig);
    const simulation = isAgent(facts)
      ? undefined
      : await this.simulations.configOf(federationId, database, request.overrideFederationConfig);
    const question = checkedPrompt(request, facts, release);
    const runId = randomId();
    const owner = { runId, federationId, flwrAid: account.flwrAid };
    const run = newRunOf(request, owner, { content: fab.content, facts, simulation, question });
    return {
      run,
      app: fab.isUploaded ? appOf(run, facts) : undefined,
      prompt:
        question === undefined ? undefined : makePrompt(runId, question, this.clock.seconds()),
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

/** What an agent is asked; undefined for other apps, and for agents of clients that did not know prompts yet. */
function checkedPrompt(
  request: StartRunRequest,
  facts: FabFacts,
  release: string | undefined,
): string | undefined {
  if (!isAgent(facts)) return undefined;
  const prompt = agentPrompt(request, facts.defaultConfig);
  if (prompt === undefined && !isReleaseBefore(PROMPTS_SINCE_MINOR, release)) {
    throw new SuperLinkError('USER_PROMPT_REQUIRED');
  }
  return prompt;
}

/** What the checks of a StartRun have found. */
interface CheckedRun {
  readonly content: Buffer;
  readonly facts: FabFacts;
  readonly simulation: SimulationConfig | undefined;
  /** What an agent is asked. */
  readonly question: string | undefined;
}

function newRunOf(
  request: StartRunRequest,
  owner: Pick<NewRun, 'runId' | 'federationId' | 'flwrAid'>,
  { content, facts, simulation, question }: CheckedRun,
): NewRun {
  return {
    ...owner,
    primaryTaskId: randomId(),
    primaryTaskType: primaryTaskTypeOf(facts, simulation),
    series:
      request.seriesId === undefined
        ? {
            kind: 'new',
            seriesId: randomId(),
            description: question && seriesDescription(question),
          }
        : { kind: 'joined', seriesId: request.seriesId },
    fab: { id: facts.fabId, version: facts.fabVersion, hash: facts.fabHash, content },
    overrideConfig: Run.encode(
      Run.fromPartial({ overrideConfig: request.overrideConfig }),
    ).finish(),
    federationConfig: simulation && SimulationConfig.encode(simulation).finish(),
  };
}

function isAgent({ primaryComponent }: FabFacts): boolean {
  return primaryComponent === 'agentapp';
}

function primaryTaskTypeOf(
  facts: FabFacts,
  simulation: SimulationConfig | undefined,
): NewRun['primaryTaskType'] {
  if (isAgent(facts)) return 'flwr-agentapp';
  return simulation === undefined ? 'flwr-serverapp' : 'flwr-simulation';
}

function appOf(run: NewRun, facts: FabFacts): FederationApp {
  return {
    federationId: run.federationId,
    appId: `@${run.fab.id}`,
    fabHash: run.fab.hash,
    appType: isAgent(facts) ? 'flwr-agentapp' : 'flwr-serverapp',
    ...facts.presentation,
    addedBy: run.flwrAid,
  };
}
