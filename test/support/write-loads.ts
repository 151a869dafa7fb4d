import type { NodeActor } from './node-actor';
import { makeInstruction } from './objects';
import type { RpcClients } from './rpc-clients';
import { startRun, type TaskActor } from './task-actor';
import { WriteLoad } from './write-load';

/** Over each of `clients` one load that starts runs; keeps their ids. */
export function loadsOfRuns(clients: readonly RpcClients[]): WriteLoad<bigint>[] {
  return clients.map((wire) => new WriteLoad(() => startRun(wire)));
}

/** Over each of `clients` one load that sends messages from `app` to `node`; keeps their ids. */
export function loadsOfMessages(
  clients: readonly RpcClients[],
  app: TaskActor,
  { nodeId }: NodeActor,
): WriteLoad<string>[] {
  const send = async (wire: RpcClients): Promise<string> => {
    const sent = makeInstruction({ runId: app.runId, dstNodeId: nodeId });
    const [id] = await app.through(wire).send(sent);
    return id!;
  };
  return clients.map((wire) => new WriteLoad(() => send(wire)));
}
