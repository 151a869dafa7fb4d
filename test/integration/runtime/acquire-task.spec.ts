import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AcquireTaskRequest } from '../../../src/generated/flwr/proto/app_task';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { TINY_FAB_HASH } from '../../support/fab';
import { type Headers, outcomeOf } from '../../support/rpc-clients';
import { newFolder } from '../../support/superlink-program';
import { startRun, SuperExecActor, TaskActor } from '../../support/task-actor';

const SERVER_APPS = { supportedTaskTypes: ['flwr-serverapp'], agentappFabHashes: [] };
const SIMULATIONS = { supportedTaskTypes: ['flwr-simulation'], agentappFabHashes: [] };
const NOBODY = { task: undefined, token: '' };

const int8 = (id: bigint): bigint => BigInt.asIntN(64, id);

describe('AcquireTask through two replicas', () => {
  const cluster = useCluster();
  /** Each test begins with nothing to do. */
  afterEach(async () => {
    await cluster.query(`update task set finished_at = now() where finished_at is null`);
  });

  const acquire = (request: AcquireTaskRequest = SERVER_APPS) =>
    cluster.clients.call(RuntimeService.acquireTask, request);

  /** A child task of a running app, which is what the oldest task is not. */
  async function createTask(app: TaskActor, type: string, fabHash: string): Promise<bigint> {
    const absent = { modelRef: undefined, connectorRef: undefined, connectorId: undefined };
    const wanted = { type, fabHash, ...absent };
    return (await app.call(ServerAppIoService.createTask, wanted)).taskId!;
  }

  it('gives the task as it was before the claim, and a token that lives', async () => {
    const runId = await startRun(cluster.clients);
    const [pending] = await new SuperExecActor(cluster.clients).pending();
    const { task, token } = await acquire();
    expect(token).toMatch(/^[0-9a-f]{256}$/);
    expect(task).toEqual(pending);
    expect(task).toMatchObject({ runId, type: 'flwr-serverapp', fabHash: TINY_FAB_HASH });
    expect(task!.status).toMatchObject({ status: 'pending' });
    expect(task!.startingAt).toBe('');
    const app = new TaskActor(cluster.clients, { runId, taskId: task!.taskId, token });
    expect((await app.input()).run?.runId).toBe(runId);
  });

  it('gives a task to one of 24 at once', async () => {
    const runId = await startRun(cluster.clients);
    const answers = await Promise.all(Array.from({ length: 24 }, () => acquire()));
    const [winner, ...others] = answers.filter(({ token }) => token !== '');
    expect(winner?.task?.runId).toBe(runId);
    expect(others).toEqual([]);
    const [row] = await cluster.query('select token_hash from task where run_id = $1', [
      int8(runId),
    ]);
    expect(row).toEqual({ token_hash: createHash('sha256').update(winner!.token).digest() });
  });

  it('gives each of 12 tasks to one of 24 at once', async () => {
    const runIds = await Promise.all(Array.from({ length: 12 }, () => startRun(cluster.clients)));
    const answers = await Promise.all(Array.from({ length: 24 }, () => acquire()));
    const given = answers.flatMap(({ task }) => task?.runId ?? []);
    expect(given).toHaveLength(12);
    expect(new Set(given)).toEqual(new Set(runIds));
  });

  it('gives one task to either AcquireTask or ClaimTask', async () => {
    await startRun(cluster.clients);
    const superExec = new SuperExecActor(cluster.clients);
    const [task] = await superExec.pending();
    const claims = Array.from({ length: 8 }, () => superExec.claim(task!.taskId));
    const acquired = Array.from({ length: 8 }, () => acquire());
    const tokens = [
      ...(await Promise.all(claims)),
      ...(await Promise.all(acquired)).map(({ token }) => (token === '' ? undefined : token)),
    ];
    expect(tokens.filter((token) => token !== undefined)).toHaveLength(1);
  });

  it('chooses the oldest of what the SuperExec can start', async () => {
    const app = await TaskActor.running(cluster.clients);
    const client = await createTask(app, 'flwr-clientapp', TINY_FAB_HASH);
    const agents = [await createTask(app, 'flwr-agentapp', 'one'), 0n];
    agents[1] = await createTask(app, 'flwr-agentapp', 'two');
    expect(await acquire(SIMULATIONS)).toMatchObject(NOBODY);
    const byFab = { supportedTaskTypes: [], agentappFabHashes: ['two', 'three'] };
    expect((await acquire(byFab)).task?.taskId).toBe(agents[1]);
    const either = { supportedTaskTypes: ['flwr-clientapp'], agentappFabHashes: ['one'] };
    expect((await acquire(either)).task?.taskId).toBe(client);
    expect((await acquire(either)).task?.taskId).toBe(agents[0]);
    expect(await acquire(either)).toMatchObject(NOBODY);
  });

  it('sent again leaves the task to its first token; when the claim lapses it is first in line', async () => {
    const runIds = [await startRun(cluster.clients), await startRun(cluster.clients)];
    const first = await acquire();
    expect(first.task?.runId).toBe(runIds[0]);
    expect((await acquire()).task?.runId).toBe(runIds[1]);
    expect(await acquire()).toMatchObject(NOBODY);
    await cluster.query(
      `update task set active_until = now() - interval '1 second' where run_id = $1`,
      [int8(runIds[0]!)],
    );
    const again = await acquire();
    expect(again.task).toEqual(first.task);
    expect(again.token).not.toBe(first.token);
  });

  it('gives nothing to a SuperExec that can start nothing', async () => {
    await startRun(cluster.clients);
    expect(await acquire({ supportedTaskTypes: [], agentappFabHashes: [] })).toMatchObject(NOBODY);
  });
});

