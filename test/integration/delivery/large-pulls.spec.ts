import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { makeInstruction } from '../../support/objects';
import { TaskActor } from '../../support/task-actor';

const MEBIBYTE = 1024 * 1024;
const MODEL_BYTES = 30 * MEBIBYTE;
/** Twice what may be on its way to clients together: 192 MiB. */
const PULLS = 14;
const AT_ONCE = 5;
/** Who gave its room back only after its time would make others wait for 10 s, twice. */
const SOON_MILLISECONDS = 15_000;

describe('a model that is larger than what may be on its way at once, all pulls together', () => {
  const cluster = useCluster({ count: 1 });

  it.each([
    ['one after the other', 1],
    ['five at a time', AT_ONCE],
  ])('reaches every client, %s', async (_, atOnce) => {
    const app = await TaskActor.running(cluster.clients);
    const node = await NodeActor.online(cluster.clients);
    const payload = Buffer.alloc(MODEL_BYTES, app.token);
    const model = makeInstruction({ runId: app.runId, dstNodeId: node.nodeId, payload });
    await app.send(model);
    const [largest] = [...model.objects].sort(([, one], [, other]) => other.length - one.length);
    const [id, content] = largest!;

    const asked = performance.now();
    let left = PULLS;
    const pullOn = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { objectContent } = await node.pullObject(app.runId, id);
        expect(objectContent.equals(content)).toBe(true);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, pullOn));
    expect((await app.pullObject(id)).objectContent.equals(content)).toBe(true);
    expect(performance.now() - asked).toBeLessThan(SOON_MILLISECONDS);
  });
});
