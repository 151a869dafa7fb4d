import { once } from 'node:events';
import { connect } from 'node:net';

import { useCluster } from '../../support/cluster';
import { TaskActor } from '../../support/task-actor';
import { HttpConnection } from './raw-http';

const MEBIBYTE = 1024 * 1024;
const LONG = Buffer.alloc(16 * MEBIBYTE);
/** An RPC whose requests are short. */
const SHORT = '/v1/control/list-runs';

describe('a body that is refused before it is read', () => {
  const cluster = useCluster({ count: 1 });

  it.each([
    ['too long', SHORT, { body: [LONG] }, 400],
    ['too long, in chunks', SHORT, { body: [LONG, LONG] }, 400],
    ['of a wrong type', SHORT, { body: [LONG], headers: { 'content-type': 'text/plain' } }, 415],
    ['sent nowhere', '/v1/control/none', { body: [LONG] }, 404],
    ['sent by a wrong method', SHORT, { body: [LONG], method: 'PUT' }, 405],
  ])('%s: the answer comes, and the next call over the same connection', async (...facts) => {
    const [, path, ask, status] = facts;
    const connection = new HttpConnection(cluster.replicas[0]!.addresses.http);
    expect((await connection.ask(path, ask)).status).toBe(status);
    expect((await connection.ask(SHORT)).status).toBe(200);
    expect(connection.opened).toBe(1);
    connection.close();
  });
});

describe('a body whose end never comes', () => {
  const cluster = useCluster({ count: 1 });

  /** Sends half of a PushLogs that is sound so far, and goes. */
  async function sendHalf(app: TaskActor, framing: string, half: Buffer): Promise<void> {
    const [host = '', port = ''] = cluster.replicas[0]!.addresses.http.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const head = [
      'POST /v1/runtime/push-logs HTTP/1.1',
      ...[`host: ${host}`, 'content-type: application/protobuf', framing],
      `flwr-task-token: ${app.token}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.end(half);
    socket.resume();
    await once(socket, 'close');
  }

  it.each([
    ['announced by its length', 'content-length: 1000', Buffer.from('\x1a\x05hello', 'latin1')],
    ['sent in chunks', 'transfer-encoding: chunked', Buffer.from('7\r\n\x1a\x05hello\r\n')],
    ['sent in half a chunk', 'transfer-encoding: chunked', Buffer.from('70\r\n\x1a\x05hello')],
  ])('has no effect: %s', async (_, framing, half) => {
    const app = await TaskActor.running(cluster.clients);
    await sendHalf(app, framing, half);
    await app.logs('a whole line\n');
    const rows = await cluster.query('select log from task_log where task_id = $1', [
      BigInt.asIntN(64, app.taskId),
    ]);
    expect(rows).toEqual([{ log: 'a whole line\n' }]);
    const said = cluster.replicas[0]!.log.filter((line) => /"level":(50|60|"error")/.test(line));
    expect(said).toEqual([]);
  });
});
