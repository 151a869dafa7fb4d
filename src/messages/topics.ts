import type { Topic } from '../waiting/wakeups';

/** Woken when node `nodeId` may have something to pull. */
export function nodeTopic(nodeId: bigint): Topic {
  return `node:${String(nodeId)}`;
}

/** Woken when a reply for run `runId` may have become whole. */
export function repliesTopic(runId: bigint): Topic {
  return `replies:${String(runId)}`;
}
