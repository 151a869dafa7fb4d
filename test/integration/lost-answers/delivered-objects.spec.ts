import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import type { PushObjectRequest } from '../../../src/generated/flwr/proto/object';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import type { DeflatedMessage } from '../../support/objects';
import { Stage } from './stage.fixture';

const NODE_1 = { nodeId: 1n };
/** Objects are deleted level by level, by a job that runs every second. */
const DELETED = { timeout: 30_000, interval: 200 };

/** Clients to 1.32 know no sessions. */
const SESSIONS = ['with', 'without'] as const;

describe('an object that comes again after its message was delivered and deleted', () => {
  const cluster = useCluster();
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.set(cluster);
  });

  /** The pushes of a message's objects, the one of the message itself last. */
  function requestsFor(
    { objects }: DeflatedMessage,
    { objectsToPush, sessionId }: { objectsToPush: string[]; sessionId: string },
    session: (typeof SESSIONS)[number],
  ): Omit<PushObjectRequest, 'node'>[] {
    return objectsToPush.map((objectId) => ({
      runId: stage.app.runId,
      objectId,
      objectContent: objects.get(objectId)!,
      sessionId: session === 'with' ? sessionId : '',
    }));
  }

  async function untilDeleted(objectId: string): Promise<void> {
    const find = 'select count(*) from object where object_id = $1';
    await vi.waitFor(async () => {
      expect(await cluster.count(find, [objectId])).toBe(0);
    }, DELETED);
  }

  it.each(SESSIONS)('is said to be stored to a ServerApp %s session', async (session) => {
    const sent = stage.instruction();
    const requests = requestsFor(sent, await stage.app.push(sent), session);
    const last = { node: NODE_1, ...requests.pop()! };
    for (const request of requests) {
      await stage.app.pushObject(request.objectId, request.objectContent, request.sessionId);
    }
    await stage.lose(ServerAppIoService.pushObject, last, stage.app.headers);
    await stage.node.receive();
    await untilDeleted(last.objectId);
    const answer = await stage.again(ServerAppIoService.pushObject, last, stage.app.headers);
    expect(answer.stored).toBe(true);
    expect(await stage.node.pullId()).toBeUndefined();
  });

  it.each(SESSIONS)('is said to be stored to a node %s session', async (session) => {
    const { instruction, reply } = await stage.delivered();
    const { node } = stage.node.requests;
    const requests = requestsFor(reply, await stage.node.push(reply), session);
    const last = { node, ...requests.pop()! };
    for (const request of requests) {
      const { runId, objectId, objectContent, sessionId } = request;
      await stage.node.pushObject(runId, objectId, objectContent, sessionId);
    }
    await stage.lose(FleetService.pushObject, last, stage.node.headers());
    await stage.app.receive(instruction.id);
    await untilDeleted(last.objectId);
    const answer = await stage.again(FleetService.pushObject, last, stage.node.headers());
    expect(answer.stored).toBe(true);
  });

  it.each(SESSIONS)('is not said to be stored if it is malformed, %s session', async (session) => {
    const sent = stage.instruction();
    const requests = requestsFor(sent, await stage.app.push(sent), session);
    for (const { objectId, objectContent, sessionId } of requests) {
      await stage.app.pushObject(objectId, objectContent, sessionId);
    }
    const { objectId, sessionId } = requests[0]!;
    for (const content of [Buffer.alloc(0), Buffer.from('not it')]) {
      expect(await stage.app.pushObject(objectId, content, sessionId)).toBe(false);
    }
  });
});
