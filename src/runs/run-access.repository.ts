import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import type { Signer } from '../rpc/rpc-call';
import { toInt8 } from '../wire/ids';
import {
  type FabForNodeRow,
  FIND_FAB_FOR_NODE,
  FIND_RUN_FOR_NODE,
  FIND_TASK_INPUT,
  type RunForNodeRow,
  type TaskInputRow,
} from './run-access.sql';

@Injectable()
export class RunAccessRepository {
  constructor(private readonly database: Database) {}

  async findForNode(
    nodeId: bigint,
    signer: Signer,
    runId: bigint,
  ): Promise<RunForNodeRow | undefined> {
    const values = [toInt8(nodeId), signer, toInt8(runId)];
    const [row] = await this.database.query<RunForNodeRow>(FIND_RUN_FOR_NODE, values);
    return row;
  }

  async findFabForNode(
    nodeId: bigint,
    signer: Signer,
    runId: bigint,
    fabHash: string,
  ): Promise<FabForNodeRow | undefined> {
    const values = [toInt8(nodeId), signer, toInt8(runId), fabHash];
    const [row] = await this.database.query<FabForNodeRow>(FIND_FAB_FOR_NODE, values);
    return row;
  }

  async findTaskInput(runId: bigint): Promise<TaskInputRow | undefined> {
    const [row] = await this.database.query<TaskInputRow>(FIND_TASK_INPUT, [toInt8(runId)]);
    return row;
  }
}
