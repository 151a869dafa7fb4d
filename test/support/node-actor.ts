import { generateKeyPairSync, sign } from 'node:crypto';

import type {
  PullMessagesResponse,
  PushMessagesRequest,
  PushMessagesResponse,
} from '../../src/generated/flwr/proto/fleet';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import type { PullObjectResponse } from '../../src/generated/flwr/proto/object';
import type { GetRunResponse } from '../../src/generated/flwr/proto/run';
import { type DeflatedMessage, idsOf } from './objects';
import type { Headers, RpcClients, UnaryMethod } from './rpc-clients';

const HEARTBEAT_INTERVAL_SECONDS = 30;

/** The requests that a SuperNode makes, for tests that send them by themselves. */
export class NodeRequests {
  constructor(
    readonly publicKey: Buffer,
    readonly nodeId: bigint,
  ) {}

  get node(): { nodeId: bigint } {
    return { nodeId: this.nodeId };
  }

  push(reply: DeflatedMessage, runtimeSeconds = 0): PushMessagesRequest {
    return {
      node: this.node,
      messagesList: [reply.message],
      messageObjectTrees: [reply.tree],
      clientappRuntimeList: [runtimeSeconds],
    };
  }
}

/** A SuperNode with a P-384 key of its own that signs as stock ones do. */
export class NodeActor {
  readonly publicKey: Buffer;
  /** 0 until it is registered. */
  nodeId = 0n;

  constructor(
    readonly clients: RpcClients,
    private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ) {
    this.publicKey = Buffer.from(keys.publicKey.export({ type: 'spki', format: 'pem' }));
  }

  /** A registered and online SuperNode. */
  static async online(clients: RpcClients): Promise<NodeActor> {
    const actor = new NodeActor(clients);
    await actor.register();
    await actor.activate();
    return actor;
  }

  /** The same node, calling through other replicas. */
  through(clients: RpcClients): NodeActor {
    const actor = new NodeActor(clients, this.keys);
    actor.nodeId = this.nodeId;
    return actor;
  }

  /** Its signature over the time, fresh for each call. */
  headers(): Headers {
    const timestamp = new Date().toISOString().replace('Z', '000+00:00');
    return {
      'flwr-public-key-bin': this.publicKey,
      'flwr-timestamp': timestamp,
      'flwr-signature-bin': sign('sha256', Buffer.from(timestamp, 'ascii'), this.keys.privateKey),
    };
  }

  /** Any call of Fleet, signed. */
  call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    clients = this.clients,
  ): Promise<Response> {
    return clients.call(method, request, this.headers());
  }

  get requests(): NodeRequests {
    return new NodeRequests(this.publicKey, this.nodeId);
  }

  async register(): Promise<bigint> {
    const { publicKey } = this;
    ({ nodeId: this.nodeId } = await this.call(FleetService.registerNode, { publicKey }));
    return this.nodeId;
  }

  async activate(heartbeatInterval = HEARTBEAT_INTERVAL_SECONDS): Promise<bigint> {
    const request = { publicKey: this.publicKey, heartbeatInterval };
    return (await this.call(FleetService.activateNode, request)).nodeId;
  }

  async heartbeat(heartbeatInterval = HEARTBEAT_INTERVAL_SECONDS): Promise<boolean> {
    const request = { node: this.requests.node, heartbeatInterval };
    return (await this.call(FleetService.sendNodeHeartbeat, request)).success;
  }

  async deactivate(): Promise<void> {
    await this.call(FleetService.deactivateNode, { nodeId: this.nodeId });
  }

  async unregister(): Promise<void> {
    await this.call(FleetService.unregisterNode, { nodeId: this.nodeId });
  }

  async pull(): Promise<PullMessagesResponse> {
    return this.call(FleetService.pullMessages, { node: this.requests.node, messageIds: [] });
  }

  /** The id of the message that a pull gives, if any. */
  async pullId(): Promise<string | undefined> {
    return (await this.pull()).messagesList[0]?.metadata?.messageId;
  }

  async getRun(runId: bigint): Promise<GetRunResponse> {
    return this.call(FleetService.getRun, { node: this.requests.node, runId });
  }

  async push(reply: DeflatedMessage, runtimeSeconds = 0): Promise<PushMessagesResponse> {
    return this.call(FleetService.pushMessages, this.requests.push(reply, runtimeSeconds));
  }

  async pushObject(
    runId: bigint,
    objectId: string,
    content: Buffer,
    sessionId: string,
  ): Promise<boolean> {
    const object = { node: this.requests.node, runId, objectId, objectContent: content, sessionId };
    return (await this.call(FleetService.pushObject, object)).stored;
  }

  async pullObject(runId: bigint, objectId: string): Promise<PullObjectResponse> {
    return this.call(FleetService.pullObject, { node: this.requests.node, runId, objectId });
  }

  async confirm(runId: bigint, messageObjectId: string): Promise<void> {
    const request = { node: this.requests.node, runId, messageObjectId };
    await this.call(FleetService.confirmMessageReceived, request);
  }

  /** Pulls, takes all objects and confirms, as a SuperNode does with each message. */
  async receive(): Promise<PullMessagesResponse> {
    const pulled = await this.pull();
    const { messageId = '', runId = 0n } = pulled.messagesList[0]?.metadata ?? {};
    for (const id of pulled.messageObjectTrees.flatMap(idsOf)) await this.pullObject(runId, id);
    if (messageId !== '') await this.confirm(runId, messageId);
    return pulled;
  }

  /** Pushes a reply with all the objects that are asked for. */
  async send(reply: DeflatedMessage, runtimeSeconds = 0): Promise<void> {
    const { objectsToPush, sessionId } = await this.push(reply, runtimeSeconds);
    const { runId } = reply.message.metadata!;
    for (const id of objectsToPush) {
      await this.pushObject(runId, id, reply.objects.get(id)!, sessionId);
    }
  }
}
