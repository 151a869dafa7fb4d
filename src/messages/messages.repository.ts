import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '../database/database';
import { Message } from '../generated/flwr/proto/message';
import { ObjectTree } from '../generated/flwr/proto/object';
import type { Signer } from '../rpc/rpc-call';
import { toInt8 } from '../wire/ids';
import type { MadeMessage } from './error-message';
import { CLAIM_INBOX, type InboxRow } from './inbox.sql';
import {
  type CallerRow,
  CLAIM_INSTRUCTION,
  type ClaimedInstructionRow,
  CONFIRM_INSTRUCTION,
  FIND_NODES_TO_WAKE,
  FIND_SENDER,
  MOVE_INSTRUCTIONS,
  type SenderRow,
  STORE_INSTRUCTIONS,
  type StoredInstructionRow,
} from './instructions.sql';
import { MessageMetrics } from './message-metrics';
import type { PushedMessage } from './message-rules';
import {
  type AnsweredRow,
  CLAIM_REPLIES,
  type ClaimedReplyRow,
  CONFIRM_REPLY,
  DROP_USELESS_REPLIES,
  FIND_ANSWERED_INSTRUCTION,
  JUDGE_MESSAGES,
  STORE_MADE_REPLIES,
  STORE_REPLY,
  type StoredReplyRow,
  type VerdictRow,
} from './replies.sql';

export interface CallingNode {
  readonly nodeId: bigint;
  readonly signer: Signer;
}

/** Where pushed messages go: run, push session, and topics to wake at once. */
export interface StoringCall {
  readonly runId: bigint;
  /** Null: all objects are there. */
  readonly sessionId: string | null;
  readonly wake: readonly string[];
}

export interface StoredInstruction extends PushedMessage {
  /** Size of the PullMessages answer that will carry it. */
  readonly answerBytes: number;
}

/** What is counted of a reply. */
export interface ReplyTraffic {
  readonly requestBytes: number;
  readonly runtimeSeconds: number;
}

@Injectable()
export class MessagesRepository {
  constructor(
    private readonly database: Database,
    private readonly metrics: MessageMetrics,
  ) {}

  async claimInstruction(node: CallingNode, requestBytes: number): Promise<ClaimedInstructionRow> {
    const values = [toInt8(node.nodeId), node.signer, requestBytes];
    const [row] = await this.database.query<ClaimedInstructionRow>(CLAIM_INSTRUCTION, values);
    if ((row?.hand_outs ?? 0) > 1) this.metrics.redelivered('node', 1);
    return row ?? { known: false, message: null, object_tree: null, hand_outs: null };
  }

  /** Those of the nodes that have something to pull. */
  async findNodesToWake(nodeIds: readonly bigint[]): Promise<bigint[]> {
    const rows = await this.database.query<{ node_id: bigint }>(FIND_NODES_TO_WAKE, [
      nodeIds.map(toInt8),
    ]);
    return rows.map((row) => row.node_id);
  }

  async confirmInstruction(
    node: CallingNode,
    runId: bigint,
    messageId: string,
  ): Promise<CallerRow | undefined> {
    const values = [toInt8(node.nodeId), node.signer, toInt8(runId), messageId];
    const [row] = await this.database.query<CallerRow>(CONFIRM_INSTRUCTION, values);
    return row;
  }

  async findSender(
    tx: Transaction,
    tokenHash: Buffer,
    messages: readonly PushedMessage[],
  ): Promise<SenderRow | undefined> {
    const destinations = [...new Set(messages.map(({ metadata }) => metadata.dstNodeId))];
    const ids = messages.map(({ metadata }) => metadata.messageId);
    const values = [tokenHash, destinations.map(toInt8), ids];
    const [row] = await tx.query<SenderRow>(FIND_SENDER, values);
    return row;
  }

