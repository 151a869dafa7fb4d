import { type AnswerScanner, Http1Scanner, Http2Scanner } from '../../support/answer-scanners';
import { AnswerSwallowingProxy } from '../../support/answer-swallowing-proxy';
import type { Cluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import {
  type DeflatedMessage,
  makeInstruction,
  makeReply,
  type MessageFacts,
} from '../../support/objects';
import { type Headers, outcomeOf, type UnaryMethod } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';
import { connectTo, portOf, WIRE } from '../../support/wire';

/** One case: what a method owes when its answer was lost and the call is sent again. */
export interface LostAnswerCase {
  readonly duty: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** Two replicas, a node that is online, and a ServerApp that runs. */
export class Stage {
  private constructor(
    readonly cluster: Cluster,
    readonly node: NodeActor,
    readonly app: TaskActor,
  ) {}

  static async set(cluster: Cluster): Promise<Stage> {
    const node = await NodeActor.online(cluster.clients);
    const app = await TaskActor.running(cluster.clients);
    return new Stage(cluster, node, app);
  }

  /** Ids as the database has them: the same bits with a sign. */
  get ids(): { readonly run: bigint; readonly node: bigint; readonly task: bigint } {
    const { runId, taskId } = this.app;
    const [run, node, task] = [runId, this.node.nodeId, taskId].map((id) => BigInt.asIntN(64, id));
    return { run: run!, node: node!, task: task! };
  }

  /** A message to the node, without its objects yet. */
  instruction(facts: MessageFacts = {}): DeflatedMessage {
    return makeInstruction({ runId: this.app.runId, dstNodeId: this.node.nodeId, ...facts });
  }

  /** A whole message that waits for the node. */
  async sent(): Promise<{ instruction: DeflatedMessage }> {
    const instruction = this.instruction();
    await this.app.send(instruction);
    return { instruction };
  }

  /** A whole message at the node, and the node's reply, which is not sent yet. */
  async delivered(): Promise<{ instruction: DeflatedMessage; reply: DeflatedMessage }> {
    const { instruction } = await this.sent();
    await this.node.receive();
    return { instruction, reply: makeReply(instruction.message) };
  }

  /** The same with a whole reply, which waits for the ServerApp. */
  async replied(): Promise<{ instruction: DeflatedMessage; reply: DeflatedMessage }> {
    const exchange = await this.delivered();
    await this.node.send(exchange.reply);
    return exchange;
  }

  /** Calls the first replica, whose answer is lost after it was given: it must have been a message. */
  async lose<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers,
  ): Promise<void> {
    expect(await this.loseAny(method, request, headers)).toBe(true);
  }

  /** Loses the first replica's answer, then calls the second one; headers are made anew, as clients do. */
  async twice<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: () => Headers,
  ): Promise<Response> {
    await this.lose(method, request, headers());
    return this.again(method, request, headers());
  }

  /** As `twice`, by the node. */
  async twiceByNode<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return this.twice(method, request, () => this.node.headers());
  }

  /** As `twice`, by the ServerApp. */
  async twiceByApp<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return this.twice(method, request, () => this.app.headers);
  }

  /** For calls that are refused: the refusal is lost, and the second replica's is told. */
  async refusedTwice<Request>(
    method: UnaryMethod<Request, unknown>,
    request: Request,
    headers: Headers,
  ): Promise<string> {
    expect(await this.loseAny(method, request, headers)).toBe(false);
    return outcomeOf(this.again(method, request, headers));
  }

  /** The call to the second replica. */
  async again<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers,
  ): Promise<Response> {
    const clients = this.cluster.connect([1]);
    try {
      return await clients.call(method, request, headers);
    } finally {
      clients.close();
    }
  }

  private async loseAny<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers,
  ): Promise<boolean> {
    const { addresses } = this.cluster.replicas[0]!;
    const port = portOf(method);
    const proxy = await AnswerSwallowingProxy.before(addresses[port], newScanner);
    const clients = connectTo([{ ...addresses, [port]: proxy.address }]);
    try {
      await clients.connected(method);
      const lost = proxy.arm();
      expect(await outcomeOf(clients.call(method, request, headers))).toBe('UNAVAILABLE');
      return (await lost).hasMessage;
    } finally {
      clients.close();
      await proxy.close();
    }
  }
}

function newScanner(): AnswerScanner {
  return WIRE === 'http' ? new Http1Scanner() : new Http2Scanner();
}

/** Asks again and again, as pollers do, until there is an answer; throws after `seconds`. */
export async function untilDefined<Result>(
  seconds: number,
  ask: () => Promise<Result | undefined>,
): Promise<Result> {
  return vi.waitFor(
    async () => {
      const result = await ask();
      if (result === undefined) throw new TypeError('still nothing');
      return result;
    },
    { timeout: seconds * 1000, interval: 100 },
  );
}
