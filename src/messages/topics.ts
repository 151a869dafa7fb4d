import type { Topic } from '../waiting/wakeups';
import { SUPERLINK_NODE_ID } from '../wire/ids';

/** Woken when node `nodeId` may have something to pull. */
export function nodeTopic(nodeId: bigint): Topic {
  return `node:${String(nodeId)}`;
}

/** Woken when an instruction of run `runId` to node `nodeId` may have become whole: to the SuperLink's own, its run. */
export function instructionTopic(runId: bigint, nodeId: bigint): Topic {
  return nodeId === SUPERLINK_NODE_ID ? repliesTopic(runId) : nodeTopic(nodeId);
}

/** Woken when a reply for run `runId` may have become whole. */
export function repliesTopic(runId: bigint): Topic {
  return `replies:${String(runId)}`;
}
