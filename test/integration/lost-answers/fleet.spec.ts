import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { useCluster } from '../../support/cluster';
import { TINY_FAB_HASH } from '../../support/fab';
import { NodeActor } from '../../support/node-actor';
import { outcomeOf } from '../../support/rpc-clients';
import { TRAFFIC_OF_RUN } from '../../support/traffic';
import { type LostAnswerCase, Stage, untilDefined } from './stage.fixture';

const INTERVAL_SECONDS = 30;
const LEASE_MILLISECONDS = 2_000;
const LONGEST_SECONDS = 5;

/** A method without a case fails the first test below. */
const CASES: Readonly<Record<keyof typeof FleetService, LostAnswerCase>> = {
  registerNode: {
    duty: 'gives the same node id',
    play: async (stage) => {
      const node = new NodeActor(stage.cluster.clients);
      const { publicKey } = node;
      const { nodeId } = await stage.twice(FleetService.registerNode, { publicKey }, () =>
        node.headers(),
      );
      const rows = await stage.cluster.query(
        'select node_id::text as id from node where public_key = $1',
        [publicKey],
      );
      expect(rows).toEqual([{ id: String(BigInt.asIntN(64, nodeId)) }]);
      expect(await node.activate()).toBe(nodeId);
    },
  },
  activateNode: {
    duty: 'succeeds for a node that is online already',
    play: async (stage) => {
      const node = new NodeActor(stage.cluster.clients);
      await node.register();
      const request = { publicKey: node.publicKey, heartbeatInterval: INTERVAL_SECONDS };
      const answer = await stage.twice(FleetService.activateNode, request, () => node.headers());
      expect(answer.nodeId).toBe(node.nodeId);
      expect(await stage.app.nodes()).toContain(node.nodeId);
    },
  },
  sendNodeHeartbeat: {
    duty: 'succeeds, and the node is online',
    play: async (stage) => {
      await stage.node.deactivate();
      expect(await stage.app.nodes()).not.toContain(stage.node.nodeId);
      const request = { node: stage.node.requests.node, heartbeatInterval: INTERVAL_SECONDS };
      const answer = await stage.twiceByNode(FleetService.sendNodeHeartbeat, request);
      expect(answer.success).toBe(true);
      expect(await stage.app.nodes()).toContain(stage.node.nodeId);
    },
  },
  pullMessages: {
    duty: 'gives the same message again, 2 s after it was handed out and at most 5 s after the next pull',
    play: async (stage) => {
      const instruction = stage.instruction();
      await stage.app.send(instruction);
      const request = { node: stage.node.requests.node, messageIds: [] };
      const handedOut = performance.now();
      expect((await stage.twiceByNode(FleetService.pullMessages, request)).messagesList).toEqual(
        [],
      );
      const again = await untilDefined(LONGEST_SECONDS, async () => {
        const { messagesList } = await stage.node.pull();
        return messagesList[0];
      });
      expect(performance.now() - handedOut).toBeGreaterThan(LEASE_MILLISECONDS);
      expect(again).toEqual(instruction.message);
    },
  },
  getRun: {
    duty: 'gives the same run',
    play: async (stage) => {
      const request = { node: stage.node.requests.node, runId: stage.app.runId };
      const answer = await stage.twiceByNode(FleetService.getRun, request);
      expect(answer).toEqual(await stage.node.getRun(stage.app.runId));
      expect(answer.run).toMatchObject({ runId: stage.app.runId, fabHash: TINY_FAB_HASH });
    },
  },
  getFab: {
    duty: 'gives the same FAB',
    play: async (stage) => {
      const { node } = stage.node.requests;
      const request = { node, hashStr: TINY_FAB_HASH, runId: stage.app.runId };
      const { fab } = await stage.twiceByNode(FleetService.getFab, request);
      expect(fab).toEqual((await stage.node.call(FleetService.getFab, request)).fab);
      expect(fab?.hashStr).toBe(TINY_FAB_HASH);
    },
  },
  pullObject: {
    duty: 'gives the same content',
    play: async (stage) => {
      const { instruction } = await stage.sent();
      for (const [objectId, content] of instruction.objects) {
        const request = { node: stage.node.requests.node, runId: stage.app.runId, objectId };
        const { objectContent } = await stage.twiceByNode(FleetService.pullObject, request);
        expect(objectContent.equals(content)).toBe(true);
      }
    },
  },
  confirmMessageReceived: {
    duty: 'succeeds, and the message is never handed out again',
    play: async (stage) => {
      const { instruction } = await stage.sent();
      expect(await stage.node.pullId()).toBe(instruction.id);
      const { app, node } = stage;
      const request = { runId: app.runId, messageObjectId: instruction.id };
      await stage.twiceByNode(FleetService.confirmMessageReceived, {
        node: node.requests.node,
        ...request,
      });
      await stage.cluster.query(
        `update instruction set handed_out_at = now() - interval '1 hour' where message_id = $1`,
        [instruction.id],
      );
      expect(await node.pullId()).toBeUndefined();
    },
  },
  pushMessages: {
    duty: 'asks for the same objects, and counts the reply once',
    play: async (stage) => {
      const { instruction, reply } = await stage.delivered();
      const received = `select bytes_recv from ${TRAFFIC_OF_RUN}`;
      const { run } = stage.ids;
      const before = await stage.cluster.count(received, [run]);
      const request = stage.node.requests.push(reply, 1.5);
      const answer = await stage.twiceByNode(FleetService.pushMessages, request);
      expect(new Set(answer.objectsToPush)).toEqual(new Set(reply.objects.keys()));
      const size = FleetService.pushMessages.requestSerialize(request).length;
      expect((await stage.cluster.count(received, [run])) - before).toBe(size);
      const runtime = `select clientapp_runtime from ${TRAFFIC_OF_RUN}`;
      expect(await stage.cluster.count(runtime, [run])).toBe(1.5);
      for (const id of answer.objectsToPush) {
        const content = reply.objects.get(id)!;
        await stage.node.pushObject(stage.app.runId, id, content, answer.sessionId);
      }
      expect((await stage.app.pull(instruction.id)).messagesList).toEqual([reply.message]);
    },
  },
  pushObject: {
    duty: 'says stored for each object, counts it once, and the reply becomes whole',
    play: async (stage) => {
      const { instruction, reply } = await stage.delivered();
      const { objectsToPush, sessionId } = await stage.node.push(reply);
      const received = `select bytes_recv from ${TRAFFIC_OF_RUN}`;
      const { run } = stage.ids;
      const before = await stage.cluster.count(received, [run]);
      let bytes = 0;
      for (const objectId of objectsToPush) {
        const objectContent = reply.objects.get(objectId)!;
        bytes += objectContent.length;
        const object = { objectId, objectContent, sessionId, runId: stage.app.runId };
        const request = { node: stage.node.requests.node, ...object };
        expect((await stage.twiceByNode(FleetService.pushObject, request)).stored).toBe(true);
      }
      expect((await stage.cluster.count(received, [run])) - before).toBe(bytes);
      expect((await stage.app.pull(instruction.id)).messagesList).toEqual([reply.message]);
    },
  },
  deactivateNode: {
    duty: 'leaves the node offline; that it is so already is no harm',
    play: async (stage) => {
      const { nodeId } = stage.node;
      await stage.lose(FleetService.deactivateNode, { nodeId }, stage.node.headers());
      const again = stage.again(FleetService.deactivateNode, { nodeId }, stage.node.headers());
      expect(await outcomeOf(again)).toBe('FAILED_PRECONDITION 2005');
      expect(await stage.app.nodes()).not.toContain(nodeId);
      expect(await stage.node.activate()).toBe(nodeId);
    },
  },
  unregisterNode: {
    duty: 'leaves the node unregistered; that it is so already is no harm',
    play: async (stage) => {
      const { nodeId } = stage.node;
      await stage.lose(FleetService.unregisterNode, { nodeId }, stage.node.headers());
      const again = stage.again(FleetService.unregisterNode, { nodeId }, stage.node.headers());
      expect(await outcomeOf(again)).toBe('UNAUTHENTICATED');
      expect(await stage.app.nodes()).not.toContain(nodeId);
    },
  },
};

describe('Fleet: an answer is lost after the commit and the call sent again to another replica', () => {
  const cluster = useCluster();

  it('has a case for each method', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(FleetService).toSorted());
  });

  for (const [method, { duty, play }] of Object.entries(CASES)) {
    it(`${method} ${duty}`, async () => {
      await play(await Stage.set(cluster));
    });
  }
});
