import { useCluster } from '../../support/cluster';
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
