import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { Database, type Transaction } from '../database/database';
import { SuperLinkError } from '../errors/superlink-error';
import { PullAppMessagesResponse } from '../generated/flwr/proto/app_message';
import { type PushMessagesRequest, PushMessagesResponse } from '../generated/flwr/proto/fleet';
import { Message } from '../generated/flwr/proto/message';
import { ObjectTree } from '../generated/flwr/proto/object';
import { ObjectStoreService } from '../object-store/object-store.service';
import { flattenTree } from '../object-store/object-tree';
import { hold, type WaitingClient } from '../waiting/hold';
import { Wakeups } from '../waiting/wakeups';
import { runTimeOf } from '../wire/run-time';
import { checkCaller } from './check-caller';
import type { MadeMessage } from './error-message';
import type { InboxRow, InboxState } from './inbox.sql';
import {
  isWithinInstruction,
  pairWithTrees,
  type PushedMessage,
  whyInvalid,
  whyNoReply,
} from './message-rules';
import { type CallingNode, MessagesRepository, type ReplyTraffic } from './messages.repository';
import type { AnsweredRow, ClaimedReplyRow, VerdictRow } from './replies.sql';
import { repliesTopic } from './topics';
import { makeVerdictReply } from './verdict-reply';

const LOOK_EVERY_MILLISECONDS = 2_000;
const MOST_RUNS_KEPT = 10_000;
/** What every answer tells SuperNodes; none acts upon it. */
const RECONNECT_SECONDS = 5n;

/** What a task asks for. */
export interface PulledMessages {
  /** Messages whose replies it waits for. */
  readonly messageIds: readonly string[];
  /** Whether it knows what to do with instructions to itself: releases before 1.38 do not. */
  readonly isInboxWanted: boolean;
}

interface Delivered {
  readonly message: Message;
  readonly tree: ObjectTree;
}