  /** The messages that are stored now, by this call or an earlier one; one of another run with the same id is left out. */
  async storeInstructions(
    tx: Transaction,
    call: StoringCall,
    messages: readonly StoredInstruction[],
  ): Promise<StoredInstructionRow[]> {
    return tx.query<StoredInstructionRow>(STORE_INSTRUCTIONS, [
      toInt8(call.runId),
      call.sessionId,
      call.wake,
      messages.map(({ metadata }) => metadata.messageId),
      messages.map(({ metadata }) => toInt8(metadata.dstNodeId)),
      messages.map(({ metadata }) => metadata.createdAt),
      messages.map(({ metadata }) => metadata.createdAt + metadata.ttl),
      messages.map(({ metadata }) => metadata.groupId),
      messages.map(({ metadata }) => metadata.messageType),
      messages.map(({ message }) => encodedMessage(message)),
      messages.map(({ tree }) => encodedTree(tree)),
      messages.map(({ answerBytes }) => answerBytes),
    ]);
  }

  async moveInstructions(tx: Transaction, fromSession: string, toSession: string): Promise<void> {
    await tx.query(MOVE_INSTRUCTIONS, [fromSession, toSession]);
  }

  async findAnswered(
    tx: Transaction,
    node: CallingNode,
    runId: bigint,
    instructionId: string,
  ): Promise<AnsweredRow | undefined> {
    const values = [toInt8(node.nodeId), node.signer, toInt8(runId), instructionId];
    const [row] = await tx.query<AnsweredRow>(FIND_ANSWERED_INSTRUCTION, values);
    return row;
  }

  /** Undefined if there is a reply with this id to something else: then nothing was stored. */
  async storeReply(
    tx: Transaction,
    call: StoringCall,
    { message, metadata, tree }: PushedMessage,
    traffic: ReplyTraffic,
  ): Promise<StoredReplyRow | undefined> {
    const [row] = await tx.query<StoredReplyRow>(STORE_REPLY, [
      metadata.messageId,
      metadata.replyToMessageId,
      toInt8(call.runId),
      toInt8(metadata.srcNodeId),
      metadata.createdAt,
      metadata.createdAt + metadata.ttl,
      encodedMessage(message),
      encodedTree(tree),
      call.sessionId,
      traffic.requestBytes,
      call.wake,
      traffic.runtimeSeconds,
    ]);
    return row;
  }

  async judge(tokenHash: Buffer, messageIds: readonly string[]): Promise<VerdictRow[]> {
    return this.database.query<VerdictRow>(JUDGE_MESSAGES, [tokenHash, messageIds]);
  }

  async claimReplies(tokenHash: Buffer, messageIds: readonly string[]): Promise<ClaimedReplyRow[]> {
    const values = [tokenHash, messageIds];
    return this.counted(await this.database.query<ClaimedReplyRow>(CLAIM_REPLIES, values));
  }

  async claimInbox(tokenHash: Buffer): Promise<InboxRow[]> {
    return this.counted(await this.database.query<InboxRow>(CLAIM_INBOX, [tokenHash]));
  }

  async dropUselessReplies(
    tx: Transaction,
    runId: bigint,
    messageIds: readonly string[],
  ): Promise<void> {
    await tx.query(DROP_USELESS_REPLIES, [toInt8(runId), messageIds]);
  }

  /** Ids of those replies that were stored: nobody else had answered their messages. */
  async storeMadeReplies(
    tx: Transaction,
    runId: bigint,
    now: number,
    made: readonly MadeMessage[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ message_id: string }>(STORE_MADE_REPLIES, [
      toInt8(runId),
      now,
      made.map(({ messageId }) => messageId),
      made.map(({ message }) => message.metadata?.replyToMessageId ?? ''),
      made.map(({ message }) => encodedMessage(message)),
      made.map(({ messageId }) => encodedTree({ objectId: messageId, children: [] })),
    ]);
    return new Set(rows.map((row) => row.message_id));
  }

  async confirmReply(tokenHash: Buffer, messageId: string): Promise<CallerRow | undefined> {
    const [row] = await this.database.query<CallerRow>(CONFIRM_REPLY, [tokenHash, messageId]);
    return row;
  }

  private counted<Row extends { readonly is_again: boolean }>(rows: Row[]): Row[] {
    const again = rows.filter((row) => row.is_again).length;
    if (again > 0) this.metrics.redelivered('serverapp', again);
    return rows;
  }
}

function encodedMessage(message: Message): Buffer {
  return Buffer.from(Message.encode(message).finish());
}

function encodedTree(tree: ObjectTree): Buffer {
  return Buffer.from(ObjectTree.encode(tree).finish());
}
