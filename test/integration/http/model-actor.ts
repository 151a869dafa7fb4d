import { Message } from '../../../src/generated/flwr/proto/message';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { makeRecordMessage, textInRecord } from '../../../src/wire/record-message';
import type { RpcClients } from '../../support/rpc-clients';
import { SuperExecActor, TaskActor } from '../../support/task-actor';

const JSON_PLACE = { record: 'payload', field: 'json' };
const UNSAID = { limit: undefined, srcTaskId: undefined };

/** The process of a model: takes one request, tells events, and answers. */
export class ModelActor {
  private constructor(
    readonly task: TaskActor,
    readonly modelRef: string,
    /** The task that asks. */
    private readonly asker: bigint,
    readonly request: unknown,
  ) {}

  /** Waits for a model's task in the run, and starts it. */
  static async start(clients: RpcClients, runId: bigint): Promise<ModelActor> {
    const superExec = new SuperExecActor(clients);
    for (;;) {
      const pending = (await superExec.pending()).filter((task) => task.runId === runId);
      const found = pending.find(({ type }) => type === 'flwr-model');
      if (found === undefined) continue; // the poll is held
      const token = (await superExec.claim(found.taskId))!;
      const task = new TaskActor(clients, { runId, taskId: found.taskId, token });
      await task.input();
      const { messages } = await task.call(ServerAppIoService.pullTaskMessage, UNSAID);
      const [message] = messages;
      const text = textInRecord(message!, JSON_PLACE.record, JSON_PLACE.field)!;
      const asker = message!.metadata!.srcTaskId!;
      return new ModelActor(task, found.modelRef!, asker, JSON.parse(text));
    }
  }

  async tell(...events: readonly (readonly [event: string, data: object])[]): Promise<void> {
    await this.task.call(RuntimeService.pushTaskEvents, {
      events: events.map(([event, data]) => ({
        ...{ id: 0n, timestamp: '', runId: 0n, taskId: 0n },
        ...{ event, data: JSON.stringify(data) },
      })),
    });
  }

  /** Sends `text` as the answer and ends, as stock model processes do. */
  async answer(text: string): Promise<void> {
    const { message } = makeRecordMessage(
      { ...Message.fromPartial(this.task.messageTo(this.task)).metadata, dstTaskId: this.asker },
      { ...JSON_PLACE, text },
    );
    await this.task.call(RuntimeService.pushTaskMessage, { message });
    await this.task.output();
  }
}
