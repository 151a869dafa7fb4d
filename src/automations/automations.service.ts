import { Injectable } from '@nestjs/common';

import { FederationsService } from '../federations/federations.service';
import {
  Automation,
  type StartAutomationRequest,
  StartAutomationResponse,
} from '../generated/flwr/proto/control_automation';
import type { Account } from '../rpc/rpc-call';
import { isoText } from '../wire/times';
import { scheduleOf } from './automation-schedule';
import { AutomationsRepository } from './automations.repository';
import type { AutomationEntity } from './entities/automation.entity';

/** For whom and where an automation's runs are started. */
export interface AutomationOwner {
  readonly flwrAid: string;
  readonly federationId: string;
  readonly connectorRefs: readonly string[];
}

/** Runs that start by the clock; `AutomationDispatch` starts them. */
@Injectable()
export class AutomationsService {
  constructor(
    private readonly automations: AutomationsRepository,
    private readonly federations: FederationsService,
  ) {}

  /** Control.StartAutomation: as the request says, in the federation that it names. */
  async startForAccount(
    request: StartAutomationRequest,
    account: Account,
  ): Promise<StartAutomationResponse> {
    return this.start(request, {
      flwrAid: account.flwrAid,
      federationId: this.federations.resolve(request.startRunRequest?.federation ?? ''),
      connectorRefs: request.startRunRequest?.connectorRefs ?? [],
    });
  }

  /**
   * Stores an automation whose runs belong to `owner`. Whether its series and its FAB are good is found out when
   * it is due, as upstream does. Throws INVALID_AUTOMATION_REQUEST.
   */
  async start(
    request: StartAutomationRequest,
    { flwrAid, federationId, connectorRefs }: AutomationOwner,
  ): Promise<StartAutomationResponse> {
    const asked = scheduleOf(request);
    const startRunRequest = {
      ...asked.startRunRequest,
      federation: federationId,
      connectorRefs: [...connectorRefs],
    };
    const schedule = { ...asked, startRunRequest };
    const added = await this.automations.add(schedule, federationId, flwrAid);
    return StartAutomationResponse.fromPartial({
      automationId: added.automation_id,
      seriesId: schedule.seriesId,
      nextRunAt: isoText(added.next_run_at),
    });
  }

  /** Automations of one federation, or of all that the account is a member of, the last changed first. */
  async list(federation: string, account: Account): Promise<Automation[]> {
    if (federation !== '') this.federations.requireMembership(account, federation);
    const ids = federation === '' ? this.federations.listOf(account) : [federation];
    return (await this.automations.list(ids)).map(toAutomation);
  }

  /** Stopping one that is unknown or has ended changes nothing and is no error. */
  async stop(automationId: bigint, account: Account): Promise<void> {
    const automation = await this.automations.find(automationId);
    if (automation === null) return;
    this.federations.requireMembership(account, automation.federationId);
    await this.automations.stop(automationId);
  }
}

function toAutomation(entity: AutomationEntity): Automation {
  return Automation.fromPartial({
    automationId: entity.automationId,
    status: entity.status,
    federation: entity.federationId,
    seriesId: entity.seriesId,
    flwrAid: entity.flwrAid,
    createdAt: isoText(entity.createdAt),
    updatedAt: isoText(entity.updatedAt),
    nextRunAt: isoText(entity.nextRunAt),
    fixedInterval: entity.fixedIntervalSeconds ?? undefined,
    remainingRuns: entity.remainingRuns === null ? undefined : Number(entity.remainingRuns),
    stoppedAt: entity.stoppedAt === null ? undefined : isoText(entity.stoppedAt),
  });
}
