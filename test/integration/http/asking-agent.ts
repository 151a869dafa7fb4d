import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import type { Cluster } from '../../support/cluster';
import { SuperExecActor, type TaskActor } from '../../support/task-actor';
import { GUIDE_FAB } from '../exec/control-rows';
import type { HttpAnswer, HttpAsk } from './raw-http';

/** Where agents ask models. */
export const PATH = '/v1/runtime/responses';
export const ASKED = { model: 'any/model', input: 'Why?' };
/** What a model may answer. */
export const ANSWER =
  '{"object":"response","id":"r1","status":"completed","output":[],"share":1.0}';

/** The process of an agent that was asked something, with its input. */
export async function startAgent({ clients }: Cluster, userPrompt = 'hello'): Promise<TaskActor> {
  const run = StartRunRequest.fromPartial({ fab: { content: GUIDE_FAB }, userPrompt });
  const { runId } = await clients.call(ControlService.startRun, run);
  const agent = await new SuperExecActor(clients).launch(runId!);
  await agent.input();
  return agent;
}

/** What an agent with the token sends. */
export const asking = (token: string, request: unknown): HttpAsk => ({
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: [Buffer.from(JSON.stringify(request))],
});

export const codeOf = ({ json }: HttpAnswer): unknown =>
  (json as { error?: { code: string } }).error?.code;
