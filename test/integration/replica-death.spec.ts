import { useCluster } from '../support/cluster';
import { NodeActor } from '../support/node-actor';
import { makeInstruction, makeReply } from '../support/objects';
import { outcomeOf } from '../support/rpc-clients';
import { TaskActor } from '../support/task-actor';

const MIB = 2 ** 20;
const PUSHES = 16;
/** Below the shortest lease of 30 s: what the dead replica had begun must not be waited for. */
const SOON_MILLISECONDS = 25_000;

describe('a replica that is killed in the middle of calls', () => {
  const cluster = useCluster();

  it('leaves no lock and no half of anything to the other one', async () => {
    const [here, there] = [cluster.connect([0]), cluster.connect([1])];
    const app = await TaskActor.running(here);
    const nodes = await Promise.all(Array.from({ length: PUSHES }, () => NodeActor.online(here)));
    const sent = nodes.map(({ nodeId }) =>
      makeInstruction({ runId: app.runId, dstNodeId: nodeId, payload: Buffer.alloc(MIB, 7) }),
    );
    const calls = [
      ...sent.map((message) => outcomeOf(app.send(message))),
      ...nodes.map((node) => outcomeOf(node.receive())),
    ];
    await Promise.race(calls); // some are done, the others under way
    await cluster.replicas[0]!.kill();
    const outcomes = await Promise.all(calls);
    expect(outcomes).toContain('UNAVAILABLE');
    expect(new Set([...outcomes, 'OK', 'UNAVAILABLE'])).toEqual(new Set(['OK', 'UNAVAILABLE']));

    const began = performance.now();
    const again = app.through(there);
    expect(await again.send(...sent)).toEqual(sent.map(({ id }) => id));
    const survivors = nodes.map((node) => node.through(there));
    await cluster.query(`update instruction set handed_out_at = null where confirmed_at is null`);
    for (const [index, node] of survivors.entries()) {
      const { messagesList } = await node.receive();
      expect([[], [sent[index]!.message]]).toContainEqual(messagesList);
      await node.send(makeReply(sent[index]!.message));
      expect(await node.pullId()).toBeUndefined();
    }
    const ids = sent.map(({ id }) => id);
    const { messagesList } = await again.pull(...ids);
    const answered = messagesList.map(({ metadata }) => metadata?.replyToMessageId);
    expect(new Set(answered)).toEqual(new Set(ids));
    expect(messagesList.filter(({ error }) => error !== undefined)).toEqual([]);
    await again.output();
    expect(performance.now() - began).toBeLessThan(SOON_MILLISECONDS);
  });
});
