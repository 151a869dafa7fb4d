import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { Database, type Transaction } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import {
  type PushAppMessagesRequest,
  PushAppMessagesResponse,
} from '../generated/flwr/proto/app_message';
import { PullMessagesResponse } from '../generated/flwr/proto/fleet';
import { Message } from '../generated/flwr/proto/message';
import { ObjectTree } from '../generated/flwr/proto/object';
import { ObjectStoreService, type OpenedSession } from '../object-store/object-store.service';
import { flattenTree, type FlatTree } from '../object-store/object-tree';
import { hold, type WaitingClient } from '../waiting/hold';
import { Wakeups } from '../waiting/wakeups';
import { checkCaller } from './check-caller';
import type { ClaimedInstructionRow, StoredInstructionRow } from './instructions.sql';
import { pairWithTrees, type PushedMessage, whyInvalid, whyNoInstruction } from './message-rules';
import { type CallingNode, MessagesRepository } from './messages.repository';
import { instructionTopic, nodeTopic } from './topics';

/** Messages on their way from a ServerApp to SuperNodes. */
@Injectable()
export class InstructionsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly objects: ObjectStoreService,
    private readonly wakeups: Wakeups,
  ) {}

  /**
   * Stores a ServerApp's messages; three statements, whatever their number. Ids come back in order, "" for those that
   * cannot be delivered (unknown, never activated or unregistered node). A malformed one fails the whole call and
   * nothing is stored. Sent again it asks for what is still missing, in the session of the first time, and for nothing of
   * what its node has taken.
   */
  async push(tokenHash: Buffer, request: PushAppMessagesRequest): Promise<PushAppMessagesResponse> {
    const pushed = pairWithTrees(request.messagesList, request.messageObjectTrees);
    return this.database.transaction(async (tx) => {
      const sender = await this.messages.findSender(tx, tokenHash, pushed);
      checkCaller(sender, 'ENDPOINT_REFUSED');
      const runId = sender.run_id;
      if (runId === null) throw new SuperLinkError('UNAUTHENTICATED');
      for (const each of pushed) checkPushed(each, runId, sender.now);
      const live = new Set(sender.live_nodes?.map((id) => BigInt.asUintN(64, BigInt(id))));
      const taken = new Set(sender.taken);
      const accepted = pushed.filter(
        ({ metadata }) => live.has(metadata.dstNodeId) && !taken.has(metadata.messageId),
      );
      const { stored, missing, sessionId } = await this.store(tx, runId, accepted);
      const isIn = ({ metadata }: PushedMessage): boolean =>
        stored.has(metadata.messageId) || taken.has(metadata.messageId);
      return PushAppMessagesResponse.fromPartial({
        messageIds: pushed.map((each) => (isIn(each) ? each.metadata.messageId : '')),
        objectsToPush: [...missing],
        sessionId,
      });
    });
  }

  /** The next message for a node, held back until there is one or the hold is over; then empty. */
  async pull(
    node: CallingNode,
    requestBytes: number,
    client: WaitingClient,
  ): Promise<PullMessagesResponse> {
    const answer = await hold(this.wakeups, {
      topic: nodeTopic(node.nodeId),
      seconds: this.config.holds.nodeSeconds,
      client,
      look: async () => this.claim(node, requestBytes),
    });
    return answer ?? PullMessagesResponse.fromPartial({});
  }

  /** The node has all of the message. Unknown, foreign or confirmed before: nothing changes. */
  async confirm(node: CallingNode, runId: bigint, messageId: string): Promise<void> {
    const row = await this.messages.confirmInstruction(node, runId, messageId);
    checkCaller(row, 'RUN_STATUS_NOT_ALLOWED');
  }

  private async claim(
    node: CallingNode,
    requestBytes: number,
  ): Promise<PullMessagesResponse | undefined> {
    const row = await this.messages.claimInstruction(node, requestBytes);
    if (!row.known) throw new SuperLinkError('UNAUTHENTICATED', 'The key is not of this node.');
    return toAnswer(row);
  }

  private async store(
    tx: Transaction,
    runId: bigint,
    messages: readonly PushedMessage[],
  ): Promise<OpenedSession & { stored: Set<string> }> {
    const objects = new Map<string, readonly string[]>();
    for (const { tree } of messages) flattenTree(tree, objects);
    const topics = [
      ...new Set(messages.map(({ metadata }) => instructionTopic(runId, metadata.dstNodeId))),
    ];
    const opened = await this.objects.register(tx, {
      runId,
      pusherNodeId: 1n,
      objects,
      onComplete: topics,
    });
    const { sessionId } = opened;
    const wake = opened.missing.length === 0 ? topics : [];
    const distinct = new Map(messages.map((each) => [each.metadata.messageId, each]));
    const stored = await this.messages.storeInstructions(
      tx,
      { runId, sessionId, wake },
      [...distinct.values()].map((each) => ({ ...each, answerBytes: answerBytesOf(each) })),
    );
    const session = await this.goOn(tx, opened, stored, objects);
    return { ...session, stored: new Set(stored.map((row) => row.message_id)) };
  }

  /** The session to push in: that of a call before, if this one was sent again. */
  private async goOn(
    tx: Transaction,
    opened: OpenedSession,
    stored: readonly StoredInstructionRow[],
    objects: FlatTree,
  ): Promise<OpenedSession> {
    const known = stored.filter((row) => !row.is_new);
    const older = [...new Set(known.flatMap(({ session_id }) => session_id ?? []))];
    const session = await this.objects.goOn(tx, opened, older, objects);
    if (session.sessionId !== opened.sessionId && known.length < stored.length) {
      await this.messages.moveInstructions(tx, opened.sessionId, session.sessionId);
    }
    return session;
  }
}

function checkPushed(pushed: PushedMessage, runId: bigint, now: number): void {
  const why = whyInvalid(pushed, now) ?? whyNoInstruction(pushed.metadata);
  if (why !== undefined) throw new SuperLinkError('INVALID_MESSAGE', why);
  if (pushed.metadata.runId !== runId) throw new SuperLinkError('MESSAGE_RUN_MISMATCH');
}

function toAnswer(row: ClaimedInstructionRow): PullMessagesResponse | undefined {
  if (row.message === null || row.object_tree === null) return undefined;
  return answerWith(Message.decode(row.message), ObjectTree.decode(row.object_tree));
}

function answerWith(message: Message, tree: ObjectTree): PullMessagesResponse {
  return { reconnect: undefined, messagesList: [message], messageObjectTrees: [tree] };
}

function answerBytesOf({ message, tree }: PushedMessage): number {
  return PullMessagesResponse.encode(answerWith(message, tree)).finish().length;
}
