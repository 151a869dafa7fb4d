import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';

import { Database, type Transaction } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import { StartRunRequest } from '../generated/flwr/proto/control_run';
import { toInt8 } from '../wire/ids';
import type { AutomationSchedule } from './automation-schedule';
import {
  ADD_AUTOMATION,
  BEGIN_DISPATCH,
  CLAIM_DUE_AUTOMATION,
  FINISH_OCCURRENCE,
  UNDO_DISPATCH,
} from './automations.sql';
import { AutomationEntity } from './entities/automation.entity';

export interface DueAutomation {
  readonly automation_id: bigint;
  readonly flwr_aid: string;
  readonly start_run_request: Buffer;
}

interface AddedAutomation {
  readonly automation_id: bigint;
  readonly next_run_at: string;
}

@Injectable()
export class AutomationsRepository {
  constructor(
    private readonly database: Database,
    @InjectRepository(AutomationEntity) private readonly automations: Repository<AutomationEntity>,
  ) {}

  async add(
    schedule: AutomationSchedule,
    federationId: string,
    flwrAid: string,
  ): Promise<AddedAutomation> {
    const [row] = await this.database.query<AddedAutomation>(ADD_AUTOMATION, [
      federationId,
      flwrAid,
      toInt8(schedule.seriesId),
      StartRunRequest.encode(schedule.startRunRequest).finish(),
      schedule.startAt ?? null,
      schedule.fixedIntervalSeconds ?? null,
      schedule.maxRuns ?? null,
    ]);
    if (row === undefined) throw new SuperLinkError('INTERNAL');
    return row;
  }

  async find(automationId: bigint): Promise<AutomationEntity | null> {
    return this.automations.findOneBy({ automationId });
  }

  /** Automations of these federations, the last changed first. */
  async list(federationIds: readonly string[]): Promise<AutomationEntity[]> {
    return this.automations.find({
      where: { federationId: In(federationIds) },
      order: { updatedAt: 'desc', automationId: 'desc' },
    });
  }

  /** Does nothing to one that is active no more. */
  async stop(automationId: bigint): Promise<void> {
    await this.automations.update(
      { automationId, status: 'active' },
      { status: 'stopped', updatedAt: () => 'now()', stoppedAt: () => 'now()' },
    );
  }

  async claimDue(tx: Transaction): Promise<DueAutomation | undefined> {
    const [row] = await tx.query<DueAutomation>(CLAIM_DUE_AUTOMATION);
    return row;
  }

  async beginDispatch(tx: Transaction): Promise<void> {
    await tx.query(BEGIN_DISPATCH);
  }

  async undoDispatch(tx: Transaction): Promise<void> {
    await tx.query(UNDO_DISPATCH);
  }

  async finishOccurrence(tx: Transaction, automationId: bigint, hasRun: boolean): Promise<void> {
    await tx.query(FINISH_OCCURRENCE, [toInt8(automationId), hasRun]);
  }
}
