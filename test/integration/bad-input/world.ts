import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { TINY_FAB, TINY_FAB_HASH } from '../../support/fab';
import { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, makeInstruction, makeReply } from '../../support/objects';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { killReplicas, startReplicas, type TestReplica } from '../../support/replicas';
import type { RpcClients } from '../../support/rpc-clients';
import { SuperExecActor, TaskActor } from '../../support/task-actor';
import { connectTo } from '../../support/wire';
import { TableWatch } from './table-state';

interface WorldOptions {
  readonly flags?: readonly string[];
  /** With which the SuperExec signs. */
  readonly secret?: Buffer;
  /** Of replicas. */
  readonly count?: number;
}

/**
 * A SuperLink of two replicas at work, calls alternating between them: two runs with a ServerApp and a SuperNode each, and one run that has ended. What belongs to
 * the second run is foreign to the first.
 */
export class World {
  private sibling: { readonly of: TaskActor; readonly taskId: bigint } | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly replicas: readonly TestReplica[],
    readonly clients: RpcClients,
    readonly tables: TableWatch,
    readonly node: NodeActor,
    readonly foreignNode: NodeActor,
    readonly foreignTask: TaskActor,
    readonly finishedRun: { readonly runId: bigint; readonly seriesId: bigint },
    /** The token of that run's app. */
    readonly endedToken: string,
    readonly superExec: SuperExecActor,
    /** The app of the first run; another one takes its place when a test has ended it. */
    public task: TaskActor,
  ) {}

  static async build({ flags = [], secret, count = 2 }: WorldOptions = {}): Promise<World> {
    const database = await createDatabase();
    const replicas = await startReplicas(count, database.url, flags);
    const clients = connectTo(replicas.map(({ addresses }) => addresses));
    const superExec = new SuperExecActor(clients, secret);
    const finished = await clients.call(
      ControlService.startRun,
      StartRunRequest.fromPartial({ fab: { content: TINY_FAB } }),
    );
    const ended = await superExec.launch(finished.runId!);
    await ended.input();
    await ended.output({ subStatus: 'failed' });
    const tables = await TableWatch.open(database.url);
    // else the last lines of its log might still come
    await tables.query(`update task set finished_at = finished_at - interval '1 minute'`, []);
    return new World(
      database,
      replicas,
      clients,
      tables,
      await NodeActor.online(clients),
      await NodeActor.online(clients),
      await TaskActor.running(clients, superExec),
      { runId: finished.runId!, seriesId: finished.seriesId! },
      ended.token,
      superExec,
      await TaskActor.running(clients, superExec),
    );
  }

  /** Ids of things that exist and are none of the first run's business. */
  get foreignIds(): bigint[] {
    return [this.foreignTask.runId, this.foreignTask.taskId, this.foreignNode.nodeId];
  }

  /** Another task of the first run's app, which waits for its process. */
  async siblingTask(): Promise<bigint> {
    const wanted = { type: 'flwr-clientapp', fabHash: TINY_FAB_HASH };
    if (this.sibling?.of !== this.task) {
      const { taskId = 0n } = await this.task.call(ServerAppIoService.createTask, wanted);
      this.sibling = { of: this.task, taskId };
    }
    return this.sibling.taskId;
  }

  /** A message that the first run's app has just sent to its node, its objects still missing. */
  async instruct(): Promise<DeflatedMessage> {
    const { runId } = this.task;
    const instruction = makeInstruction({ runId, dstNodeId: this.node.nodeId });
    await this.task.push(instruction);
    return instruction;
  }

  /** The node's reply to a message of its own, not pushed yet. */
  async reply(): Promise<DeflatedMessage> {
    return makeReply((await this.instruct()).message);
  }

  async close(): Promise<void> {
    this.clients.close();
    await this.tables.close();
    await killReplicas(this.replicas);
    await this.database.drop();
  }
}