describe('AcquireTask that is held', () => {
  const cluster = useCluster({ flags: ['--task-hold-seconds', '25'] });
  const HELD_MILLISECONDS = 700;
  const PROMPT_MILLISECONDS = 500;

  it('gets a task at once when a run is started through any replica', async () => {
    const answer = cluster.clients.call(RuntimeService.acquireTask, SERVER_APPS);
    const wait = new Promise((resolve) => setTimeout(resolve, HELD_MILLISECONDS, 'held'));
    expect(await Promise.race([answer, wait])).toBe('held');
    const runId = await startRun(cluster.connect([1]));
    const started = performance.now();
    expect((await answer).task?.runId).toBe(runId);
    expect(performance.now() - started).toBeLessThan(PROMPT_MILLISECONDS);
  });

  it('claims nothing for a client that has gone', async () => {
    const leaving = cluster.clients.start(RuntimeService.acquireTask, SERVER_APPS);
    leaving.answer.catch(() => undefined); // it hangs up
    await new Promise((resolve) => setTimeout(resolve, HELD_MILLISECONDS));
    leaving.cancel();
    await new Promise((resolve) => setTimeout(resolve, HELD_MILLISECONDS));
    const runId = await startRun(cluster.clients);
    expect((await cluster.clients.call(RuntimeService.acquireTask, SERVER_APPS)).task?.runId).toBe(
      runId,
    );
  });

  it('is answered at once if the SuperExec can start nothing', async () => {
    const asked = performance.now();
    const nothing = { supportedTaskTypes: [], agentappFabHashes: [] };
    expect(await cluster.clients.call(RuntimeService.acquireTask, nothing)).toMatchObject(NOBODY);
    expect(performance.now() - asked).toBeLessThan(PROMPT_MILLISECONDS);
  });
});

describe('AcquireTask with a SuperExec secret', () => {
  const secret = randomBytes(32);
  const secretFile = join(newFolder('secret'), 'superexec.secret');
  writeFileSync(secretFile, secret);
  const cluster = useCluster({ flags: ['--superexec-auth-secret-file', secretFile] });

  it('takes each signature once, on whichever replica', async () => {
    const runId = await startRun(cluster.clients);
    const superExec = new SuperExecActor(cluster.clients, secret);
    const headers = superExec.headers(RuntimeService.acquireTask, SERVER_APPS);
    const call = (signed: Headers) =>
      cluster.clients.call(RuntimeService.acquireTask, SERVER_APPS, signed);
    expect(await outcomeOf(call({}))).toBe('UNAUTHENTICATED');
    const other = superExec.headers(RuntimeService.acquireTask, SIMULATIONS);
    expect(await outcomeOf(call(other))).toBe('UNAUTHENTICATED');
    expect((await call(headers)).task?.runId).toBe(runId);
    expect(await outcomeOf(call(headers))).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(call(headers))).toBe('UNAUTHENTICATED');
  });
});
