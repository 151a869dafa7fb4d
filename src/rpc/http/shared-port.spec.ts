import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { sharePort } from './shared-port';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const REQUEST = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello';
const MORE = 'what comes after';

describe('a port for HTTP/1.1 and HTTP/2', () => {
  let server: Server;
  let clients: Socket[];

  beforeEach(async () => {
    clients = [];
    server = createServer((request, response) => {
      void text(request).then((body) => response.end(body)); // in one piece, however it came
    });
    sharePort(server, (socket) => {
      let seen = '';
      socket.on('data', (bytes: Buffer) => {
        seen += bytes.toString();
        if (seen.endsWith(MORE)) socket.end(`HTTP/2 of ${seen.length} bytes`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
    server.close();
    server.closeAllConnections();
  });

  function client(): Socket {
    const { port: number } = server.address() as AddressInfo;
    const socket = connect({ port: number, host: '127.0.0.1', noDelay: true });
    clients.push(socket);
    return socket;
  }

  /** Each piece leaves when the one before has left. */
  async function say(pieces: Iterable<string>): Promise<string> {
    const socket = client();
    for (const piece of pieces) await new Promise((done) => socket.write(piece, done));
    return text(socket);
  }

  it.each([
    ['at once', [PREFACE + MORE]],
    ['byte by byte', PREFACE + MORE],
    ['the preface first', [PREFACE, MORE]],
  ])('hands HTTP/2 over with all its bytes, sent %s', async (_, pieces) => {
    expect(await say(pieces)).toBe(`HTTP/2 of ${PREFACE.length + MORE.length} bytes`);
  });

  it.each([
    ['at once', [REQUEST]],
    ['byte by byte', REQUEST],
    ['a letter first that HTTP/2 has, too', ['P', REQUEST.slice(1)]],
  ])('serves HTTP/1.1, sent %s', async (_, pieces) => {
    const answer = await say(pieces);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
    expect(answer).toContain('hello');
  });

  it('serves what is neither as HTTP/1.1 would: 400', async () => {
    expect(await say(['PRI * HTTP/3.0\r\n\r\n'])).toMatch(/^HTTP\/1.1 400/);
  });

  it('cuts who says nothing, or too little, when the time for headers is over', async () => {
    server.headersTimeout = 50;
    const [silent, slow] = [client(), client()];
    slow.write('PRI * HTTP');
    await Promise.all([once(silent, 'close'), once(slow, 'close')]);
  });

  it('leaves alone who has spoken in time', async () => {
    server.headersTimeout = 500;
    const socket = client();
    socket.write(PREFACE);
    const silent = client();
    await once(silent, 'close');
    socket.write(MORE);
    expect(await text(socket)).toContain('HTTP/2');
  });

  it('lets go of who leaves before it has spoken', async () => {
    const socket = client();
    await once(server, 'connection');
    socket.end('PRI');
    await once(socket, 'close');
    const [, closed] = [server.close(), once(server, 'close')];
    await closed;
  });
});
