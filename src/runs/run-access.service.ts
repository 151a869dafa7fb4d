import { Injectable } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { PullTaskInputResponse } from '../generated/flwr/proto/app_task';
import { Fab } from '../generated/flwr/proto/fab';
import { SimulationConfig } from '../generated/flwr/proto/federation';
import { Context } from '../generated/flwr/proto/message';
import type { Run } from '../generated/flwr/proto/run';
import type { Signer } from '../rpc/rpc-call';
import { RunAccessRepository } from './run-access.repository';
import type { RunForNodeRow } from './run-access.sql';
import { type RunRow, toRun } from './run-row';

/** Runs and their FABs as SuperNodes and tasks may see them. */
@Injectable()
export class RunAccessService {
  constructor(private readonly runs: RunAccessRepository) {}

  /** A running run; SuperNodes drop their work at RUN_STATUS_NOT_ALLOWED. */
  async runForNode(nodeId: bigint, signer: Signer, runId: bigint): Promise<Run> {
    const row = await this.runs.findForNode(nodeId, signer, runId);
    checkKnown(row);
    if (!isFound(row)) throw new SuperLinkError('GET_RUN_REFUSED');
    checkRunning(row.status);
    return toRun(row);
  }

  /** The FAB of a running run, asked for by its hash. */
  async fabForNode(nodeId: bigint, signer: Signer, runId: bigint, fabHash: string): Promise<Fab> {
    const row = await this.runs.findFabForNode(nodeId, signer, runId, fabHash);
    checkKnown(row);
    if (row.fab_hash === null) throw new SuperLinkError('GET_FAB_REFUSED');
    checkRunning(row.status);
    if (row.content === null) throw new SuperLinkError('GET_FAB_REFUSED');
    return toFab(row.fab_hash, row.content, row.verifications ?? {});
  }

  /** What task `taskId` of run `runId` starts with; the client merges the configs itself. */
  async inputOf(taskId: bigint, runId: bigint): Promise<PullTaskInputResponse> {
    const row = await this.runs.findTaskInput(runId);
    if (row === undefined) throw new SuperLinkError('TASK_START_FAILED');
    return PullTaskInputResponse.fromPartial({
      context: Context.decode(row.context),
      run: toRun(row),
      fab: toFab(row.fab_hash, row.content, row.verifications),
      federationConfig: row.federation_config
        ? SimulationConfig.decode(row.federation_config)
        : undefined,
      taskId,
    });
  }
}

function checkKnown<Row extends { readonly known: boolean }>(
  row: Row | undefined,
): asserts row is Row {
  if (row?.known !== true) throw new SuperLinkError('UNAUTHENTICATED');
}

function checkRunning(status: string | null): void {
  if (status !== 'running') throw new SuperLinkError('RUN_STATUS_NOT_ALLOWED');
}

function isFound(row: RunForNodeRow): row is RunForNodeRow & RunRow {
  return row.run_id !== null;
}

function toFab(hash: string, content: Buffer, verifications: Record<string, string>): Fab {
  return { hashStr: hash, content, verifications: new Map(Object.entries(verifications)) };
}
