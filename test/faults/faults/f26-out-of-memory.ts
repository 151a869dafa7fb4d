import { randomBytes } from 'node:crypto';

import type { HouseholdReplica } from '../../support/household-replica';
import type { NodeActor } from '../../support/node-actor';
import { type DeflatedMessage, idsOf, makeInstruction, objectIdOf } from '../../support/objects';
import type { Scene } from '../fault';
import { MemoryLimit } from '../memory-limit';
import { SIGNS } from '../metrics-watch';
import { besideRuns, type SideRun } from '../side-run';

const MEBIBYTE = 1_048_576;
const MESSAGES = 4;
const PAYLOAD_BYTES = 16 * MEBIBYTE;

/** The replica of a run's new connection, by a call that nobody else makes amid a run. */
async function replicaOf(scene: Scene, side: SideRun): Promise<HouseholdReplica> {
  const serving = scene.watch.nth('Task/GetNodes', 1);
  side.reconnect();
  await side.task.nodes();
  return serving;
}

/**
 * Kills it as soon as it takes more memory, or where that cannot be had after a seeded object; says which. A replica
 * that has memory left from earlier uploads may take a whole message with it: then it is killed nevertheless.
 */
async function killAmidUpload(
  scene: Scene,
  victim: HouseholdReplica,
  firstSent: Promise<unknown>,
): Promise<string> {
  const more = scene.random.between(4, 12);
  const limit = MemoryLimit.on(victim.pid, more * MEBIBYTE);
  await (limit === undefined
    ? scene.watch.nth('Task/PushObject', scene.random.between(1, 2 * MESSAGES))
    : Promise.race([victim.ended(), firstSent]));
  if (victim.isRunning) victim.kill();
  await victim.ended();
  if (limit === undefined) return 'SIGKILL: no limit of memory can be set here';
  const { kills } = limit;
  limit.remove();
  return kills > 0
    ? `${kills} kills by the kernel, at ${more} MiB more`
    : `SIGKILL: ${more} MiB more were enough for a whole message`;
}

/** What differs from what was sent of the messages that a node gets. */
async function whatArrives(node: NodeActor, sent: readonly DeflatedMessage[]): Promise<string[]> {
  const awaited = new Set(sent.map(({ id }) => id));
  const broken: string[] = [];
  for (let left = sent.length; left > 0; left -= 1) {
    const { messagesList, messageObjectTrees } = await node.pull();
    const { messageId = '', runId = 0n } = messagesList[0]?.metadata ?? {};
    if (!awaited.delete(messageId))
      return [`after ${sent.length - left} messages came ${messageId}`];
    for (const id of messageObjectTrees.flatMap(idsOf)) {
      const { objectContent } = await node.pullObject(runId, id);
      if (objectIdOf(Buffer.from(objectContent)) !== id) broken.push(`object ${id} is another one`);
    }
    await node.confirm(runId, messageId);
  }
  return broken;
}

export const OUT_OF_MEMORY = besideRuns({
  id: 'F26',
  name: 'a replica is killed for want of memory amid an upload of 64 MiB',
  runs: 1,
  workSeconds: 5,
  shownBy: [SIGNS.newProcess],
  mostStallSeconds: 3,
  async inject(scene, sides) {
    const [side] = sides;
    const node = await side!.node();
    const instructions = Array.from({ length: MESSAGES }, () =>
      makeInstruction({
        runId: side!.runId,
        dstNodeId: node.nodeId,
        payload: randomBytes(PAYLOAD_BYTES),
      }),
    );
    await scene.moment();
    const victim = await replicaOf(scene, side!);
    const sends = instructions.map((instruction) => side!.task.send(instruction));
    const sent = Promise.all(sends);
    sent.catch(() => undefined); // told below
    scene.tell(await killAmidUpload(scene, victim, Promise.any(sends)));
    await victim.start();
    await sent;
    return whatArrives(node, instructions);
  },
});
