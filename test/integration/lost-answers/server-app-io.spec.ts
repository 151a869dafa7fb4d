import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { isOnThisWire } from '../../support/wire';
import { type LostAnswerCase, Stage, untilDefined } from './stage.fixture';
import { TASK_CASES } from './task-cases.fixture';

const LEASE_MILLISECONDS = 2_000;
const LONGEST_SECONDS = 5;
const NODE_1 = { nodeId: 1n };
/** "There is no such message, or its reply was taken": what a ServerApp is told of an id it has done with. */
const MESSAGE_UNAVAILABLE = 3n;

type MessageMethod = Exclude<keyof typeof ServerAppIoService, keyof typeof TASK_CASES>;

const MESSAGE_CASES: Readonly<Record<MessageMethod, LostAnswerCase>> = {
  getNodes: {
    duty: 'lists the same nodes',
    play: async (stage) => {
      const { nodes } = await stage.twiceByApp(ServerAppIoService.getNodes, {});
      expect(nodes.map(({ nodeId }) => nodeId)).toEqual(await stage.app.nodes());
      expect(nodes.map(({ nodeId }) => nodeId)).toContain(stage.node.nodeId);
    },
  },
  pushMessages: {
    duty: 'gives the same ids and asks for the same objects; the node gets each message once',
    play: async (stage) => {
      const sent = [stage.instruction(), stage.instruction()];
      const answer = await stage.twiceByApp(ServerAppIoService.pushMessages, {
        messagesList: sent.map(({ message }) => message),
        messageObjectTrees: sent.map(({ tree }) => tree),
      });
      expect(answer.messageIds).toEqual(sent.map(({ id }) => id));
      const objects = new Map(sent.flatMap((each) => [...each.objects]));
      expect(new Set(answer.objectsToPush)).toEqual(new Set(objects.keys()));
      for (const id of answer.objectsToPush) {
        expect(await stage.app.pushObject(id, objects.get(id)!, answer.sessionId)).toBe(true);
      }
      const got = [await stage.node.pullId(), await stage.node.pullId()];
      expect(new Set(got)).toEqual(new Set(answer.messageIds));
      expect(await stage.node.pullId()).toBeUndefined();
    },
  },
  pushObject: {
    duty: 'says stored for each object, and the message becomes whole',
    play: async (stage) => {
      const sent = stage.instruction();
      const { objectsToPush, sessionId } = await stage.app.push(sent);
      for (const objectId of objectsToPush) {
        const object = { objectId, objectContent: sent.objects.get(objectId)!, sessionId };
        const request = { node: NODE_1, runId: stage.app.runId, ...object };
        expect((await stage.twiceByApp(ServerAppIoService.pushObject, request)).stored).toBe(true);
      }
      expect(await stage.node.pullId()).toBe(sent.id);
    },
  },
  pullMessages: {
    duty: 'hands the reply out again from 2 s on; after its confirmation there is none any more',
    play: async (stage) => {
      const { instruction, reply } = await stage.replied();
      const handedOut = performance.now();
      const request = { messageIds: [instruction.id] };
      const early = await stage.twiceByApp(ServerAppIoService.pullMessages, request);
      expect(early.messagesList).toEqual([]);
      const again = await untilDefined(LONGEST_SECONDS, async () => {
        const { messagesList } = await stage.app.pull(instruction.id);
        return messagesList[0];
      });
      expect(performance.now() - handedOut).toBeGreaterThan(LEASE_MILLISECONDS);
      expect(again).toEqual(reply.message);
      await stage.app.confirm(reply.id);
      const [after] = (await stage.app.pull(instruction.id)).messagesList;
      expect(after?.error?.code).toBe(MESSAGE_UNAVAILABLE);
    },
  },
  pullObject: {
    duty: 'gives the same content',
    play: async (stage) => {
      const { reply } = await stage.replied();
      for (const [objectId, content] of reply.objects) {
        const request = { node: NODE_1, runId: stage.app.runId, objectId };
        const { objectContent } = await stage.twiceByApp(ServerAppIoService.pullObject, request);
        expect(objectContent.equals(content)).toBe(true);
      }
    },
  },
  confirmMessageReceived: {
    duty: 'succeeds; the reply is gone for good',
    play: async (stage) => {
      const { instruction, reply } = await stage.replied();
      expect((await stage.app.pull(instruction.id)).messagesList).toEqual([reply.message]);
      const request = { node: NODE_1, runId: stage.app.runId, messageObjectId: reply.id };
      await stage.twiceByApp(ServerAppIoService.confirmMessageReceived, request);
      const replies = 'select count(*) from reply where run_id = $1';
      expect(await stage.cluster.count(replies, [stage.ids.run])).toBe(0);
      const done = `select count(*) from instruction where run_id = $1 and done and message = ''`;
      expect(await stage.cluster.count(done, [stage.ids.run])).toBe(1);
      const [after] = (await stage.app.pull(instruction.id)).messagesList;
      expect(after?.error?.code).toBe(MESSAGE_UNAVAILABLE);
    },
  },
};

const CASES: Readonly<Record<string, LostAnswerCase>> = { ...TASK_CASES, ...MESSAGE_CASES };

describe('ServerAppIo: an answer is lost after the commit and the call sent again to another replica', () => {
  const cluster = useCluster();

  it('has a case for each method', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(ServerAppIoService).toSorted());
  });

  for (const [method, { duty, play }] of Object.entries(CASES)) {
    if (!isOnThisWire(ServerAppIoService[method as keyof typeof ServerAppIoService])) continue;
    it(`${method} ${duty}`, async () => {
      await play(await Stage.set(cluster));
    });
  }
});
