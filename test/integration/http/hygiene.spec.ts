import { useCluster } from '../../support/cluster';
import { residentBytesOf } from '../bad-input/resident-memory';
import { HttpConnection } from './raw-http';
import { RawSocket, requestText } from './raw-socket';

const MEBIBYTE = 1024 * 1024;
const LIST = '/v1/control/list-runs';
/** It needs no database. */
const LIGHT = '/v1/control/list-federations';
const LAST = 'connection: close';
const IDLE_CONNECTIONS = 2_000;
/** Below what the system queues for a listener. */
const AT_ONCE = 200;
const MOST_GROWTH_BYTES = 64 * MEBIBYTE;
const KEEP_ALIVE_SECONDS = 75;
/** Node looks every 30 s which connections are too slow. */
const HEADERS_SECONDS = { least: 60, most: 95 };
const SLOW_TEST_MILLISECONDS = 120_000;

describe('the HTTP port', () => {
  const cluster = useCluster({ count: 1 });
  const sockets: RawSocket[] = [];
  let others: HttpConnection;

  beforeAll(() => {
    others = new HttpConnection(cluster.replicas[0]!.addresses.http);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => {
    others.close();
  });

  function open(): RawSocket {
    const socket = new RawSocket(cluster.replicas[0]!.addresses.http);
    sockets.push(socket);
    return socket;
  }

  const expectService = async (): Promise<void> => {
    expect((await others.ask(LIST)).status).toBe(200);
  };

  it('answers pipelined requests in their order', async () => {
    const socket = open();
    const garbage = requestText(LIST, [], '\xff');
    const requests = [
      requestText(LIST),
      garbage,
      requestText('/v1/none'),
      requestText(LIST, [LAST]),
    ];
    await socket.exchange(Buffer.from(requests.join(''), 'latin1'));
    expect(socket.statuses).toEqual([200, 400, 404, 200]);
  });

  it('takes a body in chunks of one byte', async () => {
    const socket = open();
    const field = Buffer.from('0a', 'hex').toString('latin1'); // a field that is cut off
    const chunk = `1\r\n${field}\r\n`;
    const body = `${chunk.repeat(50_001)}0\r\n\r\n`;
    await socket.exchange(requestText(LIST, [LAST, 'transfer-encoding: chunked']) + body);
    expect(socket.statuses).toEqual([400]);
    expect(socket.text).toContain('"code":1003');
    await expectService();
  });

  it('says 100 to who asks before it sends, and 417 to what it does not know', async () => {
    const socket = open();
    await socket.say(requestText(LIST, ['expect: 100-continue', LAST, 'content-length: 2']));
    await socket.hears(/100 Continue\r\n\r\n/);
    await socket.exchange('\x38\x01');
    expect(socket.statuses).toEqual([100, 200]);
    const other = open();
    await other.exchange(requestText(LIST, ['expect: 200-ok', LAST]));
    expect(other.statuses).toEqual([417]);
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'GZIP'])(
    'refuses a body in the content encoding %s',
    async (encoding) => {
      const answer = await others.ask(LIST, { headers: { 'content-encoding': encoding } });
      expect(answer.status).toBe(415);
      expect(answer.json).toMatchObject({ code: 1002, extra: expect.any(String) as unknown });
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  it('takes a body that says it is not encoded', async () => {
    const answer = await others.ask(LIST, { headers: { 'content-encoding': 'Identity' } });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['one header of 100 kB', [`x: ${'x'.repeat(100_000)}`]],
    [
      'a thousand headers',
      Array.from({ length: 1_000 }, (_, index) => `x-${index}: ${'x'.repeat(90)}`),
    ],
  ])('refuses %s, and closes the connection', async (_, headers) => {
    const socket = open();
    await socket.exchange(requestText(LIST, headers));
    // who still sends when the connection is closed may not get to read the 431
    expect([[], [431]]).toContainEqual(socket.statuses);
    await expectService();
  });

  it.each([
    ['a length and chunks', requestText(LIST, ['content-length: 4', 'transfer-encoding: chunked'])],
    ['two lengths', requestText(LIST, ['content-length: 0', 'content-length: 7'])],
    ['a negative length', requestText(LIST, ['content-length: -1'])],
    ['a length in words', requestText(LIST, ['content-length: ten'])],
    ['a chunk of no size', `${requestText(LIST, ['transfer-encoding: chunked'])}zz\r\n`],
    ['an unknown transfer encoding', requestText(LIST, ['transfer-encoding: gzip'])],
    ['a header without a colon', requestText(LIST, ['nonsense'])],
    ['NUL in a header', requestText(LIST, ['x: a\0b'])],
    ['noise', '\x16\x03\x01\x02\x00\x01\x00'],
    ['HTTP/2 without being asked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('refuses %s with 400, and closes the connection', async (_, text) => {
    const socket = open();
    await socket.exchange(Buffer.from(text, 'latin1'));
    expect(socket.statuses).toEqual([400]);
    await expectService();
  });

  it.each([
    ['a path that cannot be decoded', 'GET /health/%E0%A4%A HTTP/1.1'],
    ['a path that cannot be decoded, of the API', 'POST /v1/control/%E0%A4%A HTTP/1.1'],
    ['a path that is endless', `GET /${'x'.repeat(8_000)} HTTP/1.1`],
    ['a whole URL', 'GET http://elsewhere/health/live HTTP/1.1'],
    ['no path', 'OPTIONS * HTTP/1.1'],
    ['a request to be a proxy', 'CONNECT elsewhere:443 HTTP/1.1'],
    ['a request to trace', 'TRACE /v1/control/list-runs HTTP/1.1'],
  ])('does not fail at %s', async (_, line) => {
    const socket = open();
    await socket.exchange(`${line}\r\nhost: x\r\ncontent-length: 0\r\n${LAST}\r\n\r\n`);
    for (const status of socket.statuses) expect(status).toBeLessThan(500);
    await expectService();
  });

  it('speaks on as it did if asked for another protocol', async () => {
    const socket = open();
    await socket.exchange(requestText(LIST, ['upgrade: h2c', 'connection: upgrade, close']));
    expect(socket.statuses).toEqual([200]);
  });

  it('keeps thousands of idle connections, each for its next request', async () => {
    await expectService();
    const before = residentBytesOf(cluster.replicas[0]!);
    const idle: RawSocket[] = [];
    while (idle.length < IDLE_CONNECTIONS) {
      const opened = Array.from({ length: AT_ONCE }, open);
      await Promise.all(opened.map((socket) => socket.say(requestText(LIGHT))));
      await Promise.all(opened.map((socket) => socket.hears(/200 OK/)));
      idle.push(...opened);
    }
    expect(idle[0]!.text).toContain(`Keep-Alive: timeout=${KEEP_ALIVE_SECONDS}`);
    await expectService();
    expect(residentBytesOf(cluster.replicas[0]!) - before).toBeLessThan(MOST_GROWTH_BYTES);
    await Promise.all(idle.map((socket) => socket.exchange(requestText(LIGHT, [LAST]))));
    expect(idle.flatMap(({ statuses }) => statuses)).toEqual(
      Array.from({ length: 2 * IDLE_CONNECTIONS }, () => 200),
    );
  });

  it(
    'waits for headers for a minute and for a next request longer, and makes nobody else wait',
    async () => {
      const [slow, silent, idle] = [open(), open(), open()];
      await slow.say('POST /v1/control/list-runs HTTP/1.1\r\nhost:');
      await idle.say(requestText(LIST));
      await expectService();
      const began = performance.now();
      const lifeOf = async (socket: RawSocket): Promise<number> => {
        await socket.closed();
        return (performance.now() - began) / 1000;
      };
      const [slowLife, silentLife, idleLife] = await Promise.all([slow, silent, idle].map(lifeOf));
      expect(slow.statuses).toEqual([408]);
      for (const life of [slowLife!, silentLife!]) {
        expect(life).toBeGreaterThan(HEADERS_SECONDS.least);
        expect(life).toBeLessThan(HEADERS_SECONDS.most);
      }
      expect(idleLife!).toBeGreaterThan(KEEP_ALIVE_SECONDS - 1);
    },
    SLOW_TEST_MILLISECONDS,
  );
});