/** Messages on their way from SuperNodes back to a ServerApp. */
@Injectable()
export class RepliesService {
  private readonly runs = new Map<string, bigint>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly objects: ObjectStoreService,
    private readonly wakeups: Wakeups,
  ) {}

  /**
   * Stores a node's reply. One that comes too late, twice or for nothing is dropped and the answer is OK all the
   * same, with nothing to push, as SuperNodes expect. Sent again it asks for what is still missing.
   */
  async push(
    node: CallingNode,
    request: PushMessagesRequest,
    requestBytes: number,
  ): Promise<PushMessagesResponse> {
    const [pushed] = pairWithTrees(
      request.messagesList.slice(0, 1),
      request.messageObjectTrees.slice(0, 1),
    );
    if (pushed === undefined) return answerPush('', [], '');
    const { messageId, runId, replyToMessageId } = pushed.metadata;
    const traffic = {
      requestBytes,
      runtimeSeconds: runTimeOf(request.clientappRuntimeList[0] ?? 0),
    };
    return this.database.transaction(async (tx) => {
      const answered = await this.messages.findAnswered(tx, node, runId, replyToMessageId);
      checkCaller(answered, 'RUN_STATUS_NOT_ALLOWED');
      if (!isAcceptable(pushed, node, answered)) return answerPush(messageId, [], '');
      return this.store(tx, node, pushed, traffic);
    });
  }

  /**
   * What there is to each of the messages that a ServerApp waits for: replies, or errors that the server makes up; and,
   * if wanted, what was sent to the run itself. Held until all can be answered; at the end of the hold what there is.
   */
  async pull(
    tokenHash: Buffer,
    { messageIds, isInboxWanted }: PulledMessages,
    client: WaitingClient,
  ): Promise<PullAppMessagesResponse> {
    const delivered = await hold(this.wakeups, {
      topic: repliesTopic(await this.runOf(tokenHash)),
      seconds: this.config.holds.serverAppSeconds,
      lookEveryMilliseconds: LOOK_EVERY_MILLISECONDS,
      client,
      look: async (isLast) => {
        const { verdicts, inbox } = await this.judge(tokenHash, messageIds);
        // it may have got and confirmed all of it elsewhere while this waited for the database: nothing is made up then
        if (client.gone.aborted) return [];
        const state = isInboxWanted ? inbox : 'empty';
        const isWhole = verdicts.every(isAnswerable) && state !== 'leased';
        if (!(isLast || isWhole || state === 'full')) return undefined;
        return this.take(tokenHash, verdicts, state === 'full', isLast);
      },
    });
    return PullAppMessagesResponse.fromPartial({
      messagesList: delivered?.map(({ message }) => message) ?? [],
      messageObjectTrees: delivered?.map(({ tree }) => tree) ?? [],
    });
  }

  /** Undefined: another call was faster, and its answer may be lost. */
  private async take(
    tokenHash: Buffer,
    verdicts: readonly VerdictRow[],
    isInboxFull: boolean,
    isLast: boolean,
  ): Promise<Delivered[] | undefined> {
    const own = isInboxFull ? await this.claimInbox(tokenHash) : [];
    if (isInboxFull && own.length === 0 && !isLast) return undefined;
    return [...own, ...(await this.deliver(tokenHash, verdicts))];
  }

  private async claimInbox(tokenHash: Buffer): Promise<Delivered[]> {
    return (await this.messages.claimInbox(tokenHash)).map(toDelivered);
  }

  /** The task has all of a reply, or of an instruction to itself. Repeatable. */
  async confirm(tokenHash: Buffer, messageId: string): Promise<void> {
    checkCaller(await this.messages.confirmReply(tokenHash, messageId), 'ENDPOINT_REFUSED');
  }

  private async store(
    tx: Transaction,
    node: CallingNode,
    pushed: PushedMessage,
    traffic: ReplyTraffic,
  ): Promise<PushMessagesResponse> {
    const { runId, messageId } = pushed.metadata;
    const topics = [repliesTopic(runId)];
    const objects = new Map<string, readonly string[]>();
    flattenTree(pushed.tree, objects);
    const opened = await this.objects.register(tx, {
      runId,
      pusherNodeId: node.nodeId,
      objects,
      onComplete: topics,
    });
    const wake = opened.missing.length === 0 ? topics : [];
    const call = { runId, sessionId: opened.sessionId, wake };
    const stored = await this.messages.storeReply(tx, call, pushed, traffic);
    if (stored === undefined) {
      throw new SuperLinkError('INVALID_MESSAGE', 'Its id is that of another message.');
    }
    const older = stored.is_new || stored.session_id === null ? [] : [stored.session_id];
    const session = await this.objects.goOn(tx, opened, older, objects);
    return answerPush(messageId, session.missing, session.sessionId);
  }

  /** The run of a token, asked for once: it never changes, and whether the token is alive each look asks anew. */
  private async runOf(tokenHash: Buffer): Promise<bigint> {
    const key = tokenHash.toString('latin1');
    const known = this.runs.get(key);
    if (known !== undefined) return known;
    const [row] = await this.messages.judge(tokenHash, []);
    checkCaller(row, 'ENDPOINT_REFUSED');
    if (this.runs.size >= MOST_RUNS_KEPT) this.runs.clear();
    const runId = row.run_id ?? 0n;
    this.runs.set(key, runId);
    return runId;
  }

  private async judge(
    tokenHash: Buffer,
    messageIds: readonly string[],
  ): Promise<{ verdicts: VerdictRow[]; inbox: InboxState }> {
    const rows = await this.messages.judge(tokenHash, messageIds);
    checkCaller(rows[0], 'ENDPOINT_REFUSED');
    return { verdicts: rows.filter((row) => row.message_id !== null), inbox: rows[0].inbox };
  }

  private async deliver(tokenHash: Buffer, verdicts: readonly VerdictRow[]): Promise<Delivered[]> {
    const there = verdicts.filter(({ verdict }) => verdict === 'reply');
    const failed = verdicts.filter((row) => isAnswerable(row) && row.verdict !== 'reply');
    const ids = there.flatMap(({ message_id }) => message_id ?? []);
    const rows = ids.length === 0 ? [] : await this.messages.claimReplies(tokenHash, ids);
    return [...rows.map(toDelivered), ...(failed.length === 0 ? [] : await this.makeUp(failed))];
  }

  /** Makes up error replies; where somebody else has answered meanwhile, theirs stands. */
  private async makeUp(failed: readonly VerdictRow[]): Promise<Delivered[]> {
    const [{ run_id: runId, now } = { run_id: null, now: 0 }] = failed;
    if (runId === null) return [];
    const made = new Map<string, MadeMessage>();
    for (const row of failed) {
      const reply = makeVerdictReply(row, runId);
      made.set(reply.messageId, reply);
    }
    const stored = await this.database.transaction(async (tx) => {
      const ids = failed.flatMap(({ message_id }) => message_id ?? []);
      await this.messages.dropUselessReplies(tx, runId, ids);
      const kept = await this.messages.storeMadeReplies(tx, runId, now, [...made.values()]);
      const own = [...made.values()].filter(({ messageId }) => kept.has(messageId));
      await this.objects.storeOwn(
        tx,
        runId,
        own.flatMap(({ objects }) => objects),
      );
      return own;
    });
    return stored.map(({ message, messageId }) => ({
      message,
      tree: { objectId: messageId, children: [] },
    }));
  }
}

function toDelivered(row: ClaimedReplyRow | InboxRow): Delivered {
  return { message: Message.decode(row.message), tree: ObjectTree.decode(row.object_tree) };
}

function isAnswerable({ verdict }: VerdictRow): boolean {
  return verdict !== 'waiting' && verdict !== 'leased';
}

function isAcceptable(pushed: PushedMessage, node: CallingNode, row: AnsweredRow): boolean {
  const { metadata } = pushed;
  if (row.expires_at === null || row.dst_node_id !== node.nodeId) return false;
  return (
    whyInvalid(pushed, row.now) === undefined &&
    whyNoReply(metadata, node.nodeId) === undefined &&
    row.expires_at > row.now &&
    isWithinInstruction(metadata, row.expires_at) &&
    (row.answered_by === null || row.answered_by === metadata.messageId)
  );
}

function answerPush(
  messageId: string,
  missing: readonly string[],
  sessionId: string,
): PushMessagesResponse {
  return {
    reconnect: { reconnect: RECONNECT_SECONDS },
    results: new Map([[messageId, 0]]),
    objectsToPush: [...missing],
    sessionId,
  };
}
