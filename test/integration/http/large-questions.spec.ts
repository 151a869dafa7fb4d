import { type ClientRequest, request } from 'node:http';

import { useCluster } from '../../support/cluster';
import type { TaskActor } from '../../support/task-actor';
import { residentBytesOf } from '../bad-input/resident-memory';
import { ANSWER, ASKED, asking, codeOf, PATH, startAgent } from './asking-agent';
import { ModelActor } from './model-actor';
import { type HttpAnswer, HttpConnection } from './raw-http';

const MEBIBYTE = 1024 * 1024;

/** Takes so much of the memory that is set aside for requests, until it is destroyed. */
async function upload(address: string, bytes: number): Promise<ClientRequest> {
  const [host, port] = address.split(':');
  const uploading = request({
    ...{ host, port, method: 'POST', path: '/v1/fleet/push-object', agent: false },
    headers: { 'content-type': 'application/protobuf', 'content-length': bytes + 1 },
  });
  uploading.on('error', () => undefined); // it is cut
  await new Promise((written) => uploading.write(Buffer.alloc(bytes), written));
  return uploading;
}

describe('a large question to a model, of 28 MiB that are left for requests', () => {
  const cluster = useCluster({ count: 1 });
  let address: string;
  let agent: TaskActor;
  let uploading: ClientRequest;
  beforeAll(async () => {
    address = cluster.replicas[0]!.addresses.http;
    agent = await startAgent(cluster);
    uploading = await upload(address, 100 * MEBIBYTE);
  });
  afterAll(() => {
    uploading.destroy();
  });
  beforeEach(() => agent.heartbeat());

  const ask = async (input: unknown): Promise<HttpAnswer> => {
    const connection = new HttpConnection(address);
    const answer = connection.ask(PATH, asking(agent.token, { ...ASKED, input }));
    return answer.finally(() => {
      connection.close();
    });
  };
  const longText = (mebibytes: number): string => 'a'.repeat(mebibytes * MEBIBYTE);

  it('is told to come again where it needs more', async () => {
    const refused = await ask(longText(40));
    expect([refused.status, codeOf(refused)]).toEqual([503, 'unavailable']);
    expect(refused.headers['retry-after']).toBe('1');
  });

  it('takes nothing of them while the model thinks', async () => {
    const asked: Promise<HttpAnswer>[] = [];
    const models: ModelActor[] = [];
    for (const mebibytes of [16, 16]) {
      asked.push(ask(longText(mebibytes)));
      models.push(await ModelActor.start(cluster.clients, agent.runId));
    }
    for (const model of models) await model.answer(ANSWER);
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is refused unparsed when it has more values than anybody sends', async () => {
    const [replica] = cluster.replicas;
    const before = residentBytesOf(replica!);
    const refused = await ask(Array.from({ length: 5_000_000 }, () => ({})));
    expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid_json']);
    expect(residentBytesOf(replica!) - before).toBeLessThan(150 * MEBIBYTE);
  });
});
