import { text } from 'node:stream/consumers';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { useCluster } from '../../support/cluster';
import { TaskActor } from '../../support/task-actor';
import { ANSWER, ASKED, asking, codeOf, PATH, startAgent } from './asking-agent';
import { ModelActor } from './model-actor';
import { type HttpAnswer, HttpConnection } from './raw-http';

const TIMES = ['--model-launch-seconds', '2', '--model-response-seconds', '4'];
const WORK_LEFT = `select count(*) from task where type = 'flwr-model' and finished_at is null`;
const MAIL_LEFT = `
  select count(*) from task_message m join task t on t.task_id = m.dst_task_id
  where t.type = 'flwr-agentapp'`;

describe('what agents ask models', () => {
  const cluster = useCluster({ flags: TIMES });
  /** One to each replica. */
  let connections: HttpConnection[];
  let agent: TaskActor;
  beforeAll(async () => {
    connections = cluster.replicas.map(({ addresses }) => new HttpConnection(addresses.http));
    agent = await startAgent(cluster);
  });
  beforeEach(() => agent.heartbeat());
  afterEach(async () => {
    expect(await cluster.count(WORK_LEFT)).toBe(0);
    expect(await cluster.count(MAIL_LEFT)).toBe(0);
  });
  afterAll(() => {
    for (const connection of connections) connection.close();
  });

  const ask = (request: unknown = ASKED, { token } = agent): Promise<HttpAnswer> =>
    connections[0]!.ask(PATH, asking(token, request));
  const model = (): Promise<ModelActor> => ModelActor.start(cluster.clients, agent.runId);

  it('reaches a process of the model, whose answer comes back as it was written', async () => {
    const asked = ask({ ...ASKED, tools: null, instructions: 'Be brief.' });
    const process = await model();
    expect(process.modelRef).toBe('any/model');
    expect(process.request).toEqual({ ...ASKED, stream: false, instructions: 'Be brief.' });
    await process.answer(ANSWER);
    const { status, headers, body } = await asked;
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: ANSWER });
    expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('comes as events, each once and in order, the last one with the answer', async () => {
    const streamed = asking(agent.token, { ...ASKED, stream: true });
    const opened = connections[0]!.open(PATH, streamed);
    const process = await model();
    await process.tell(['response.created', { n: 1 }], ['response.output_text.delta', { n: 2 }]);
    await process.tell(['response.output_text.delta', { n: 3 }], ['response.completed', { n: 4 }]);
    await process.answer(ANSWER);
    const response = await opened;
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(await text(response)).toBe(
      [
        'event: response.created\ndata: {"n":1}\n\n',
        'event: response.output_text.delta\ndata: {"n":2}\n\n',
        'event: response.output_text.delta\ndata: {"n":3}\n\n',
        'event: response.completed\ndata: {"n":4}\n\n',
      ].join(''),
    );
  });

  it('is a task for each question, so that ten at once get their own answers', async () => {
    const questions = Array.from({ length: 10 }, (_, n) =>
      ask({ ...ASKED, input: `question ${n}` }),
    );
    for (let left = questions.length; left > 0; left -= 1) {
      const process = await model();
      const { input } = process.request as { input: string };
      await process.answer(JSON.stringify({ object: 'response', id: input }));
    }
    const answers = (await Promise.all(questions)).map(({ json }) => (json as { id: string }).id);
    expect(answers).toEqual(questions.map((_, n) => `question ${n}`));
  });

  it.each([
    ['answers in no form of an answer', '{"object":"list"}', 502, 'invalid_model_response'],
    ['tells of a failure', '{"object":"response","status":"failed"}', 502, 'model_provider_error'],
  ])('fails when the model %s', async (_, answer, status, code) => {
    const asked = ask();
    await (await model()).answer(answer);
    const failed = await asked;
    expect([failed.status, codeOf(failed)]).toEqual([status, code]);
  });

  it('fails when the model ends without an answer, with its reason', async () => {
    const asked = ask();
    await (await model()).task.output({ subStatus: 'failed', details: 'No key of a provider.' });
    const failed = await asked;
    expect(failed.status).toBe(502);
    expect(failed.json).toEqual({
      error: {
        ...{ message: 'No key of a provider.', type: 'server_error' },
        ...{ param: null, code: 'model_task_failed' },
      },
    });
  });

  it('fails when the events stop before their end', async () => {
    const opened = connections[0]!.open(PATH, asking(agent.token, { ...ASKED, stream: true }));
    const process = await model();
    await process.tell(['response.created', {}]);
    await process.answer(ANSWER);
    const told = await text(await opened);
    expect(told).toMatch(/^event: response.created\n/);
    expect(told).toMatch(
      /event: error\ndata: .*"code":"model_stream_failed".*"sequence_number":1\}\n\n$/,
    );
  });

  it('is given up when no SuperExec starts the model in time', async () => {
    const late = await ask();
    expect([late.status, codeOf(late)]).toEqual([504, 'model_task_launch_timeout']);
  });

  it('is given up when the model does not answer in time', async () => {
    const asked = ask();
    await model();
    const late = await asked;
    expect([late.status, codeOf(late)]).toEqual([504, 'model_response_timeout']);
  });

  it('stops the model when the agent goes away', async () => {
    const leaving = new HttpConnection(cluster.replicas[1]!.addresses.http);
    void leaving.ask(PATH, asking(agent.token, ASKED)).catch(() => undefined);
    const { task } = await model();
    leaving.close();
    await expect.poll(() => cluster.count(WORK_LEFT), { timeout: 5_000 }).toBe(0);
    await expect(task.heartbeat()).rejects.toMatchObject({ status: 'UNAUTHENTICATED' });
  });

  it('waits a restart of the database out', async () => {
    const asked = ask();
    const process = await model();
    await cluster.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    // a call that meets the restart is told UNAVAILABLE; what comes in parts is not to be sent again here
    for (const index of cluster.replicas.keys()) {
      const task = process.task.through(cluster.connect([index]));
      await vi.waitFor(async () => task.heartbeat(), 5_000);
    }
    await process.answer(ANSWER);
    expect((await asked).status).toBe(200);
  });

  it.each([
    ['no credentials', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['no token', { authorization: 'Bearer' }],
    ['a token of nobody', { authorization: `Bearer ${'0'.repeat(256)}` }],
    ['two of them', { authorization: 'Bearer a, Bearer b' }],
  ])('is refused with %s', async (_, headers) => {
    const refused = await connections[0]!.ask(PATH, { headers: headers });
    expect([refused.status, codeOf(refused)]).toEqual([401, 'invalid_api_key']);
    expect(refused.headers['www-authenticate']).toBe('Bearer');
  });

  it('is for agents only', async () => {
    const app = await TaskActor.running(cluster.clients);
    expect((await ask(ASKED, app)).status).toBe(401);
  });

  it.each([
    ['no JSON', '{', 'invalid_json'],
    ['no question', '{"model":"m"}', 'invalid_request'],
    [
      'a field that models do not know',
      '{"model":"m","input":"","seed":1}',
      'unsupported_parameter',
    ],
    ['a name that cannot be stored', '{"model":"\\u0000","input":""}', 'invalid_request'],
  ])('is refused with %s, and makes no task', async (_, body, code) => {
    const headers = { authorization: `Bearer ${agent.token}` };
    const refused = await connections[0]!.ask(PATH, { headers, body: [Buffer.from(body)] });
    expect([refused.status, codeOf(refused)]).toEqual([400, code]);
  });

  it('is only posted', async () => {
    const { status, headers } = await connections[0]!.ask(PATH, { method: 'GET' });
    expect([status, headers['allow']]).toEqual([405, 'POST']);
    const { headers: moved } = await connections[0]!.ask(`${PATH}/`, {});
    expect(moved['location']).toBe(PATH);
  });

  it('ends with the run', async () => {
    const asked = ask();
    await model();
    await cluster.clients.call(ControlService.stopRun, { runId: agent.runId });
    expect((await asked).status).toBe(502);
    expect((await ask()).status).toBe(401);
  });
});
